import type { Grant, PathId } from '../matrix/paths/cell.ts';
import type { CellGroup } from '../matrix/paths/matrix.ts';
import { remembered } from '../memory/remembered.ts';
import type { AccessCause, RulePart } from './access-cause.ts';
import { type FindingDraft, pairOf } from './draft.ts';
import { grantsBehind, regionsReached } from './evidence.ts';
import type { Facts } from './facts.ts';
import { type AccessHolder, type CauseStatement, MOST_LISTED } from './finding.ts';
import type { AccessHit, Rule } from './rule.ts';
import { bySeverity } from './severities.ts';
import { type Weight, weigh } from './severity.ts';
import { statementCause } from './statement-cause.ts';
import { accessEvidence, accessRemedy, accessTitle } from './tell-access.ts';

interface Gathered {
  readonly grants: Map<string, Grant>;
  readonly byRule: Map<Rule, AccessHit[]>;
}

/** Groups hits about principals by the statements that grant them. */
export function accessDrafts(facts: Facts, hits: Iterable<AccessHit>): FindingDraft[] {
  const causes = new Map<string, Gathered>();
  for (const hit of hits) {
    for (const [key, grants] of byCause(facts, hit)) {
      const gathered = remembered(causes, key, (): Gathered => ({ grants: new Map(), byRule: new Map() }));
      for (const grant of grants) gathered.grants.set(grantKey(grant), grant);
      remembered(gathered.byRule, hit.rule, (): AccessHit[] => []).push(hit);
    }
  }
  return [...causes].map(([key, gathered]) => draftOf(facts, key, gathered));
}

const grantKey = ({ policy, statement }: Grant): string => `${policy}\n${String(statement).padStart(6, '0')}`;

/** The place of a statement is needed for every principal. */
const keys = new WeakMap<Facts, Map<string, string>>();

function byCause(facts: Facts, { grants, principal }: AccessHit): ReadonlyMap<string, readonly Grant[]> {
  const known = remembered(keys, facts, () => new Map<string, string>());
  const causes = new Map<string, Grant[]>();
  for (const grant of grants) {
    const name = grantKey(grant);
    const key = remembered(known, name, () => statementCause(facts, grant));
    remembered(causes, key, (): Grant[] => []).push(grant);
  }
  // cells without a statement still belong to a principal
  if (causes.size === 0) causes.set(`principal\n${facts.matrix.principals[principal]?.arn ?? ''}`, []);
  return causes;
}

function draftOf(facts: Facts, key: string, { grants, byRule }: Gathered): FindingDraft {
  const parts = [...byRule].map(([rule, hits]) => partOf(facts, rule, hits, grants)).sort(gravestFirst);
  const all = [...new Set(parts.flatMap((part) => part.cells))];
  const holders = holdersOf(facts, parts);
  const sorted = [...grants.keys()].sort().map((name) => grants.get(name) as Grant);
  const cause: AccessCause = { grants: sorted, parts, cells: all, holders };
  const counts = facts.countAll(all);
  const worst = parts[0] as RulePart;
  const arn = facts.matrix.principals[worst.worst.principal]?.arn ?? '';
  const resource = sorted[0]?.policy ?? arn;
  return {
    key,
    name: facts.policies.record(resource)?.name ?? resource,
    pairs: () =>
      parts.flatMap(({ rule, hits }) =>
        hits.map(({ principal }) => pairOf(rule.id, facts.matrix.principals[principal]?.arn ?? '')),
      ),
    finding: {
      rule: worst.rule.id,
      rules: parts.map((part) => part.rule.id),
      severity: worst.weight.severity,
      title: accessTitle(facts, cause),
      cause: {
        kind: sorted.length > 0 ? 'statement' : 'principal',
        resource,
        statements: sorted.slice(0, MOST_LISTED).map(statementOf),
      },
      holders: holders.slice(0, MOST_LISTED),
      holderCount: holders.length,
      peopleCount: holders.filter(({ kind }) => kind === 'person' || kind === 'outside').length,
      instanceCount: counts.all,
      productionCount: counts.prod,
      paths: pathsOf(all),
      regions: regionsReached(facts, all),
      evidence: accessEvidence(facts, cause),
      fix: null,
      remediation: accessRemedy(facts, cause),
    },
  };
}

const statementOf = ({ policy, statement, sid }: Grant): CauseStatement => ({ policy, statement, sid });

function pathsOf(cells: readonly CellGroup[]): PathId[] {
  return [...new Set(cells.map(({ path }) => path))].sort();
}

function partOf(
  facts: Facts,
  rule: Rule,
  hits: readonly AccessHit[],
  grants: ReadonlyMap<string, Grant>,
): RulePart {
  const weighed = hits.map((hit) => {
    const cells = hit.cells.filter((group) => rests(facts, group, grants));
    // the statement to change may differ from the one that the engine names
    return { hit, cells, weight: weigh(facts, hit, cells.length > 0 ? cells : hit.cells) };
  });
  const [first, ...others] = weighed as [(typeof weighed)[0], ...typeof weighed];
  const worst = others.reduce((best, one) => (isGraver(one.weight, best.weight) ? one : best), first);
  const named = weighed.flatMap((one) => one.cells);
  const cells = new Set(named.length > 0 ? named : hits.flatMap((hit) => hit.cells));
  return { rule, worst: worst.hit, weight: worst.weight, hits, cells: [...cells] };
}

/** True if a group of cells depends on one of these statements. */
function rests(facts: Facts, group: CellGroup, grants: ReadonlyMap<string, Grant>): boolean {
  return grants.size === 0 || grantsBehind(facts, [group]).some((grant) => grants.has(grantKey(grant)));
}

const KINDS = ['outside', 'person', 'machine', 'aws'] as const;

function isGraver(one: Weight, other: Weight): boolean {
  return (
    (bySeverity(one.severity, other.severity) || KINDS.indexOf(one.kind) - KINDS.indexOf(other.kind)) < 0
  );
}

function gravestFirst(a: RulePart, b: RulePart): number {
  return (
    bySeverity(a.weight.severity, b.weight.severity) ||
    bySeverity(a.rule.severity, b.rule.severity) ||
    b.hits.length - a.hits.length ||
    (a.rule.id < b.rule.id ? -1 : 1)
  );
}

/**
 * The holders of access through the statement, from outside first, then people, then by the number of
 * instances.
 */
function holdersOf(facts: Facts, parts: readonly RulePart[]): AccessHolder[] {
  const cells = new Map<number, Set<CellGroup>>();
  for (const { cells: resting, hits } of parts) {
    const wanted = new Set(resting);
    for (const hit of hits) {
      const held = remembered(cells, hit.principal, () => new Set<CellGroup>());
      for (const group of hit.cells) if (wanted.has(group)) held.add(group);
    }
  }
  const holders = [...cells].map(
    ([principal, held]): AccessHolder => ({
      principal: facts.matrix.principals[principal]?.arn ?? '',
      kind: facts.kindOf(principal),
      instances: facts.countAll([...held]).all,
      paths: pathsOf([...held]),
    }),
  );
  return holders.sort(
    (a, b) =>
      KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind) ||
      b.instances - a.instances ||
      (a.principal < b.principal ? -1 : 1),
  );
}
