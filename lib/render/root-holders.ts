import { productionTest } from '../findings/expected/production.ts';
import type { PrincipalKind } from '../matrix/paths/cell.ts';
import { instancesOf } from '../snapshot/instances-of.ts';
import type { Access } from './access.ts';
import { byText } from './changes.ts';
import type { Report } from './report.ts';
import { ROOT } from './strengths.ts';

/** A principal that can become root, and the number of instances. */
export interface RootHolder {
  readonly arn: string;
  readonly kind: PrincipalKind;
  readonly instances: number;
  readonly production: number;
}

const KIND_ORDER: readonly PrincipalKind[] = ['person', 'outside', 'machine', 'aws'];

/** Principals with unconditional root: people first, then by reach in production, then by reach. */
export function rootHolders(
  { matrix, snapshot, expected }: Report,
  { rows, instanceClasses }: Access,
  kindOf: (arn: string) => PrincipalKind,
): readonly RootHolder[] {
  const isProduction = productionTest(expected ?? { production: null });
  const production = new Set(instancesOf(snapshot).flatMap((one) => (isProduction(one) ? [one.id] : [])));
  const sizes = instanceClasses.map(
    ({ members }) => members.filter((member) => production.has(matrix.instances[member]?.id ?? '')).length,
  );
  const holders = rows
    .filter(({ root }) => root > 0)
    .flatMap(({ members, root, strengths }) => {
      const count = sizes.reduce((sum, size, place) => sum + (strengths[place] === ROOT ? size : 0), 0);
      return members.map((member) => {
        const arn = matrix.principals[member]?.arn ?? '';
        return { arn, kind: kindOf(arn), instances: root, production: count };
      });
    });
  return holders.sort(
    (a, b) =>
      KIND_ORDER.indexOf(a.kind) - KIND_ORDER.indexOf(b.kind) ||
      b.production - a.production ||
      b.instances - a.instances ||
      byText(a.arn, b.arn),
  );
}
