import { servicePrincipalNames } from '../../reference/service-principals.ts';
import { PASSED_ROLES } from './passed-roles.ts';
import { CALLING_ROLES } from './roles-for-calls.ts';

/**
 * What one IAM permission makes of its holder. The evaluator judges each row request by request, through
 * every layer. The rows are those of https://pathfinding.cloud and of Rhino Security Labs' list that give the
 * principal more than it had; assuming a role is not among them, since it is a separate step.
 */
export interface Escalation {
  /** the action that shows in `via` */
  readonly action: string;
  /** whose permission it is, if it is about the principal itself */
  readonly by: 'user' | 'role' | 'both';
  readonly requests: readonly EscalationRequest[];
  readonly becomes: Becomes;
  readonly references: readonly string[];
}

export interface EscalationRequest {
  readonly action: string;
  readonly on: EscalationTarget;
  readonly context?: Readonly<Record<string, string>>;
}

/**
 * `self`: the principal's own user or role. `own-policy`: a customer managed policy in force for it;
 * `own-boundary`: one that is its boundary. `own-version`: one that has other versions. `own-group`, `other-group`: a group that it is in, or is not in
 * yet. `other-user`, `other-role`: any other principal. `new:...`: a resource that does not exist yet, by the
 * end of its ARN after partition, service, region and account; `any` if the action is never limited to a
 * resource. `new-user`, `new-role`: one that the principal creates, under any name that it may. `holder:...`:
 * something of that list of a region that already runs with the role in question.
 */
export type EscalationTarget =
  | 'self'
  | 'own-policy'
  | 'own-boundary'
  | 'own-version'
  | 'own-group'
  | 'other-group'
  | 'other-user'
  | 'other-role'
  | 'new-user'
  | 'new-role'
  | 'any'
  | `new:${string}`
  | `holder:${RoleHolder}`;

/** Things that run with a role; see `account/role-holders.ts`. */
export type RoleHolder = 'functions' | 'stateMachineRoles' | 'stacks' | 'projects' | 'batchProjects';

/**
 * `any-policy`: itself with any identity policy; its boundary and the guardrails still apply. `no-boundary`:
 * itself without its boundary. `without-deny`: itself without a policy that denies it something. `own-tags`:
 * itself with other tags that policies read, `fewer-tags`: without these. `group`: itself with the policies
 * of that group added. `version`: itself with another version of one of its policies. `user`: that other user; `trusted-role`: a role that it lets itself assume;
 * `new-user`, `new-role`: one that it creates, with any policy; `passedTo`: a role that is passed to a
 * service which runs the caller's code with it, or makes only these `calls` for the caller; `runBy`: a role
 * of something that runs the caller's code from then on.
 */
export type Becomes =
  | 'any-policy'
  | 'no-boundary'
  | 'without-deny'
  | 'own-tags'
  | 'fewer-tags'
  | 'group'
  | 'version'
  | 'user'
  | 'trusted-role'
  | NewPrincipal
  | PassedRole
  | { readonly runBy: RoleHolder };

export interface PassedRole {
  readonly passedTo: string;
  readonly calls?: readonly string[];
}

export type NewPrincipal = 'new-user' | 'new-role';

export const PASSED_TO = 'iam:PassedToService';
const PATHFINDING = 'https://pathfinding.cloud/paths/';
const RHINO = 'https://rhinosecuritylabs.com/aws/aws-privilege-escalation-methods-mitigation/';
const page = (id: string): readonly string[] => [`${PATHFINDING}${id}`, RHINO];

const TAGS = 'https://docs.aws.amazon.com/IAM/latest/UserGuide/access_iam-tags.html';

const VERSIONS = 'https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_managed-versioning.html';

const DENIES = 'https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html';

const STACK_ROLES =
  'https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-iam-servicerole.html';

/** Settings of a function decide what its runtime loads and starts. */
const WRAPPED = 'https://docs.aws.amazon.com/lambda/latest/dg/runtimes-modify.html';

const BUILD_OVERRIDES = 'https://docs.aws.amazon.com/codebuild/latest/APIReference/API_StartBuild.html';
const BUILD_BATCHES = 'https://docs.aws.amazon.com/codebuild/latest/userguide/batch-build.html';
const PROJECT_CHANGES = 'https://docs.aws.amazon.com/codebuild/latest/APIReference/API_UpdateProject.html';

const ADMINISTRATOR = 'arn:aws:iam::aws:policy/AdministratorAccess';
const ATTACHING = { 'iam:PolicyARN': ADMINISTRATOR };
const WIDENING = { 'iam:PermissionsBoundary': ADMINISTRATOR };

