import type { Atom } from '../../evaluator/formula.ts';
import type {
  Becomes,
  CallingRole,
  Escalation,
  EscalationRequest,
  EscalationTarget,
  NewPrincipal,
} from './escalation.ts';
import { A_PERSON, IDENTITY_PROVIDER_EDITS } from './identity-center-edits.ts';
import { PASSED_ROLES } from './passed-roles.ts';
import { CALLING_ROLES, UNPASSED_ROLES } from './roles-for-calls.ts';
import { ROLES_OF_EXISTING, type RunningRole } from './roles-of-existing.ts';
import { askedOf, exists } from './unlisted-things.ts';

export const PASSED_TO = 'iam:PassedToService';
const PATHFINDING = 'https://pathfinding.cloud/paths/';
const RHINO = 'https://rhinosecuritylabs.com/aws/aws-privilege-escalation-methods-mitigation/';
const page = (id: string): readonly string[] => [`${PATHFINDING}${id}`, RHINO];

const TAGS = 'https://docs.aws.amazon.com/IAM/latest/UserGuide/access_iam-tags.html';

const VERSIONS = 'https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_managed-versioning.html';

const DENIES = 'https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html';

const LIMITED =
  'https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_examples_iam_limit-managed.html';

const SESSION_TAGS = 'https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html';

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

const asking = (all: readonly (Atom | undefined)[]): Pick<Escalation, 'asks'> => {
  const asks = all.find((one) => one !== undefined);
  return asks ? { asks } : {};
};

/** A role is passed to a service that then runs the caller's code. */
const passing = (
  service: string,
  references: readonly string[],
  ...made: readonly (readonly [string, EscalationTarget, EscalationRequest['context']?])[]
): Escalation => ({
  action: made[0]?.[0] ?? '',
  by: 'both',
  requests: [
    { action: 'iam:PassRole', on: 'other-role', context: { [PASSED_TO]: service } },
    ...made.map(([action, on, context]) => ({ action, on, ...(context ? { context } : {}) })),
  ],
  becomes: { passedTo: service },
  references,
  ...asking(made.map(([, on]) => askedOf(on))),
});

/** Something that has a role runs the caller's code with it from then on, or lets the caller in. */
const running = ([runBy, references, ...requests]: RunningRole): Escalation => ({
  action: requests[0]?.[0] ?? '',
  by: 'both',
  requests: requests.map(([action, on = `holder:${runBy}`]) => ({ action, on })),
  becomes: { runBy },
  references,
  ...asking([askedOf(`holder:${runBy}`)]),
  ...(runBy === 'accessApplications' ? { asksOthers: A_PERSON } : {}),
});

/** A user or role is created and then assumed. It has no policies: what it then gets are further steps. */
const making = (kind: NewPrincipal, ...actions: readonly [string, ...string[]]): Escalation => ({
  action: actions[0],
  by: 'both',
  requests: actions.map((action) => ({ action, on: kind })),
  becomes: kind,
  references: ['https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html'],
});

const MEMBERS = 'https://docs.aws.amazon.com/IAM/latest/UserGuide/id_groups_manage_add-remove-users.html';

/** The members of a group get any policy: a group gets it, and then a new member. A group may be created for that. */
const filling = (on: 'other-group' | 'new-group', first: readonly string[]): readonly Escalation[] =>
  ['iam:PutGroupPolicy', 'iam:AttachGroupPolicy'].map((giving) => ({
    action: first[0] ?? giving,
    by: 'user',
    requests: [
      ...first.map((action) => ({ action, on })),
      { action: giving, on, ...(giving.startsWith('iam:Attach') ? { context: ATTACHING } : {}) },
      { action: 'iam:AddUserToGroup', on },
    ],
    becomes: 'any-policy',
    references: [MEMBERS],
  }));

