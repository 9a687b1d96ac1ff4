import { hasBit } from '../../lib/evaluator/bits.ts';
import type { ClosedReason } from '../../lib/render/closed-path.ts';
import type { PolicyData } from '../../lib/render/page/page-data.ts';
import type { Model } from './model.ts';

/** What the policies of a principal say about one action. */
export interface ActionSaid {
  readonly action: string;
  readonly allows: readonly Said[];
  /** except those that do not apply in the region of the instance */
  readonly denies: readonly Said[];
  /** the permissions boundary or level of the organisation that must also allow the action and does not; null: none */
  readonly limit: string | null;
}

/** A statement that includes the action. `from`: `` for the principal's own, else its boundary or a level's name. */
export interface Said {
  readonly policy: number;
  readonly statement: number;
  readonly from: string;
  /** an Allow on every resource without a condition */
  readonly isWhole: boolean;
}

/** Why a path is closed to a principal: the number of its policies, and what they say about each action. */
export interface WhyNot {
  readonly reason: ClosedReason;
  readonly policies: number;
  readonly hasBoundary: boolean;
  /** nobody has this path onto the instance */
  readonly isNobodys: boolean;
  readonly alternatives: readonly (readonly ActionSaid[])[];
}

/** One principal on one instance. */
interface Pair {
  readonly principal: number;
  readonly instance: number;
}

/** Alternatives of a path that are listed; the others need other documents or resources. */
const MOST_ALTERNATIVES = 3;

/** Returns a function that says why a path, by its number, is closed to a principal on an instance. */
export function whyNot(model: Model, policies: PolicyData, pair: Pair): (path: number) => WhyNot {
  const subject = policiesOf(model, pair.principal);
  const said = sayer(model, policies, { subject, instance: pair.instance });
  const { held, boundary, isOutside } = subject;
  return (path) => {
    const all = model.head.paths[path]?.alternatives ?? [];
    const unique = new Map(all.map((actions) => [actions.join(), actions] as const));
    const alternatives = [...unique.values()].map((actions) => actions.map(said));
    const square = { path, instance: pair.instance };
    return {
      reason: reasonOf(model, square, { alternatives, policies: held.length, isOutside }),
      policies: held.length,
      hasBoundary: boundary >= 0,
      isNobodys: isNobodys(model, square),
      alternatives: isOutside ? [] : alternatives.slice(0, MOST_ALTERNATIVES),
    };
  };
}

/** A principal with its policies. */
interface PrincipalPolicies {
  readonly kind: string;
  readonly held: readonly number[];
  /** -1: none */
  readonly boundary: number;
  readonly isOutside: boolean;
}

function policiesOf({ principals }: Model, principal: number): PrincipalPolicies {
  const [, kind = '', list = -1] = principals.rows[principal] ?? [];
  const { held = [], boundary = -1 } = principals.policyLists[list] ?? {};
  return { kind, held, boundary, isOutside: list < 0 };
}

/** One path on one instance. */
interface Square {
  readonly path: number;
  readonly instance: number;
}

function isNobodys({ groups, sets, instances }: Model, { path, instance }: Square): boolean {
  const column = instances.classOf[instance] as number;
  return !groups.some((group) => {
    const bits = group.path === path ? sets[group.set] : undefined;
    return bits !== undefined && hasBit(bits, column);
  });
}

/** The input for the reason why one path is closed. */
interface Found {
  readonly alternatives: readonly (readonly ActionSaid[])[];
  readonly policies: number;
  readonly isOutside: boolean;
}

