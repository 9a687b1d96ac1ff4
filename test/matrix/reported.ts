import { expect } from 'vitest';
import { cellsOf } from '../../lib/matrix/answers/list-cells.ts';
import { buildMatrix } from '../../lib/matrix/build.ts';
import type { Cell, PathId } from '../../lib/matrix/paths/cell.ts';
import { type AccountInput, account } from '../fixtures/account.ts';
import { differences } from './compare-matrices.ts';
import { naiveMatrix } from './naive-build.ts';

/** The access of a user, or of the role at the end of a text with a slash: `none`, or verdict and condition. */
export function ask(input: AccountInput): (who: string, path: PathId, instance?: string) => string {
  const snapshot = account({
    instances: [
      { id: 'i-dev', tags: { env: 'dev' } },
      { id: 'i-prod', tags: { env: 'prod' } },
    ],
    ...input,
  });
  const matrix = buildMatrix(snapshot);
  expect(differences(matrix, naiveMatrix(snapshot))).toEqual([]);
  const cells = [...cellsOf(matrix, snapshot)];
  return (who, path, instance = 'i-dev') => {
    const end = who.includes('/') ? who : `user/${who}`;
    const isAsked = (cell: Cell): boolean =>
      cell.principal.endsWith(end) && cell.path === path && cell.instance === instance;
    const cell = cells.find(isAsked);
    if (!cell) return 'none';
    const via = cell.via.map((step) => step.replace(/^.*\//, '')).join(' > ');
    return [cell.verdict, cell.condition?.text, via && `via ${via}`].filter(Boolean).join(' ');
  };
}

export const kim = (...policies: object[]): AccountInput => ({ users: [{ name: 'kim', policies }] });
