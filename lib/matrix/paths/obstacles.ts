import { type Alternative, kindsIn, type PathRow, type RequestRow } from './access-path.ts';
import { FIREWALL_CHANGES } from './disk-and-network-requests.ts';
import { PASSED_TO } from './escalations.ts';
import { PROFILE_SWAPS } from './profile-swaps.ts';
import { eachOnInstance, making, on } from './requests-of-paths.ts';
import type { ResourceKind } from './resource-kinds.ts';
import { OWN_APPROVALS } from './systems-manager-paths.ts';

/** A request that removes an obstacle, evaluated like a path. */
export interface Removal extends PathRow {
  readonly obstacle: ObstacleId;
  readonly action: string;
}

interface ObstacleRow {
  /** the obstacle, in words */
  readonly text: string;
  /**
   * the alternatives, by the action of their first request; empty: nothing that a scan can evaluate removes the
   * obstacle
   */
  readonly removedBy: Readonly<Record<string, readonly Alternative[]>>;
}

const MANAGED_INSTANCE = 'arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore';

const one = (...requests: Alternative['requests']): readonly Alternative[] => [
  { id: requests[0]?.action ?? '', requests },
];

const defaultHostRole = (id: string, role: ResourceKind): Alternative => ({
  id,
  requests: [
    on('ssm:UpdateServiceSetting', 'default-host-setting'),
    on('iam:PassRole', role, { [PASSED_TO]: 'ssm.amazonaws.com' }),
  ],
});

const HOST_POLICY = 'arn:aws:iam::aws:policy/AmazonSSMManagedEC2InstanceDefaultPolicy';

/**
 * A role that the caller creates for it.
 * https://docs.aws.amazon.com/cli/latest/reference/ssm/register-default-host-management-configuration.html
 */
const newDefaultHostRole = (giving: string, context?: RequestRow['context']): Alternative => ({
  ...{ id: `new role, ${giving}`, same: 'new-default-host-role' },
  requests: [
    ...defaultHostRole('', 'new-default-host-role').requests,
    making('iam:CreateRole', 'new-default-host-role'),
    on(giving, 'new-default-host-role', context),
  ],
});

/** The alternatives of a path whose first request has one of these actions. */
const those = (alternatives: readonly Alternative[], actions: readonly string[]): ObstacleRow['removedBy'] =>
  Object.fromEntries(
    actions.map((action) => [action, alternatives.filter(({ id }) => id.split(',')[0] === action)]),
  );

const REPLACED_ROLE = those(PROFILE_SWAPS, [
  'ec2:ReplaceIamInstanceProfileAssociation',
  'iam:AddRoleToInstanceProfile',
]);

