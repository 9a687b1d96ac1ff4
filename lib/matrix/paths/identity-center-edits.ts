import { simpleAtom } from '../../evaluator/conditions/atom.ts';
import type { Escalation, EscalationRequest } from './escalation.ts';

const API = 'https://docs.aws.amazon.com/singlesignon/latest/APIReference/API_';
const page = (...names: readonly string[]): readonly string[] => names.map((name) => `${API}${name}.html`);

/**
 * True of people who sign in to Identity Center: they may assign something to themselves. No policy can use this
 * key.
 */
export const A_PERSON = simpleAtom('StringEquals', 'sso:Caller', ['a person of Identity Center'], 'sso');

const INSTANCE = 'beside:identity-center';
const ACCOUNT = 'beside:this-account';

const on = (action: string, ...places: readonly EscalationRequest['on'][]): readonly EscalationRequest[] =>
  places.map((place) => ({ action, on: place }));

const PROVISIONED = on('sso:ProvisionPermissionSet', 'own-set', INSTANCE, ACCOUNT);

/** Changing a permission set changes its role in this account. */
const changing = (
  action: string,
  becomes: 'any-policy' | 'no-boundary',
  before: readonly EscalationRequest[] = [],
): Escalation => ({
  action,
  by: 'role',
  requests: [...on(action, 'own-set', INSTANCE), ...before, ...PROVISIONED],
  becomes,
  references: page(action.replace('sso:', ''), 'ProvisionPermissionSet'),
});

/**
 * Edits of Identity Center, in the account that manages it, and of identity providers. Each gives people a role.
 * https://docs.aws.amazon.com/singlesignon/latest/userguide/permissionsetdelegation.html
 */
export const IDENTITY_PROVIDER_EDITS: readonly Escalation[] = [
  changing('sso:PutInlinePolicyToPermissionSet', 'any-policy'),
  changing('sso:AttachManagedPolicyToPermissionSet', 'any-policy'),
  // the account must have a policy of that name, so the caller creates it
  changing(
    'sso:AttachCustomerManagedPolicyReferenceToPermissionSet',
    'any-policy',
    on('iam:CreatePolicy', 'beside:new-policy'),
  ),
  changing('sso:DeletePermissionsBoundaryFromPermissionSet', 'no-boundary'),
  changing('sso:PutPermissionsBoundaryToPermissionSet', 'no-boundary'),
  {
    action: 'sso:CreateAccountAssignment',
    by: 'both',
    requests: on('sso:CreateAccountAssignment', 'holder:permissionSets', INSTANCE, ACCOUNT),
    becomes: { runBy: 'permissionSets' },
    references: page('CreateAccountAssignment'),
    asksOthers: A_PERSON,
  },
  {
    action: 'identitystore:CreateGroupMembership',
    by: 'both',
    requests: on(
      'identitystore:CreateGroupMembership',
      'holder:directoryGroups',
      'beside:identity-store',
      'beside:directory-user',
    ),
    becomes: { runBy: 'directoryGroups' },
    references: [
      'https://docs.aws.amazon.com/singlesignon/latest/IdentityStoreAPIReference/API_CreateGroupMembership.html',
    ],
    asksOthers: A_PERSON,
  },
  // who replaces the metadata signs assertions with a key of its own
  {
    action: 'iam:UpdateSAMLProvider',
    by: 'both',
    requests: on('iam:UpdateSAMLProvider', 'holder:samlProviders'),
    becomes: { runBy: 'samlProviders' },
    references: ['https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateSAMLProvider.html'],
  },
];