function reasonOf(
  model: Model,
  { instance, path }: Square,
  { alternatives, policies, isOutside }: Found,
): ClosedReason {
  const { applies } = model.head.paths[path] ?? {};
  const { platform = '' } = model.instances.facts[model.instances.factsOf[instance] as number] ?? {};
  const isOther = (applies === 'windows' || applies === 'linux') && platform !== '' && platform !== applies;
  if (isOther) return { is: 'other', only: applies };
  if (isOutside) return { is: 'outside' };
  // the alternative that lacks the fewest actions
  const [least = []] = alternatives
    .map((actions) => actions.filter(isClosed))
    .toSorted((a, b) => a.length - b.length);
  const [first] = least;
  if (first) return closedReason(first, policies);
  const left = alternatives.filter((actions) => !actions.some(isClosed));
  const limited = left.map((actions) => actions.find((said) => !isOpen(said)));
  const [narrow] = limited;
  if (!narrow || limited.includes(undefined)) return { is: 'nothing there', needs: applies };
  return { is: 'limited', action: narrow.action, isDenied: narrow.denies.length > 0 };
}

const closedReason = ({ action, allows, limit }: ActionSaid, policies: number): ClosedReason =>
  allows.length > 0 && limit !== null ? { is: 'bounded', action, limit } : { is: 'silent', action, policies };

const isClosed = ({ allows, limit }: ActionSaid): boolean => allows.length === 0 || limit !== null;
/** Allowed on every resource without a condition, and never denied. */
const isOpen = (said: ActionSaid): boolean =>
  !isClosed(said) && said.allows.some(({ isWhole }) => isWhole) && said.denies.length === 0;

type Sayer = (action: number) => ActionSaid;

/** Policies that only limit. `mustAllow`: at least one of these must allow an action; empty: there is no such need. */
interface Limit {
  readonly from: string;
  readonly policies: readonly number[];
  readonly mustAllow: readonly number[];
}

/** The permissions boundary, and the levels of the organisation, which do not bind roles of AWS. */
function limitsOf({ rows, guardrails }: PolicyData, { boundary, kind }: PrincipalPolicies): readonly Limit[] {
  const own = boundary < 0 ? [] : [[boundary]];
  const levels = kind === 'aws' ? [] : [...Map.groupBy(guardrails, ([level]) => level)];
  return [
    ...own.map((policies) => ({ from: 'permissions boundary', policies, mustAllow: policies })),
    ...levels.map(([from, list]) => {
      const policies = list.map(([, policy]) => policy);
      return { from, policies, mustAllow: policies.filter((policy) => rows[policy]?.[2] === 'scp') };
    }),
  ];
}

function sayer(
  { instances, head }: Model,
  policies: PolicyData,
  { subject, instance }: { readonly subject: PrincipalPolicies; readonly instance: number },
): Sayer {
  const limits = limitsOf(policies, subject);
  const isSpared = sparing(policies, instances.places[instances.place[instance] as number]?.[0]);
  return (number) => {
    const of = (from: string, list: readonly number[]): readonly Statement[] =>
      list.flatMap((policy) => saidBy(policies, { policy, action: number, from }));
    const action = head.actions[number] ?? '';
    const own = of('', subject.held);
    const all = [...own, ...limits.flatMap(({ from, policies: list }) => of(from, list))];
    const silent = limits.find(
      ({ from, mustAllow }) => mustAllow.length > 0 && !of(from, mustAllow).some(({ allows }) => allows),
    );
    return {
      action,
      allows: own.filter(({ allows }) => allows),
      denies: all.filter((said) => !said.allows && !isSpared(action, said)),
      limit: silent?.from ?? null,
    };
  };
}

/** Whether a Deny does not apply in a region. IAM's requests are never made in the region of an instance. */
function sparing({ outside }: PolicyData, region = ''): (action: string, said: Said) => boolean {
  const spared = new Set(
    outside
      .filter(([, , regions]) => regions.includes(region))
      .map(([policy, statement]) => `${policy} ${statement}`),
  );
  return (action, { policy, statement }) =>
    !action.startsWith('iam:') && spared.has(`${policy} ${statement}`);
}

interface Statement extends Said {
  readonly allows: boolean;
}

function saidBy(
  { says, sayLists }: PolicyData,
  { policy, action, from }: { readonly policy: number; readonly action: number; readonly from: string },
): readonly Statement[] {
  return (sayLists[says[policy] ?? -1] ?? [])
    .filter(([own]) => own === action)
    .map(([, reach, statement]) => ({ policy, statement, from, allows: reach > 0, isWhole: reach === 2 }));
}
