import type { Condition } from '../evaluator/decision.ts';
import type { Grant } from '../matrix/paths/cell.ts';
import type { CellGroup } from '../matrix/paths/matrix.ts';
import { plain, quoted } from '../policy/quoted.ts';
import type { Facts } from './facts.ts';
import { SHOWN } from './instance-counts.ts';
import type { Weight } from './severity.ts';

/** Where a grant comes from, told so that a person can find it and change it. */
export interface GrantPlace {
  readonly grant: Grant;
  readonly policy: string;
  readonly awsManaged: boolean;
  /** `statement 0 (Sid `All`)` */
  readonly statement: string;
  /** ARN of the user, group or role that carries the policy */
  readonly owner: string;
}

/** The statements of identity policies that grant these cells, each once, in a fixed order. */
export function grantPlaces(facts: Facts, principal: string, cells: readonly CellGroup[]): GrantPlace[] {
  const seen = new Map<string, Grant>();
  for (const { outcome } of cells) {
    for (const grant of outcome.grants) {
      if (grant.layer !== 'identityPolicies' && grant.layer !== 'resourcePolicy') continue;
      seen.set(`${grant.policy}\n${String(grant.statement).padStart(6, '0')}`, grant);
    }
  }
  const keys = [...seen.keys()].sort();
  return keys.map((key) => placeOf(facts, principal, seen.get(key) as Grant));
}

function placeOf(facts: Facts, principal: string, grant: Grant): GrantPlace {
  const record = facts.policies.record(grant.policy);
  const sid = grant.sid === null ? '' : ` (Sid ${quoted(grant.sid)})`;
  return {
    grant,
    policy: record?.name ?? grant.policy,
    awsManaged: record?.kind === 'aws-managed',
    statement: `statement ${grant.statement}${sid}`,
    owner: ownerOf(facts, principal, grant.policy),
  };
}

/** Who carries the policy: the principal itself, a group that it is in, or for a chain the role at its end. */
function ownerOf(facts: Facts, principal: string, policy: string): string {
  if (policy.includes('#')) return policy.slice(0, policy.indexOf('#'));
  const who = facts.principals.get(principal);
  if (who?.policies.includes(policy)) return principal;
  const names = who && 'groups' in who ? who.groups : [];
  const group = facts.snapshot.groups.find(
    (one) => names.includes(one.name) && one.policies.includes(policy),
  );
  if (group) return group.arn;
  return facts.snapshot.roles.find((one) => one.policies.includes(policy))?.arn ?? principal;
}

/** Who is to be changed. Roles of IAM Identity Center cannot be edited in IAM: they follow their permission set. */
export function manageable(arn: string): string {
  const name = /:role\/aws-reserved\/sso\.amazonaws\.com\/.*AWSReservedSSO_(.+)_[0-9a-f]{16}$/.exec(arn)?.[1];
  if (name === undefined) return describePrincipal(arn);
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

/** One sentence per policy statement: `policy `P` of user `alice`, statement 0 (Sid `All`)`. */
export function policySentences(places: readonly GrantPlace[]): string[] {
  const sentences = places.map((place) => {
    const managed = place.awsManaged ? 'AWS managed policy' : 'policy';
    return `${managed} ${quoted(place.policy)} of ${describePrincipal(place.owner)}, ${place.statement}`;
  });
  return capped(sentences, 'statements');
}

/** How many instances of one path, in which regions, and the first of them by name. The cells do not overlap. */
export function instanceSentences(facts: Facts, cells: readonly CellGroup[]): string[] {
  const counts = cells.map((group) => facts.count(group).byRegion);
  const perRegion = facts.regions.map((region, at) => ({
    region,
    reached: counts.reduce((sum, one) => sum + (one[at] ?? 0), 0),
    all: facts.totals.byRegion[at],
  }));
  const reached = perRegion.reduce((sum, one) => sum + one.reached, 0);
  const where = perRegion
    .filter((one) => one.reached > 0)
    .map((one) => `${one.reached} of ${one.all} in ${one.region}`);
  return [
    `reaches ${reached} of ${facts.matrix.instances.length} instances: ${where.join(', ')}`,
    `instances: ${instanceList(facts, cells, reached)}`,
  ];
}

/** The regions of the instances that cells take in. */
export function regionsReached(facts: Facts, cells: readonly CellGroup[]): string[] {
  const counts = cells.map((group) => facts.count(group).byRegion);
  return facts.regions.filter((_, at) => counts.some((one) => (one[at] ?? 0) > 0));
}

/** `i-1 (web, us-east-1), i-2 (us-east-1) and 3 more`, in the matrix's order. */
function instanceList(facts: Facts, cells: readonly CellGroup[], reached: number): string {
  const first = [...new Set(cells.flatMap((group) => facts.first(group)))];
  const names = first
    .sort((a, b) => a - b)
    .slice(0, SHOWN)
    .map((index) => {
      const one = facts.matrix.instances[index];
      return `${one?.id} (${one?.name ? `${quoted(one.name)}, ` : ''}${one?.region})`;
    });
  const rest = reached - names.length;
  return names.join(', ') + (rest > 0 ? ` and ${rest} more` : '');
}

/** The roles that an outside account goes through. */
export function viaSentences(cells: readonly CellGroup[]): string[] {
  const chains = cells.filter(({ outcome }) => outcome.via.length > 0);
  const texts = new Set(chains.map(({ outcome }) => outcome.via.map(describePrincipal).join(', then ')));
  return capped(
    [...texts].sort().map((text) => `through ${text}`),
    'chains',
  );
}

/** What must hold, where cells are conditional. */
export function conditionSentences(cells: readonly CellGroup[]): string[] {
  const conditions = cells
    .map((group) => group.outcome.condition)
    .filter((one): one is Condition => one !== null);
  if (conditions.length === 0) return [];
  const texts = [...new Set(conditions.map((one) => plain(one.text, 1000)))].sort();
  const some = conditions.length < cells.length ? 'on some instances only if' : 'only if';
  return capped(
    texts.map((text) => `${some}: ${text}`),
    'conditions',
  );
}

/** What moved the severity from its base. */
export function weightSentences(weight: Weight): string[] {
  const sentences: string[] = [];
  if (weight.external) sentences.push('the principal is outside the account: severity one step up');
  else if (weight.reachesProd) {
    sentences.push('reaches instances tagged as production: severity one step up');
  } else if (weight.allInstances) sentences.push('reaches every collected instance: severity one step up');
  if (weight.guarded) sentences.push('every route needs MFA or ends at a date: severity one step down');
  return sentences;
}

export function capped(sentences: readonly string[], what: string): string[] {
  const rest = sentences.length - SHOWN;
  if (rest <= 0) return [...sentences];
  return [...sentences.slice(0, SHOWN), `and ${rest} more ${what}`];
}