/** The same with some policies only, which are attached to the group. */
const fillingSome = (
  on: 'other-group' | 'new-group',
  ...first: readonly [string, ...string[]]
): Escalation => ({
  action: first[0],
  by: 'user',
  requests: [...first, 'iam:AttachGroupPolicy'].map((action) => ({ action, on })),
  becomes: 'attached',
  references: [LIMITED, MEMBERS],
});

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
  ...(['User', 'Role', 'Group'] as const).map((kind) =>
    own(
      `iam:Attach${kind}Policy`,
      {
        by: kind === 'Role' ? 'role' : 'user',
        on: kind === 'Group' ? 'own-group' : 'self',
        becomes: 'attached',
      },
      [LIMITED],
    ),
  ),
  ...(['User', 'Role', 'Group'] as const).map(
    (kind): Escalation => ({
      action: 'iam:CreatePolicy',
      by: kind === 'Role' ? 'role' : 'user',
      requests: [
        { action: `iam:Attach${kind}Policy`, on: kind === 'Group' ? 'own-group' : 'self' },
        { action: 'iam:CreatePolicy', on: 'beside:attached-policy' },
      ],
      becomes: 'any-policy',
      references: [LIMITED],
    }),
  ),
  ...filling('other-group', []),
  ...filling('new-group', ['iam:CreateGroup']),
  fillingSome('other-group', 'iam:AddUserToGroup'),
  fillingSome('new-group', 'iam:CreateGroup', 'iam:AddUserToGroup'),
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
  // a user may also start the session with MFA
  ...(['user', 'role'] as const).map((by) =>
    own('iam:UpdateAssumeRolePolicy', { by, on: 'other-role', becomes: 'trusted-session' }, [SESSION_TAGS]),
  ),
  making('new-user', 'iam:CreateUser', 'iam:CreateAccessKey'),
  making('new-user', 'iam:CreateUser', 'iam:CreateLoginProfile'),
  making('new-role', 'iam:CreateRole'),
  ...PASSED_ROLES.map(([service, references, ...made]) => passing(service, references, ...made)),
  // the next identity of the pool has the role: a guest, or somebody who signs in
  {
    ...passing(
      'cognito-identity.amazonaws.com',
      [
        `${PATHFINDING}cognitoidentity-001`,
        'https://docs.aws.amazon.com/cognitoidentity/latest/APIReference/API_SetIdentityPoolRoles.html',
      ],
      ['cognito-identity:SetIdentityPoolRoles', 'any'],
    ),
    asks: exists('cognito-identity:IdentityPool'),
  },
  ...CALLING_ROLES.map(([passedTo, calls, references, ...made]) => ({
    ...passing(passedTo, references, ...made),
    becomes: { passedTo, calls },
  })),
  ...UNPASSED_ROLES.map(([passedTo, calls, unpassed, references, ...requests]) => ({
    ...{ action: requests[0]?.[0] ?? '', by: 'both' as const, references },
    requests: requests.map(([action, on]) => ({ action, on })),
    becomes: { passedTo, calls, unpassed },
    ...asking(requests.map(([, on]) => askedOf(on))),
  })),
  ...ROLES_OF_EXISTING.map(running),
  ...IDENTITY_PROVIDER_EDITS,
];

const ABOUT_ITSELF: ReadonlySet<Becomes> = new Set([
  ...(['any-policy', 'no-boundary', 'without-deny', 'own-tags'] as const),
  ...(['fewer-tags', 'group', 'version', 'attached'] as const),
]);

/** False if it changes only the principal itself. */
export function leadsToOthers({ becomes }: Escalation): boolean {
  return !ABOUT_ITSELF.has(becomes);
}

/** The service to which a role is passed; null: none. */
export function passedTo({ becomes }: Escalation): string | null {
  return typeof becomes === 'object' && 'passedTo' in becomes ? becomes.passedTo : null;
}

/** The only role that the row leads to, by name; null: any that the service may assume. */
export function unpassedRole({ becomes }: Escalation): string | null {
  return typeof becomes === 'object' && 'passedTo' in becomes ? (becomes.unpassed ?? null) : null;
}

/**
 * The passed role if the service uses it for certain calls only. Null: no role is passed, or the service may use all
 * of its permissions.
 */
export function callingRole({ becomes }: Escalation): CallingRole | null {
  if (typeof becomes !== 'object' || !('passedTo' in becomes) || !becomes.calls) return null;
  return { passedTo: becomes.passedTo, calls: becomes.calls };
}
