import { cellsOf } from '../../lib/matrix/answers/list-cells.ts';
import type { Cell } from '../../lib/matrix/paths/cell.ts';
import type { Matrix } from '../../lib/matrix/paths/matrix.ts';
import type { Snapshot } from '../../lib/snapshot/snapshot.ts';
import { ACCOUNT_ID, type AccountInput, account, allow } from '../fixtures/account.ts';

export const arn = (kind: string, name: string): string => `arn:aws:iam::${ACCOUNT_ID}:${kind}/${name}`;
export const [LEO, CRANE] = [arn('user', 'leo'), arn('role', 'crane')] as const;

/** An account in which leo has these policies, and a service alone takes the role crane, which reaches the console. */
export function withCrane(service: string, policies: readonly object[], more: AccountInput): Snapshot {
  const trust = {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { Service: service }, Action: 'sts:AssumeRole' }],
  };
  return account({
    instances: [{ id: 'i-1' }],
    users: [{ name: 'leo', policies }],
    roles: [{ name: 'crane', policies: [allow('ec2-instance-connect:*')], trust }],
    ...more,
  });
}

/** What leo holds of what crane reaches. */
export function cellOfLeo(matrix: Matrix, snapshot: Snapshot): Cell | undefined {
  const asked = { principal: LEO, path: 'serial-console', instance: 'i-1' } as const;
  return [...cellsOf(matrix, snapshot, asked)][0];
}
