import type { Group, PolicyRecord, Role, Snapshot, Tags, User } from '../../lib/snapshot/snapshot.ts';
import type { CliAnswer } from './cli-answer.ts';

/** AWS's form of tags. */
export const cliTags = (tags: Tags) => tags.map(({ key, value }) => ({ Key: key, Value: value }));

/** `2026-08-23T09:58:12.000Z` as the CLI prints it. */
export const cliTime = (time: string): string => time.replace(/\.000Z$/, '+00:00');

const CREATED = '2025-02-12T08:15:02+00:00';

/** `aws iam get-account-authorization-details`. */
export function authorizationDetails(snapshot: Snapshot): CliAnswer {
  const records = new Map(snapshot.policies.map((record) => [record.id, record]));
  const managed = snapshot.policies.filter(
    ({ kind }) => kind === 'aws-managed' || kind === 'customer-managed',
  );
  const profiles = new Map(snapshot.instanceProfiles.map((profile) => [profile.roles[0], profile]));
  return {
    UserDetailList: snapshot.users.values().map((user) => userDetail(user, records)),
    GroupDetailList: snapshot.groups.values().map((group) => groupDetail(group, records)),
    RoleDetailList: snapshot.roles.values().map((role) => ({
      ...roleDetail(role, records),
      InstanceProfileList: profileList(profiles.get(role.arn), role),
    })),
    Policies: managed.values().map(policyDetail),
  };
}

type Records = ReadonlyMap<string, PolicyRecord>;

function policiesOf(owner: User | Group | Role, kind: string, records: Records) {
  const inline = owner.policies.filter((id) => id.startsWith(`${owner.arn}#`));
  const attached = owner.policies.filter((id) => !id.startsWith(`${owner.arn}#`));
  const documents = inline.map((id) => {
    const record = records.get(id);
    return { PolicyName: record?.name, PolicyDocument: record?.document };
  });
  return {
    // AWS omits this list for a user without inline policies, and returns an empty one for groups and roles
    ...(documents.length === 0 && kind === 'User' ? {} : { [`${kind}PolicyList`]: documents }),
    AttachedManagedPolicies: attached.map((id) => ({ PolicyName: records.get(id)?.name, PolicyArn: id })),
  };
}

const boundary = (arn: string | null) =>
  arn === null
    ? {}
    : { PermissionsBoundary: { PermissionsBoundaryType: 'Policy', PermissionsBoundaryArn: arn } };

const userDetail = (user: User, records: Records) => ({
  Path: user.path,
  UserName: user.name,
  UserId: user.id,
  Arn: user.arn,
  CreateDate: CREATED,
  ...policiesOf(user, 'User', records),
  GroupList: user.groups,
  ...boundary(user.boundary),
  Tags: cliTags(user.tags),
});

const groupDetail = (group: Group, records: Records) => ({
  Path: group.path,
  GroupName: group.name,
  GroupId: group.id,
  Arn: group.arn,
  CreateDate: CREATED,
  ...policiesOf(group, 'Group', records),
});

const roleDetail = (role: Role, records: Records) => ({
  Path: role.path,
  RoleName: role.name,
  RoleId: role.id,
  Arn: role.arn,
  CreateDate: CREATED,
  AssumeRolePolicyDocument: records.get(role.trust)?.document,
  ...policiesOf(role, 'Role', records),
  ...boundary(role.boundary),
  Tags: cliTags(role.tags),
  RoleLastUsed: role.lastUsed === null ? {} : { LastUsedDate: cliTime(role.lastUsed), Region: 'us-east-1' },
});

function profileList(profile: Snapshot['instanceProfiles'][number] | undefined, role: Role) {
  if (!profile) return [];
  return [
    {
      Path: role.path,
      InstanceProfileName: profile.name,
      InstanceProfileId: role.id.replace(/^AROA/, 'AIPA'),
      Arn: profile.arn,
      CreateDate: CREATED,
      Roles: [{ Path: role.path, RoleName: role.name, RoleId: role.id, Arn: role.arn }],
    },
  ];
}

const policyDetail = ({ id, name, document }: PolicyRecord) => ({
  PolicyName: name,
  Arn: id,
  Path: id.slice(id.indexOf('policy/') + 'policy'.length, id.length - name.length),
  DefaultVersionId: 'v1',
  IsAttachable: true,
  CreateDate: CREATED,
  PolicyVersionList: [{ Document: document, VersionId: 'v1', IsDefaultVersion: true, CreateDate: CREATED }],
});