interface OwnWay {
  readonly by: Escalation['by'];
  readonly on: EscalationTarget;
  readonly becomes: Becomes;
}

const own = (
  action: string,
  { by, on, becomes }: OwnWay,
  references: readonly string[],
  context?: Readonly<Record<string, string>>,
): Escalation => ({
  action,
  by,
  requests: [{ action, on, ...(context ? { context } : {}) }],
  becomes,
  references,
});

/** A role is passed to a service that then runs the caller's code. */
const passing = (
  service: string,
  references: readonly string[],
  ...made: readonly (readonly [string, `new:${string}` | 'any', EscalationRequest['context']?])[]
): Escalation => ({
  action: made[0]?.[0] ?? '',
  by: 'both',
  requests: [
    { action: 'iam:PassRole', on: 'other-role', context: { [PASSED_TO]: service } },
    ...made.map(([action, on, context]) => ({ action, on, ...(context ? { context } : {}) })),
  ],
  becomes: { passedTo: service },
  references,
});

/**
 * Something that already has a role gets other code, or other calls: its next run uses its role, and no role
 * is passed.
 */
const rewriting = (runBy: RoleHolder, references: readonly string[], ...actions: string[]): Escalation => ({
  action: actions[0] ?? '',
  by: 'both',
  requests: actions.map((action) => ({ action, on: `holder:${runBy}` })),
  becomes: { runBy },
  references,
});

/** A user or role is created, gets any policy, and is then assumed. */
const making = (kind: NewPrincipal, by: string, taking: readonly string[]): readonly Escalation[] => {
  const name = kind === 'new-user' ? 'User' : 'Role';
  return [`iam:Attach${name}Policy`, `iam:Put${name}Policy`].map((giving) => ({
    action: by,
    by: 'both',
    requests: [
      { action: by, on: kind },
      { action: giving, on: kind, ...(giving.startsWith('iam:Attach') ? { context: ATTACHING } : {}) },
      ...taking.map((action) => ({ action, on: kind })),
    ],
    becomes: kind,
    references: ['https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html'],
  }));
};

