import { hasBit } from '../../lib/evaluator/bits.ts';
import type { PagePath, PolicyData } from '../../lib/render/page/page-data.ts';
import type { Model } from './model.ts';

/** What the policies of a principal say of one action. */
export interface ActionSaid {
  readonly action: string;
  readonly allows: readonly Said[];
  /** without those that spare the region of the instance */
  readonly denies: readonly Said[];
  /** what must allow the action as well and does not: a permissions boundary, a level of the organisation; null: none */
  readonly limit: string | null;
}

/** A statement that takes in the action. `from`: whose, beside the principal's own: `boundary`, a level of the organisation. */
export interface Said {
  readonly policy: number;
  readonly statement: number;
  readonly from: string;
  /** an Allow on every resource without a condition */
  readonly isWhole: boolean;
}

/** Why a path is closed, as far as the policies tell without deciding each request. */
export type Reason =
  /** the path is for other instances */
  | { readonly is: 'other'; readonly only: 'windows' | 'linux' }
  /** from outside: it has no policies here */
  | { readonly is: 'outside' }
  /** nothing that it holds allows the action */
  | { readonly is: 'silent'; readonly action: string; readonly policies: number }
  /** its boundary, or a level of the organisation, does not allow it */
  | { readonly is: 'bounded'; readonly action: string; readonly limit: string }
  /** everything is allowed without limits: what is missing is a thing in the account, such as an endpoint */
  | { readonly is: 'nothing there'; readonly needs: PagePath['applies'] }
  /** some statement takes the action in, but not here, or something takes it back */
  | { readonly is: 'limited'; readonly action: string; readonly isDenied: boolean };

/** Why a path is closed to a principal: how many policies were looked through, and what they say of each action. */
export interface WhyNot {
  readonly reason: Reason;
  readonly policies: number;
  readonly hasBoundary: boolean;
  /** nobody has this way onto the instance */
  readonly isNobodys: boolean;
  readonly ways: readonly (readonly ActionSaid[])[];
}

export interface Square {
  readonly principal: number;
  readonly instance: number;
  readonly path: number;
}

/** The first ways of a path to be told; the others ask for other documents or resources. */
const MOST_WAYS = 3;

export function whyNot(model: Model, policies: PolicyData, square: Square): WhyNot {
  const { principal, path } = square;
  const [, , list = -1] = model.principals.rows[principal] ?? [];
  const { held = [], boundary = -1 } = model.principals.policyLists[list] ?? {};
  const said = sayer(model, policies, square);
  const alternatives = model.head.paths[path]?.alternatives ?? [];
  const unique = new Map(alternatives.map((actions) => [actions.join(), actions] as const));
  const ways = [...unique.values()].map((actions) => actions.map(said));
  return {
    reason: reasonOf(model, square, { ways, policies: held.length, isOutside: list < 0 }),
    policies: held.length,
    hasBoundary: boundary >= 0,
    isNobodys: isNobodys(model, square),
    ways: list < 0 ? [] : ways.slice(0, MOST_WAYS),
  };
}

function isNobodys({ groups, sets, instances }: Model, { path, instance }: Square): boolean {
  const place = instances.classOf[instance] as number;
  return !groups.some((group) => {
    const bits = group.path === path ? sets[group.set] : undefined;
    return bits !== undefined && hasBit(bits, place);
  });
}

interface Looked {
  readonly ways: readonly (readonly ActionSaid[])[];
  readonly policies: number;
  readonly isOutside: boolean;
}

function reasonOf(model: Model, { instance, path }: Square, { ways, policies, isOutside }: Looked): Reason {
  const { applies } = model.head.paths[path] ?? {};
  const { platform = '' } = model.instances.facts[model.instances.factsOf[instance] as number] ?? {};
  const isOther = (applies === 'windows' || applies === 'linux') && platform !== '' && platform !== applies;
  if (isOther) return { is: 'other', only: applies };
  if (isOutside) return { is: 'outside' };
  // the way that lacks least is the one to tell of
  const [least = []] = ways
    .map((actions) => actions.filter(isClosed))
    .toSorted((a, b) => a.length - b.length);
  const [first] = least;
  if (first) return closedReason(first, policies);
  const left = ways.filter((actions) => !actions.some(isClosed));
  const limited = left.map((actions) => actions.find((said) => !isOpen(said)));
  const [narrow] = limited;
  if (!narrow || limited.includes(undefined)) return { is: 'nothing there', needs: applies };
  return { is: 'limited', action: narrow.action, isDenied: narrow.denies.length > 0 };
}

const closedReason = ({ action, allows, limit }: ActionSaid, policies: number): Reason =>
  allows.length > 0 && limit !== null ? { is: 'bounded', action, limit } : { is: 'silent', action, policies };

const isClosed = ({ allows, limit }: ActionSaid): boolean => allows.length === 0 || limit !== null;
/** Allowed whatever the resource and the moment are. */
const isOpen = (said: ActionSaid): boolean =>
  !isClosed(said) && said.allows.some(({ isWhole }) => isWhole) && said.denies.length === 0;

type Sayer = (action: number) => ActionSaid;

/** Policies that only limit. `mustAllow`: one of them must allow an action. */
interface Limit {
  readonly from: string;
  readonly policies: readonly number[];
  readonly mustAllow: readonly number[];
}

/** The permissions boundary, and the levels of the organisation, which do not bind roles of AWS. */
function limitsOf(
  { rows, guardrails }: PolicyData,
  { boundary, kind }: { readonly boundary: number; readonly kind: string },
): readonly Limit[] {
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

function sayer({ principals, instances, head }: Model, policies: PolicyData, square: Square): Sayer {
  const [, kind = '', list = -1] = principals.rows[square.principal] ?? [];
  const { held = [], boundary = -1 } = principals.policyLists[list] ?? {};
  const limits = limitsOf(policies, { boundary, kind });
  const isSpared = sparing(policies, instances.places[instances.place[square.instance] as number]?.[0]);
  return (number) => {
    const of = (from: string, list: readonly number[]): readonly Statement[] =>
      list.flatMap((policy) => saidBy(policies, { policy, action: number, from }));
    const action = head.actions[number] ?? '';
    const own = of('', held);
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

/** Whether a Deny spares a region. The requests of IAM are made in a region of their own. */
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
