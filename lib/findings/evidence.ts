import type { Condition } from '../evaluator/decision.ts';
import type { Grant } from '../matrix/paths/cell.ts';
import type { CellGroup, Outcome } from '../matrix/paths/matrix.ts';
import { remembered } from '../memory/remembered.ts';
import { shortList, thousands } from '../policy/counted.ts';
import { plain, quoted } from '../policy/quoted.ts';
import { permissionSetOf } from '../snapshot/permission-set.ts';
import type { Facts } from './facts.ts';
import { SHOWN } from './instance-counts.ts';
import { instancesText } from './instances-text.ts';

/** The Allow statements that a principal was given and that grant these cells, each once, in a fixed order. */
export function grantsBehind(facts: Facts, cells: readonly CellGroup[]): Grant[] {
  return listed(facts, cells, 'Allow');
}

/** The Deny statements that limit these cells or add a condition. They must not be changed. */
export function denialsOf(facts: Facts, cells: readonly CellGroup[]): Grant[] {
  return listed(facts, cells, 'Deny');
}

function listed(facts: Facts, cells: readonly CellGroup[], effect: 'Allow' | 'Deny'): Grant[] {
  const seen = new Map<string, Grant>();
  for (const { outcome } of cells) {
    for (const grant of sorted(facts, outcome)[effect])
      seen.set(`${grant.policy}\n${String(grant.statement).padStart(6, '0')}`, grant);
  }
  if (seen.size < 2) return [...seen.values()];
  return [...seen.keys()].sort().map((key) => seen.get(key) as Grant);
}

interface Sorted {
  readonly Allow: readonly Grant[];
  readonly Deny: readonly Grant[];
}

/** Outcomes are shared by many groups and principals. */
const sortedGrants = new WeakMap<Outcome, Sorted>();

function sorted(facts: Facts, outcome: Outcome): Sorted {
  return remembered(sortedGrants, outcome, () => {
    const own = outcome.grants.filter(
      ({ layer }) => layer === 'identityPolicies' || layer === 'resourcePolicy',
    );
    const of = (effect: 'Allow' | 'Deny') =>
      own.filter((one) => facts.policies.statements(one.policy)?.[one.statement]?.effect === effect);
    return { Allow: of('Allow'), Deny: of('Deny') };
  });
}

/** `statement 0 (Sid `All`) of AWS managed policy `X``, `... of inline policy `p` of role `app``. */
export function placeName(
  facts: Pick<Facts, 'policies'>,
  grant: Pick<Grant, 'policy' | 'statement' | 'sid'>,
): string {
  const sid = grant.sid === null || grant.sid === '' ? '' : ` (Sid ${quoted(grant.sid)})`;
  return `statement ${grant.statement}${sid} of ${policyText(facts, grant.policy)}`;
}

export function policyText(facts: Pick<Facts, 'policies'>, policy: string): string {
  const record = facts.policies.record(policy);
  const name = quoted(record?.name ?? policy);
  const owner = inlineOwner(policy);
  if (owner !== null) return `inline policy ${name} of ${manageable(owner)}`;
  return record?.kind === 'aws-managed' ? `AWS managed policy ${name}` : `policy ${name}`;
}

/** The owner of an inline policy; null for a managed one. */
export function inlineOwner(policy: string): string | null {
  return policy.includes('#') ? policy.slice(0, policy.indexOf('#')) : null;
}

/** What to edit. Roles of IAM Identity Center cannot be edited in IAM: edit their permission set. */
export function manageable(arn: string): string {
  const name = permissionSetOf(arn);
  if (name === null) return describePrincipal(arn);
  return `permission set ${quoted(name)} (IAM Identity Center)`;
}

/** `user `alice``, `role `app``, `account `4444…``. */
export function describePrincipal(arn: string): string {
  const resource = arn.split(':').slice(5).join(':');
  if (resource === 'root') return `account ${quoted(arn.split(':')[4] ?? arn)}`;
  const slash = resource.indexOf('/');
  if (slash < 0) return quoted(arn);
  return `${plain(resource.slice(0, slash))} ${quoted(resource.slice(resource.lastIndexOf('/') + 1))}`;
}

/** The number of instances, their regions, and the first of them by name. */
export function instanceSentences(facts: Facts, cells: readonly CellGroup[]): string[] {
  const counts = facts.countAll(cells);
  const where = facts.regions
    .map((region, at) => ({ region, reached: counts.byRegion[at] ?? 0, all: facts.totals.byRegion[at] ?? 0 }))
    .filter((one) => one.reached > 0)
    .map((one) => `${thousands(one.reached)} of ${thousands(one.all)} in ${one.region}`);
  const production =
    counts.prod > 0
      ? `; ${thousands(counts.prod)} ${counts.prod === 1 ? 'is' : 'are'} tagged as production`
      : '';
  return [
    `reaches ${instancesText(counts.all, facts.matrix.instances.length)}: ${where.join(', ')}${production}`,
    `instances: ${instanceList(facts, cells, counts.all)}`,
  ];
}

/** The regions of the instances of cells. */
export function regionsReached(facts: Facts, cells: readonly CellGroup[]): string[] {
  const { byRegion } = facts.countAll(cells);
  return facts.regions.filter((_, at) => (byRegion[at] ?? 0) > 0);
}

/** `i-1 (web, us-east-1), i-2 (us-east-1) and 3 more`, in the matrix's order. */
function instanceList(facts: Facts, cells: readonly CellGroup[], reached: number): string {
  const names = facts.firstOf(cells).map((index) => {
    const one = facts.matrix.instances[index];
    return `${one?.id} (${one?.name ? `${quoted(one.name)}, ` : ''}${one?.region})`;
  });
  return shortList(names, names.length, { all: reached });
}

/** The roles through which an outside account gets the access. */
export function viaSentences(cells: readonly CellGroup[]): string[] {
  const chains = cells.filter(({ outcome }) => outcome.via.length > 0);
  const texts = new Set(chains.map(({ outcome }) => outcome.via.map(describePrincipal).join(', then ')));
  return capped(
    [...texts].sort().map((text) => `through ${text}`),
    'chains',
  );
}

/** The conditions of conditional cells. */
export function conditionSentences(cells: readonly CellGroup[]): string[] {
  const conditions = cells
    .map((group) => group.outcome.condition)
    .filter((one): one is Condition => one !== null);
  if (conditions.length === 0) return [];
  const texts = [...new Set(conditions.map((one) => plain(one.text, 1000)))].sort();
  const some = conditions.length < cells.length ? 'for some only if' : 'only if';
  return capped(
    texts.map((text) => `${some}: ${text}`),
    'conditions',
    3,
  );
}

export function capped(sentences: readonly string[], what: string, most = SHOWN): string[] {
  const rest = sentences.length - most;
  if (rest <= 0) return [...sentences];
  return [...sentences.slice(0, most), `and ${rest} more ${what}`];
}

/** `a, b and 3 more`. */
export const named = (names: readonly string[], most = 5): string => shortList(names, most);
