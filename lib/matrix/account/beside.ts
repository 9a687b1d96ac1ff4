import type { Beside, EscalationRequest } from '../paths/escalation.ts';
import type { Account } from './account.ts';
import { NEW, namedArns } from './named-arns.ts';
import { UUID } from './new-resources.ts';

/**
 * Something whose name the creator chooses, or that was not read: an unlikely name, and each name in an Allow of the
 * account.
 */
const anyOf = (account: Account, arn: string, service: string, type: string): readonly string[] => [
  arn,
  ...namedArns(account, { service, type }, '', 'own'),
];

/** ARNs that a request names besides the resource of its row: any of them is enough. */
const ARNS: Readonly<Record<Beside, (of: string, account: Account) => readonly string[]>> = {
  'identity-center': (of) => [of.replace(/:permissionSet\/([^/]*)\/.*$/, ':instance/$1')],
  'this-account': (_, { snapshot }) => [`arn:${snapshot.partition}:sso:::account/${snapshot.accountId}`],
  'identity-store': (_, account) =>
    anyOf(
      account,
      `arn:${account.snapshot.partition}:identitystore::${account.snapshot.accountId}:identitystore/d-0000000000`,
      'identitystore',
      'identitystore/',
    ),
  'directory-user': (_, { snapshot }) => [`arn:${snapshot.partition}:identitystore:::user/${UUID}`],
  'new-policy': (_, account) =>
    anyOf(
      account,
      `arn:${account.snapshot.partition}:iam::${account.snapshot.accountId}:policy/${NEW}`,
      'iam',
      'policy/',
    ),
};

/** The ARNs; null: the request is on the resource of its row only. */
export function arnsBeside(
  { on }: EscalationRequest,
  of: string,
  account: Account,
): readonly string[] | null {
  return on.startsWith('beside:') ? ARNS[on.slice('beside:'.length) as Beside](of, account) : null;
}
