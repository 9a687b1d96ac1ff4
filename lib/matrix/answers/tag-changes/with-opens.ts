import { instancesOf } from '../../../snapshot/instances-of.ts';
import type { Instance, Snapshot } from '../../../snapshot/snapshot.ts';
import { auditedAccount } from '../../account/audited-account.ts';
import { ChainEnds } from '../../chains/chain-end.ts';
import type { Opens } from '../../paths/cell.ts';
import type { CellGroup, Matrix } from '../../paths/matrix.ts';
import { isSmall, TagOpens } from './tag-opens.ts';

/**
 * The matrix with what its tag-rewrite cells open, if the account is small. In a large account groups leave it out,
 * and list-cells.ts computes it for the wanted cells.
 */
export function withOpens(matrix: Matrix, snapshot: Snapshot): Matrix {
  const isRewrite = (group: CellGroup): boolean => group.path === 'tag-rewrite';
  if (!isSmall(matrix) || !matrix.groups.some(isRewrite)) return matrix;
  const audited = auditedAccount(snapshot);
  const ends = new ChainEnds(audited.account);
  const opens = new TagOpens(audited);
  const instances = instancesOf(snapshot);
  const opensAt = (group: CellGroup, p: number, i: number): readonly Opens[] | undefined => {
    const end = ends.of(matrix.principals[p]?.arn ?? '', group.outcome.via);
    return end && opens.of(end, instances[i] as Instance);
  };
  return {
    ...matrix,
    groups: matrix.groups.flatMap((group) => (isRewrite(group) ? split(group, opensAt) : [group])),
  };
}

/** Splits a group: cells that open the same stay together. */
function split(
  group: CellGroup,
  opensAt: (group: CellGroup, p: number, i: number) => readonly Opens[] | undefined,
): readonly CellGroup[] {
  const groups = new Map<string, CellGroup>();
  for (const p of group.principals) {
    for (const [text, found] of Map.groupBy(group.instances, (i) => JSON.stringify(opensAt(group, p, i)))) {
      const opens = opensAt(group, p, found[0] as number);
      const key = `${found.join()} ${text}`;
      const outcome = opens ? { ...group.outcome, opens } : group.outcome;
      const before = groups.get(key);
      const principals = [...(before?.principals ?? []), p];
      groups.set(key, { path: group.path, principals, instances: found, outcome });
    }
  }
  return [...groups.values()];
}
