import { NotRead } from '../planned/not-read.ts';
import type { PlannedChange } from '../planned/planned-change.ts';
import { isObject, type PlannedResource } from './planned-resource.ts';
import { NOT_KNOWN, scalarText } from './resolved.ts';

export type TemplateReader = (resource: PlannedResource) => readonly PlannedChange[];

type Changes = readonly PlannedChange[];

/** The properties that list the holders of a policy. */
const HOLDERS = [
  ['Users', 'user'],
  ['Roles', 'role'],
  ['Groups', 'group'],
] as const;

const holdersOf = (resource: PlannedResource): readonly string[] =>
  HOLDERS.flatMap(([property, kind]) => resource.texts(property).map((name) => `${kind}/${name}`));

/** `Policies` of a user, role or group. */
function inlinePolicies(resource: PlannedResource, principal: string): Changes {
  const found = resource.value('Policies') ?? [];
  const list = Array.isArray(found) ? found : [NOT_KNOWN];
  return list.map((one, i) => {
    const [name, document] = isObject(one)
      ? [scalarText(one.PolicyName), one.PolicyDocument]
      : [null, NOT_KNOWN];
    // neither its name nor its content is known
    const policy = name ?? `${resource.id}-${i}-known-after-deploy`;
    return {
      ...{ type: 'put-inline-policy' as const, principal, policy },
      document: name === null ? null : resource.document(document),
    };
  });
}

/** `ManagedPolicyArns` of a user, role or group. */
function attachments(resource: PlannedResource, principal: string): Changes {
  const found = resource.value('ManagedPolicyArns') ?? [];
  const list = Array.isArray(found) ? found : [NOT_KNOWN];
  return list.map((one, i) => ({
    ...{ type: 'attach-policy' as const, principal, policy: scalarText(one) ?? unknownPolicy(resource, i) },
  }));
}

/** An ARN for a policy of unknown content. */
const unknownPolicy = ({ id, stack }: PlannedResource, i: number): string =>
  `arn:${stack.partition}:iam::000000000000:policy/known-after-deploy/${id}/${i}`;

/** If a template leaves it out, it is removed if an earlier template of the stack set it. */
function boundary(resource: PlannedResource, principal: string): Changes {
  const value = resource.value('PermissionsBoundary');
  if (value !== undefined)
    return [{ type: 'put-boundary', principal, policy: scalarText(value) ?? unknownPolicy(resource, -1) }];
  return resource.physical.isThere ? [{ type: 'delete-boundary', principal }] : [];
}

function tagChanges(resource: PlannedResource, principal: string): Changes {
  const tags = resource.tags();
  return Object.keys(tags).length === 0 ? [] : [{ type: 'tag', resource: principal, tags }];
}

/** The common parts of users, roles and groups. */
const grants = (resource: PlannedResource, principal: string): Changes => [
  ...inlinePolicies(resource, principal),
  ...attachments(resource, principal),
];

const role: TemplateReader = (resource) => {
  const { name, path, isThere } = resource.physical;
  const principal = `role/${name}`;
  const trust = resource.document(resource.value('AssumeRolePolicyDocument'));
  return [
    ...(isThere
      ? [{ type: 'put-trust' as const, role: principal, document: trust }, ...tagChanges(resource, principal)]
      : [{ type: 'create-role' as const, name, path, trust, tags: resource.tags() }]),
    ...boundary(resource, principal),
    ...grants(resource, principal),
  ];
};

const user: TemplateReader = (resource) => {
  const { name, path, isThere } = resource.physical;
  const principal = `user/${name}`;
  return [
    ...(isThere
      ? tagChanges(resource, principal)
      : [{ type: 'create-user' as const, name, path, tags: resource.tags() }]),
    ...boundary(resource, principal),
    ...grants(resource, principal),
    ...joined(resource, resource.texts('Groups'), [name]),
  ];
};

const group: TemplateReader = (resource) => {
  const { name, path, isThere } = resource.physical;
  return [
    ...(isThere ? [] : [{ type: 'create-group' as const, name, path }]),
    ...grants(resource, `group/${name}`),
  ];
};

const membership: TemplateReader = (resource) =>
  joined(resource, [resource.text('GroupName')], resource.texts('Users'));

function joined(resource: PlannedResource, groups: readonly string[], users: readonly string[]): Changes {
  if (resource.isMaybe && groups.length > 0) throw new NotRead('whether it is made is not known');
  return groups.flatMap((one) =>
    users.map((name) => ({
      ...{ type: 'add-to-group' as const, user: `user/${name}`, group: `group/${one}` },
    })),
  );
}

/** A policy's name does not matter: if it is unknown, the policy counts as a new one. */
function policyName(resource: PlannedResource): string {
  const name = scalarText(resource.value('PolicyName'));
  if (name !== null && name !== '') return name;
  resource.leave('its `PolicyName` is not known before it is deployed, so that it is judged as a new policy');
  return `${resource.id}-known-after-deploy`;
}

const policy: TemplateReader = (resource) => {
  const name = policyName(resource);
  const document = resource.document(resource.value('PolicyDocument'));
  return holdersOf(resource).map((principal) => ({
    ...{ type: 'put-inline-policy' as const, principal, policy: name, document },
  }));
};

const policyOf =
  (kind: 'user' | 'role' | 'group', property: string): TemplateReader =>
  (resource) => [
    {
      ...{ type: 'put-inline-policy', principal: `${kind}/${resource.text(property)}` },
      policy: policyName(resource),
      document: resource.document(resource.value('PolicyDocument')),
    },
  ];

const managedPolicy: TemplateReader = (resource) => {
  const { arn } = resource.physical;
  const document = resource.document(resource.value('PolicyDocument'));
  return [
    { type: 'put-policy', policy: arn, document },
    ...holdersOf(resource).map((principal) => ({
      ...{ type: 'attach-policy' as const, principal, policy: arn },
    })),
  ];
};

const instanceProfile: TemplateReader = (resource) => {
  if (resource.isMaybe) throw new NotRead('whether it is made is not known');
  const [name, other] = resource.texts('Roles');
  if (other !== undefined) throw new NotRead('IAM takes one role in an instance profile');
  if (name === undefined) throw new NotRead('its role is not known before it is deployed');
  return [{ type: 'put-instance-profile', instanceProfile: resource.physical.arn, role: `role/${name}` }];
};

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/AWS_IAM.html */
export const IDENTITY_READERS: readonly (readonly [string, TemplateReader])[] = [
  ['AWS::IAM::Role', role],
  ['AWS::IAM::User', user],
  ['AWS::IAM::Group', group],
  ['AWS::IAM::UserToGroupAddition', membership],
  ['AWS::IAM::Policy', policy],
  ['AWS::IAM::RolePolicy', policyOf('role', 'RoleName')],
  ['AWS::IAM::UserPolicy', policyOf('user', 'UserName')],
  ['AWS::IAM::GroupPolicy', policyOf('group', 'GroupName')],
  ['AWS::IAM::ManagedPolicy', managedPolicy],
  ['AWS::IAM::InstanceProfile', instanceProfile],
];