/** The obstacles of paths, and what removes each. */
export const OBSTACLES = {
  stopped: {
    text: 'the instance is stopped',
    removedBy: { 'ec2:StartInstances': eachOnInstance('ec2:StartInstances') },
  },
  'not-running': { text: 'the instance is not running', removedBy: {} },
  /** https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configure-access-to-serial-console.html */
  'serial-console-off': {
    text: 'the serial console is off in its region',
    removedBy: { 'ec2:EnableSerialConsoleAccess': one(on('ec2:EnableSerialConsoleAccess', 'any')) },
  },
  /** https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/permissions-for-ec2-instance-connect-endpoint.html */
  'no-endpoint': {
    text: 'its VPC has no Instance Connect endpoint that works',
    removedBy: {
      'ec2:CreateInstanceConnectEndpoint': one(
        making('ec2:CreateInstanceConnectEndpoint', 'new-connect-endpoint'),
        on('ec2:CreateInstanceConnectEndpoint', 'subnet'),
      ),
    },
  },
  /** https://docs.aws.amazon.com/vpc/latest/userguide/security-vpc-bpa.html */
  'public-access-blocked': {
    text: 'public access to its VPC is blocked',
    removedBy: {
      'ec2:ModifyVpcBlockPublicAccessOptions': one(
        on('ec2:ModifyVpcBlockPublicAccessOptions', 'public-access-block'),
      ),
      'ec2:CreateVpcBlockPublicAccessExclusion': (['subnet', 'vpc'] as const).map((kind) => ({
        id: `exclusion of the ${kind}`,
        requests: [
          making('ec2:CreateVpcBlockPublicAccessExclusion', 'new-access-exclusion'),
          on('ec2:CreateVpcBlockPublicAccessExclusion', kind),
        ],
      })),
      'ec2:ModifyVpcBlockPublicAccessExclusion': one(
        on('ec2:ModifyVpcBlockPublicAccessExclusion', 'access-exclusions'),
      ),
    },
  },
  'port-closed': {
    text: 'its security groups do not let the connection in',
    removedBy: those(FIREWALL_CHANGES, [
      'ec2:AuthorizeSecurityGroupIngress',
      'ec2:ModifySecurityGroupRules',
      'ec2:ModifyInstanceAttribute',
      'ec2:ModifyNetworkInterfaceAttribute',
    ]),
  },
  /** https://docs.aws.amazon.com/systems-manager/latest/userguide/fleet-manager-default-host-management-configuration.html */
  'no-agent-role': {
    text: 'the agent has no role to register with',
    removedBy: {
      ...those(PROFILE_SWAPS, ['ec2:AssociateIamInstanceProfile']),
      'ssm:UpdateServiceSetting': [
        defaultHostRole('ssm:UpdateServiceSetting', 'default-host-roles'),
        newDefaultHostRole('iam:AttachRolePolicy', { 'iam:PolicyARN': HOST_POLICY }),
        newDefaultHostRole('iam:PutRolePolicy'),
        defaultHostRole('trust policy not read', 'unread-default-host-roles'),
      ],
    },
  },
  'agent-role': {
    text: "the instance's role lacks what the agent needs",
    removedBy: {
      'iam:AttachRolePolicy': one(
        on('iam:AttachRolePolicy', 'instance-role', { 'iam:PolicyARN': MANAGED_INSTANCE }),
      ),
      'iam:PutRolePolicy': one(on('iam:PutRolePolicy', 'instance-role')),
      ...REPLACED_ROLE,
    },
  },
  /** https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_iam-ec2.html */
  'agent-role-trust': {
    text: 'its trust policy does not let the service assume the role of the agent',
    removedBy: {
      'iam:UpdateAssumeRolePolicy': one(on('iam:UpdateAssumeRolePolicy', 'instance-role')),
      ...REPLACED_ROLE,
    },
  },
  'agent-role-denied': { text: "a Deny or a guardrail binds the instance's role", removedBy: REPLACED_ROLE },
  /** https://docs.aws.amazon.com/systems-manager/latest/userguide/systems-manager-just-in-time-node-access-approve-deny-requests.html */
  'not-approved': {
    text: 'somebody must approve it',
    removedBy: {
      'ssm:SendAutomationSignal': one(on('ssm:SendAutomationSignal', 'access-approval')),
      ...Object.fromEntries(Map.groupBy(OWN_APPROVALS, ({ requests }) => requests[0]?.action ?? '')),
    },
  },
  'agent-not-registered': { text: 'the agent has not registered', removedBy: {} },
  'agent-offline': { text: 'the agent is offline', removedBy: {} },
  'instance-store': { text: 'its root is no EBS volume', removedBy: {} },
  'no-key-pair': { text: 'it was launched without a key pair', removedBy: {} },
} as const satisfies Readonly<Record<string, ObstacleRow>>;

export type ObstacleId = keyof typeof OBSTACLES;

const NO_PATH = { groups: [], landsAs: [], fact: 'none' } as const;

/** Every request that removes an obstacle, in the order of the table. */
export const REMOVALS: readonly Removal[] = (
  Object.entries(OBSTACLES) as readonly (readonly [ObstacleId, ObstacleRow])[]
).flatMap(([obstacle, { text, removedBy }]) =>
  Object.entries(removedBy).map(([action, alternatives]) => ({
    ...NO_PATH,
    ...{ id: `${obstacle} ${action}`, title: text, obstacle, action, alternatives },
  })),
);

/** Every action of a removal. */
export const REMOVAL_ACTIONS: readonly string[] = [
  ...new Set(
    REMOVALS.flatMap(({ alternatives }) =>
      alternatives.flatMap((way) => way.requests.map((row) => row.action)),
    ),
  ),
];

/** Every kind of resource that a request of a removal is on. */
export const REMOVAL_KINDS: ReadonlySet<ResourceKind> = kindsIn(REMOVALS);
