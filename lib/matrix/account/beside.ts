import type { Beside, EscalationRequest } from '../paths/escalation.ts';
import { NEW_NAME, UUID } from '../paths/placeholder-ids.ts';
import type { Account } from './account.ts';
import { namedArns } from './named-arns.ts';
import type { Target } from './target.ts';

/**
 * Something whose name the creator chooses, or that was not read: an unlikely name, and each name in an Allow of the
 * account.
 */
const anyOf = (account: Account, arn: string, service: string, type: string): readonly string[] => [
  arn,
  ...namedArns(account, { service, type }, '', 'own'),
];

/**
 * The directory of Identity Center, which belongs to the account of its instance.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentitystore.html
 */
function identityStores(account: Account): readonly string[] {
  const { accountId, partition, identityCenter, organization } = account.snapshot;
  const { storeId, owner = organization?.managementAccountId ?? undefined } = identityCenter?.instance ?? {};
  const arn = (of: string, id: string): string => `arn:${partition}:identitystore::${of}:identitystore/${id}`;
  if (storeId !== undefined && owner !== undefined) return [arn(owner, storeId)];
  return anyOf(account, arn(accountId, 'd-0000000000'), 'identitystore', 'identitystore/');
}

type Of = Pick<Target, 'arn' | 'context'>;

/** ARNs that a request names besides the resource of its row: any of them is enough. */
const ARNS: Readonly<Record<Beside, (of: Of, account: Account) => readonly string[]>> = {
  'identity-center': ({ arn }) => [arn.replace(/:permissionSet\/([^/]*)\/.*$/, ':instance/$1')],
  'this-account': (_, { snapshot }) => [`arn:${snapshot.partition}:sso:::account/${snapshot.accountId}`],
  'identity-store': (_, account) => identityStores(account),
  'directory-user': (_, { snapshot }) => [`arn:${snapshot.partition}:identitystore:::user/${UUID}`],
  'attached-policy': ({ context }) => [context?.['iam:PolicyARN'] ?? ''].flat() as string[],
  'cluster-of-task': ({ arn }) => [arn.replace(/:task\/([^/]*).*$/, ':cluster/$1')],
  'endpoint-of-runtime': ({ arn }) => [`${arn}/runtime-endpoint/DEFAULT`],
  'new-policy': (_, account) =>
    anyOf(
      account,
      `arn:${account.snapshot.partition}:iam::${account.snapshot.accountId}:policy/${NEW_NAME}`,
      'iam',
      'policy/',
    ),
};

/** The ARNs; null: the request is on the resource of its row only. */
export function arnsBeside({ on }: EscalationRequest, of: Of, account: Account): readonly string[] | null {
  return on.startsWith('beside:') ? ARNS[on.slice('beside:'.length) as Beside](of, account) : null;
}
