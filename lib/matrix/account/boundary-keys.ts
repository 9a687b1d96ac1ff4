import type { KeyState } from '../../evaluator/context.ts';
import { remembered } from '../../memory/remembered.ts';
import type { Role, Snapshot, User } from '../../snapshot/snapshot.ts';
import type { Account } from './account.ts';
import { newcomerOf } from './new-principals.ts';

export const BOUNDARY_KEY = 'iam:permissionsboundary';

const known = new WeakMap<Snapshot, ReadonlyMap<string, KeyState>>();

/**
 * The boundary of the user or role that a request changes; undefined: it is not known. Requests that set a boundary
 * have the new one.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
 */
export function boundaryState(arn: string, account: Account): KeyState {
  const { snapshot } = account;
  const all = remembered(
    known,
    snapshot,
    () => new Map([...snapshot.users, ...snapshot.roles].map((one) => [one.arn, stateOf(one)])),
  );
  const state = all.get(arn);
  if (state !== undefined || !/:(user|role)\//.test(arn)) return state;
  const made = newcomerOf(arn, account);
  return made && stateOf(made.identity);
}

const stateOf = ({ boundary }: User | Role): KeyState => (boundary === null ? null : { values: [boundary] });