export const ESCALATIONS: readonly Escalation[] = [
  own('iam:CreatePolicyVersion', { by: 'both', on: 'own-policy', becomes: 'any-policy' }, page('iam-001')),
  own('iam:PutUserPolicy', { by: 'user', on: 'self', becomes: 'any-policy' }, page('iam-007')),
  own('iam:AttachUserPolicy', { by: 'user', on: 'self', becomes: 'any-policy' }, page('iam-008'), ATTACHING),
  own('iam:PutGroupPolicy', { by: 'user', on: 'own-group', becomes: 'any-policy' }, page('iam-011')),
  own(
    'iam:AttachGroupPolicy',
    { by: 'user', on: 'own-group', becomes: 'any-policy' },
    page('iam-010'),
    ATTACHING,
  ),
  own('iam:PutRolePolicy', { by: 'role', on: 'self', becomes: 'any-policy' }, page('iam-005')),
  own('iam:AttachRolePolicy', { by: 'role', on: 'self', becomes: 'any-policy' }, page('iam-009'), ATTACHING),
  own('iam:AddUserToGroup', { by: 'user', on: 'other-group', becomes: 'group' }, page('iam-013')),
  own('iam:SetDefaultPolicyVersion', { by: 'both', on: 'own-version', becomes: 'version' }, [
    VERSIONS,
    RHINO,
  ]),
  own(
    'iam:DeleteUserPermissionsBoundary',
    { by: 'user', on: 'self', becomes: 'no-boundary' },
    page('iam-022'),
  ),
  own(
    'iam:PutUserPermissionsBoundary',
    { by: 'user', on: 'self', becomes: 'no-boundary' },
    page('iam-022'),
    WIDENING,
  ),
  own(
    'iam:DeleteRolePermissionsBoundary',
    { by: 'role', on: 'self', becomes: 'no-boundary' },
    page('iam-023'),
  ),
  own(
    'iam:PutRolePermissionsBoundary',
    { by: 'role', on: 'self', becomes: 'no-boundary' },
    page('iam-023'),
    WIDENING,
  ),
  own('iam:CreatePolicyVersion', { by: 'both', on: 'own-boundary', becomes: 'no-boundary' }, [
    'https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html',
  ]),
  own('iam:DeleteUserPolicy', { by: 'user', on: 'self', becomes: 'without-deny' }, [DENIES]),
  own('iam:DetachUserPolicy', { by: 'user', on: 'self', becomes: 'without-deny' }, [DENIES]),
  own('iam:DeleteRolePolicy', { by: 'role', on: 'self', becomes: 'without-deny' }, [DENIES]),
  own('iam:DetachRolePolicy', { by: 'role', on: 'self', becomes: 'without-deny' }, [DENIES]),
  own('iam:DeleteGroupPolicy', { by: 'user', on: 'own-group', becomes: 'without-deny' }, [DENIES]),
  own('iam:DetachGroupPolicy', { by: 'user', on: 'own-group', becomes: 'without-deny' }, [DENIES]),
  own('iam:RemoveUserFromGroup', { by: 'user', on: 'own-group', becomes: 'without-deny' }, [DENIES]),
  own('iam:TagUser', { by: 'user', on: 'self', becomes: 'own-tags' }, [TAGS]),
  own('iam:TagRole', { by: 'role', on: 'self', becomes: 'own-tags' }, [TAGS]),
  own('iam:UntagUser', { by: 'user', on: 'self', becomes: 'fewer-tags' }, [TAGS]),
  own('iam:UntagRole', { by: 'role', on: 'self', becomes: 'fewer-tags' }, [TAGS]),
  own('iam:CreateAccessKey', { by: 'both', on: 'other-user', becomes: 'user' }, page('iam-002')),
  own('iam:CreateLoginProfile', { by: 'both', on: 'other-user', becomes: 'user' }, page('iam-004')),
  own('iam:UpdateLoginProfile', { by: 'both', on: 'other-user', becomes: 'user' }, page('iam-006')),
  own(
    'iam:UpdateAssumeRolePolicy',
    { by: 'both', on: 'other-role', becomes: 'trusted-role' },
    page('iam-012'),
  ),
  ...making('new-user', 'iam:CreateUser', ['iam:CreateAccessKey']),
  ...making('new-user', 'iam:CreateUser', ['iam:CreateLoginProfile']),
  ...making('new-role', 'iam:CreateRole', []),
  ...PASSED_ROLES.map(([service, references, ...made]) => passing(service, references, ...made)),
  ...CALLING_ROLES.map(([passedTo, calls, references, ...made]) => ({
    ...passing(passedTo, references, ...made),
    becomes: { passedTo, calls },
  })),
  rewriting('functions', page('lambda-003'), 'lambda:UpdateFunctionCode'),
  rewriting('functions', [WRAPPED], 'lambda:UpdateFunctionConfiguration'),
  rewriting('stateMachineRoles', page('stepfunctions-002'), 'states:UpdateStateMachine'),
  rewriting('stacks', [...page('cloudformation-002'), STACK_ROLES], 'cloudformation:UpdateStack'),
  rewriting(
    'stacks',
    [...page('cloudformation-005'), STACK_ROLES],
    'cloudformation:ExecuteChangeSet',
    'cloudformation:CreateChangeSet',
  ),
  // other build commands for one build only
  rewriting('projects', [...page('codebuild-002'), BUILD_OVERRIDES], 'codebuild:StartBuild'),
  rewriting('batchProjects', [...page('codebuild-003'), BUILD_BATCHES], 'codebuild:StartBuildBatch'),
  rewriting('projects', [PROJECT_CHANGES], 'codebuild:UpdateProject'),
];

/** It changes only the principal itself. */
export function isAboutItself({ becomes }: Escalation): boolean {
  return ['any-policy', 'no-boundary', 'without-deny', 'own-tags', 'fewer-tags', 'group', 'version'].includes(
    becomes as string,
  );
}

/** The service to which a role is passed; null: none. */
export function passedTo({ becomes }: Escalation): string | null {
  return typeof becomes === 'object' && 'passedTo' in becomes ? becomes.passedTo : null;
}

/**
 * The passed role of a service that makes certain calls only; null: no role is passed, or for all that it may
 * do.
 */
export function callingRole({ becomes }: Escalation): Required<PassedRole> | null {
  if (typeof becomes !== 'object' || !('passedTo' in becomes) || !becomes.calls) return null;
  return { passedTo: becomes.passedTo, calls: becomes.calls };
}

/** The row once for each name of its service in a partition. */
export function inPartition(row: Escalation, partition: string): readonly Escalation[] {
  const service = passedTo(row);
  const names = service === null ? [] : servicePrincipalNames(service, partition);
  if (names.length < 2) return [row];
  return names.map((name) => ({
    ...row,
    requests: row.requests.map((request) =>
      request.context?.[PASSED_TO] === undefined
        ? request
        : { ...request, context: { ...request.context, [PASSED_TO]: name } },
    ),
  }));
}
