import type { OwnReach } from '../../across/border.ts';
import { compileAccount } from '../../matrix/account/account.ts';
import { kindsOf } from '../../matrix/account/kinds-of.ts';
import { ACCESS_PATHS } from '../../matrix/paths/access-paths.ts';
import type { Matrix } from '../../matrix/paths/matrix.ts';
import { instancesOf } from '../../snapshot/instances-of.ts';
import type { Instance, Snapshot } from '../../snapshot/snapshot.ts';
import { type AccessRow, accessOf } from '../access.ts';
import { strengthAt } from '../strength.ts';
import { NONE } from '../strengths.ts';

/** The access of an account's principals in their own account, equal ones together; those without any are included. */
export function ownReaches(
  { matrix, snapshot }: { readonly matrix: Matrix; readonly snapshot: Snapshot },
  isProduction: (instance: Instance) => boolean,
): readonly OwnReach[] {
  const access = accessOf(matrix);
  const kind = kindsOf(compileAccount(snapshot));
  const production = new Array<number>(access.instanceClasses.length).fill(0);
  for (const [at, instance] of instancesOf(snapshot).entries()) {
    const place = access.classOf[at];
    if (place !== undefined && isProduction(instance)) production[place] = (production[place] as number) + 1;
  }
  const arnOf = (member: number): string => matrix.principals[member]?.arn ?? '';
  return access.rows.flatMap((row) =>
    [...Map.groupBy(row.members, (member) => kind(arnOf(member)))].map(([of, members]) => ({
      ...{ principals: members.map(arnOf), kind: of },
      ...whatOf(row, matrix, production),
    })),
  );
}

function whatOf(
  { strongest, strengths, groups, any }: AccessRow,
  matrix: Matrix,
  production: readonly number[],
): Omit<OwnReach, 'principals' | 'kind'> {
  const [word = ''] = strengthAt(strongest).word.split(':');
  const held = new Set(groups.map((group) => matrix.groups[group]?.path));
  return {
    ...{ strongest: word, instances: any },
    production: production.reduce((sum, n, place) => sum + (strengths[place] === NONE ? 0 : n), 0),
    paths: ACCESS_PATHS.map(({ id }) => id).filter((id) => held.has(id)),
  };
}
