import type { PathId } from '../matrix/paths/cell.ts';
import type { Finding } from './finding.ts';
import { RULES } from './rules.ts';
import { sha256 } from './sha256.ts';

/** Increased when a rule changes its result, so that findings of earlier runs are computed again with it. */
const VERSION = 2;

/** Identifies the rules of a run's findings: findings of other rules are not compared with these. */
export const CATALOGUE = sha256([VERSION, ...RULES.map(({ id }) => id)].join()).slice(0, 12);

/** A finding of the first form: one rule about one principal or thing, without statements. */
interface OldFinding {
  readonly id: string;
  readonly rule: string;
  readonly severity: Finding['severity'];
  readonly title: string;
  readonly principal?: string;
  readonly instance?: string;
  readonly resource?: string;
  readonly path?: PathId;
  readonly regions?: readonly string[];
  readonly evidence: readonly string[];
  readonly remediation: string;
  readonly firstSeen: string;
  readonly lastSeen: string;
  readonly status: Finding['status'];
}

/** The findings of a stored file, including those of the first form. */
export function storedFindings(list: readonly unknown[]): readonly Finding[] {
  return (list as readonly (Finding | OldFinding)[]).map((one) => ('cause' in one ? one : fromOld(one)));
}

function fromOld(one: OldFinding): Finding {
  const { principal, instance, resource, path, regions = [], ...rest } = one;
  const paths = path === undefined ? [] : [path];
  return {
    ...rest,
    rules: [one.rule],
    cause: { kind: 'principal', resource: principal ?? resource ?? instance ?? '', statements: [] },
    holders: principal === undefined ? [] : [{ principal, kind: 'person', instances: 0, paths }],
    holderCount: principal === undefined ? 0 : 1,
    peopleCount: 0,
    instanceCount: instance === undefined ? 0 : 1,
    productionCount: 0,
    paths,
    regions,
    fix: null,
  };
}
