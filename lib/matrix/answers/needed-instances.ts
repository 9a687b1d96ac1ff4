import type { Matrix } from '../paths/matrix.ts';
import { type CellFilter, findGroups } from './find-groups.ts';

/**
 * The ids of the instances whose records the first `most` cells of a filter need: the wanted one, those of
 * the cells, and those on their chains.
 */
export function neededInstances(matrix: Matrix, filter: CellFilter, most = Infinity): ReadonlySet<string> {
  const places = new Set<number>();
  const steps = new Set<string>();
  let left = most;
  for (const { group, principals, instances } of findGroups(matrix, filter)) {
    if (left <= 0) break;
    const on = instances ?? group.instances;
    for (const place of on.slice(0, left)) places.add(place);
    for (const step of group.outcome.via) steps.add(step);
    left -= principals.length * on.length;
  }
  const ids = new Set(filter.instance === undefined ? [] : [filter.instance]);
  matrix.instances.forEach(({ id, arn }, place) => {
    if (places.has(place) || steps.has(arn)) ids.add(id);
  });
  return ids;
}
