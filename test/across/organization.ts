import type { Border } from '../../lib/across/border.ts';
import { OrganizationBorders } from '../../lib/across/organization-borders.ts';
import { OrganizationGraph, type Start } from '../../lib/across/organization-graph.ts';
import { borderText, readBorder } from '../../lib/across/stored-border.ts';
import { taggedProd } from '../../lib/findings/expected/production.ts';
import { matrixWithBorder, wholeBorder } from '../../lib/pipeline/border-file.ts';
import { type AccountReach, accountsReached } from '../../lib/render/org/account-reach.ts';
import type { Snapshot } from '../../lib/snapshot/snapshot.ts';

/** The border of an account's audit, written and read back. */
export function borderOfAccount(snapshot: Snapshot): Border {
  const { matrix, border } = matrixWithBorder(snapshot, taggedProd);
  return readBorder(JSON.parse(borderText(wholeBorder(border, { matrix, snapshot }, taggedProd))));
}

export function bordersOf(...snapshots: readonly Snapshot[]): OrganizationBorders {
  const borders = new OrganizationBorders();
  for (const one of snapshots) borders.add(borderOfAccount(one));
  return borders;
}

/** The other accounts that each principal reaches, by ARN. */
export const reachOf = (...snapshots: readonly Snapshot[]): ReadonlyMap<string, readonly AccountReach[]> =>
  reachIn(bordersOf(...snapshots));

/** A separate search for each principal. */
export function reachIn(borders: OrganizationBorders): ReadonlyMap<string, readonly AccountReach[]> {
  const graph = new OrganizationGraph(borders);
  return new Map(
    [...graph.starts()].flatMap((start: Start) =>
      start.principals.map((arn) => [arn, accountsReached(graph, start)] as const),
    ),
  );
}
