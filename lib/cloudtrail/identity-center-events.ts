import { type EventRow, row } from './event-row.ts';

/** Events of the management account or a delegated administrator, about other accounts. */
const identityCenter = (source: string, names: string): EventRow => ({
  ...row(
    {
      source: `${source}.amazonaws.com`,
      rule: 'IdentityCenterRule',
      reads: ['sso-admin'],
      changes: 'assignment',
    },
    names,
  ),
  everyAccount: true,
});

/** Who holds permission sets of IAM Identity Center. */
export const IDENTITY_CENTER_EVENTS: readonly EventRow[] = [
  identityCenter(
    'sso',
    `CreateAccountAssignment DeleteAccountAssignment CreatePermissionSet UpdatePermissionSet DeletePermissionSet
     ProvisionPermissionSet`,
  ),
  // a new or deleted person changes no group;
  // https://docs.aws.amazon.com/singlesignon/latest/userguide/sso-info-in-cloudtrail.html
  identityCenter(
    'sso-directory',
    `AddMemberToGroup RemoveMemberFromGroup CreateGroupMembership DeleteGroupMembership UpdateGroup DeleteGroup`,
  ),
  identityCenter('identitystore', 'CreateGroupMembership DeleteGroupMembership UpdateGroup DeleteGroup'),
  // https://docs.aws.amazon.com/singlesignon/latest/userguide/scim-logging-using-cloudtrail.html
  identityCenter('identitystore-scim', 'PatchGroup PutGroup DeleteGroup'),
];

export const IDENTITY_CENTER_SOURCES: ReadonlySet<string> = new Set(
  IDENTITY_CENTER_EVENTS.map(({ source }) => source),
);
