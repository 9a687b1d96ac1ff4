import { cellsOf } from '../../lib/matrix/answers/list-cells.ts';
import type { Cell, PathId } from '../../lib/matrix/paths/cell.ts';
import type { Matrix } from '../../lib/matrix/paths/matrix.ts';
import type { Snapshot } from '../../lib/snapshot/snapshot.ts';
import { ACCOUNT_ID, type AccountInput, account, allow } from '../fixtures/account.ts';

export const arn = (kind: string, name: string): string => `arn:aws:iam::${ACCOUNT_ID}:${kind}/${name}`;
export const [LEO, CRANE] = [arn('user', 'leo'), arn('role', 'crane')] as const;

export const inRegion = (service: string, name: string): string =>
  `arn:aws:${service}:us-east-1:${ACCOUNT_ID}:${name}`;

/** The call that reads each list of things with roles. */
export const ROLE_LISTS = {
  functions: 'lambda list-functions',
  stacks: 'cloudformation describe-stacks',
  stateMachineRoles: 'stepfunctions describe-state-machine',
  buildProjects: 'codebuild batch-get-projects',
} as const;

/**
 * An account in which leo has these policies, and only a service may assume the role crane, which has the
 * permissions `does`.
 */
export function withCrane(
  service: string,
  policies: readonly object[],
  { does = 'ec2-instance-connect:*', ...more }: AccountInput & { readonly does?: string | readonly string[] },
): Snapshot {
  const trust = {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { Service: service }, Action: 'sts:AssumeRole' }],
  };
  return account({
    instances: [{ id: 'i-1' }],
    users: [{ name: 'leo', policies }],
    roles: [{ name: 'crane', policies: [allow(does)], trust }],
    ...more,
  });
}

/** leo's access through crane. */
export function cellOfLeo(
  matrix: Matrix,
  snapshot: Snapshot,
  path: PathId = 'serial-console',
): Cell | undefined {
  const asked = { principal: LEO, path, instance: 'i-1' };
  return [...cellsOf(matrix, snapshot, asked)][0];
}
