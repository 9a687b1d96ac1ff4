import { and } from '../evaluator/formula.ts';
import type { Snapshot, Tags } from '../snapshot/snapshot.ts';
import type { AccessPath } from './access-path.ts';
import { outsideAccounts } from './assume-role.ts';
import type { Chain } from './chains.ts';
import { type Engine, makeEngine } from './engine.ts';
import type { MatrixSettings } from './evaluate-path.ts';
import type { Matrix } from './matrix.ts';
import { addBits, type Bits, difference, emptyBits, fullBits, intersection, isEmpty } from './rows/bits.ts';
import type { RowCell } from './rows/direct-rows.ts';
import { RowGroups } from './rows/row-groups.ts';
import { Rows } from './rows/rows.ts';

/** The effective-access matrix of an account: every principal, instance and path that is not denied. */
export function buildMatrix(snapshot: Snapshot, settings: MatrixSettings = {}): Matrix {
  const engine = makeEngine(snapshot, settings);
  const subjects = [...engine.account.subjects, ...outsideAccounts(engine.account)];
  const instances = snapshot.regions.flatMap((region) => region.instances ?? []);
  const rows = new Rows(engine, subjects, instances);
  const groups = new RowGroups(rows.sets);
  for (const one of rows.classes) {
    for (const path of engine.paths) {
      for (const cell of rows.direct(one.members[0] as number, path))
        groups.add(path, one.members, cell.bits, cell, [], one.first.missing);
    }
  }
  for (const { principals, chains } of rows.chains()) addIndirect(groups, rows, engine, principals, chains);
  return {
    schemaVersion: 1,
    accountId: snapshot.accountId,
    takenAt: snapshot.takenAt,
    paths: engine.paths.map((path) => path.id),
    principals: subjects.map(({ arn, kind }) => ({ arn, kind })),
    instances: instances.map(({ id, arn, region, tags }) => ({ id, arn, region, name: nameOf(tags) })),
    groups: groups.groups(),
  };
}

function nameOf(tags: Tags): string | null {
  return tags.find((tag) => tag.key === 'Name')?.value ?? null;
}

/** What is not held directly and can be reached through a role or an instance. */
function addIndirect(
  groups: RowGroups,
  rows: Rows,
  engine: Engine,
  principals: readonly number[],
  chains: readonly Chain[],
): void {
  for (const path of engine.paths) {
    let left: Bits = fullBits(rows.width);
    for (const cell of rows.direct(principals[0] as number, path)) left = difference(left, cell.bits);
    for (const level of levelsOf(chains)) {
      if (isEmpty(left)) break;
      left = difference(left, addLevel(groups, rows, path, principals, level, left));
    }
  }
}

/** Chains of equal length together, shortest first. */
function levelsOf(chains: readonly Chain[]): readonly (readonly Chain[])[] {
  return [...Map.groupBy(chains, (chain) => chain.via.length).values()];
}

/** Of equally short chains those without conditions first; the result is what they cover of `left`. */
function addLevel(
  groups: RowGroups,
  rows: Rows,
  path: AccessPath,
  principals: readonly number[],
  chains: readonly Chain[],
  left: Bits,
): Bits {
  const ends = chains.flatMap((chain) => rows.direct(chain.to, path).map((cell) => endOf(rows, chain, cell)));
  const open = ends.filter((end) => end !== null);
  const taken = emptyBits(rows.width);
  for (const { chain, cell } of [
    ...open.filter((end) => end.cell.verdict === 'allowed'),
    ...open.filter((end) => end.cell.verdict !== 'allowed'),
  ]) {
    const bits = difference(intersection(cell.bits, left), taken);
    if (isEmpty(bits)) continue;
    groups.add(path, principals, bits, cell, chain.via, rows.subject(chain.to).missing);
    addBits(taken, bits);
  }
  return taken;
}

/** A cell as it is held through a chain; null where the two exclude each other. */
function endOf(
  rows: Rows,
  chain: Chain,
  cell: RowCell,
): { readonly chain: Chain; readonly cell: RowCell } | null {
  const rest = rows.rests.of(and(chain.open, cell.rest.open), [], []);
  if (rest.rest === false) return null;
  const condition = rest.rest === true ? null : rest.rest;
  const verdict = cell.verdict === 'unknown' ? 'unknown' : condition ? 'conditional' : 'allowed';
  return { chain, cell: { ...cell, verdict, condition, rest: { ...rest, uncertain: cell.rest.uncertain } } };
}
