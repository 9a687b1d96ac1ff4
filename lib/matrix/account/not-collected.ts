import { allowing } from '../../evaluator/allowing.ts';
import { type CompiledPolicy, compilePolicy } from '../../evaluator/compile.ts';
import { remembered } from '../../memory/remembered.ts';
import { parsePolicy } from '../../policy/document.ts';
import { policyOwner } from '../../snapshot/policy-owner.ts';
import { readableIds, rolesOfUnreadTrust } from '../../snapshot/readable.ts';
import type { Group, Role, Snapshot, User } from '../../snapshot/snapshot.ts';
import { callForList, isUnlisted } from '../../snapshot/unlisted.ts';
import { REMOVAL_ACTIONS } from '../paths/obstacles.ts';
import { PATH_ACTIONS } from '../paths/path-actions.ts';

const PREFIX = 'not collected: ';

/** A principal that it creates is free of the Denies of its holder: as other changes of IAM, it is not followed. */
const FOLLOWED = [...PATH_ACTIONS, ...REMOVAL_ACTIONS].filter((action) => action !== 'iam:CreateRole');

const EVERY_PATH = allowing(PREFIX, FOLLOWED);
const EVERY_REMOVAL = allowing(PREFIX, REMOVAL_ACTIONS);
const EVERYTHING = allowing(PREFIX, '*');

/**
 * A placeholder for an identity policy whose document is missing. It may allow anything: here it allows every access
 * path and the removal of obstacles. It may also deny anything, so access of its holders is at most `unknown`. Other
 * things it might allow (assuming roles, changing IAM) lead to no other paths and are not followed. `call` would
 * have returned the document.
 */
export function missingPolicy(call: string): CompiledPolicy {
  return { ...EVERY_PATH, name: `${PREFIX}${call}`, byAction: new Map() };
}

const forRemovals = new WeakMap<CompiledPolicy, CompiledPolicy>();

/** A policy for the question who may remove an obstacle: a placeholder also allows creating a role for that. */
export function asRemoving(policy: CompiledPolicy): CompiledPolicy {
  if (!isNotCollected(policy.name)) return policy;
  return remembered(forRemovals, policy, () => ({
    ...EVERY_REMOVAL,
    name: policy.name,
    byAction: new Map(),
  }));
}

/**
 * A placeholder for a missing trust policy. It may admit every principal of the account, since a principal that it
 * names needs no policy. Outsiders are known from trust policies only, so it adds none.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-basics-single-account.html
 */
const ANY_TRUST = compilePolicy(
  parsePolicy(
    {
      Version: '2012-10-17',
      Statement: {
        Effect: 'Allow',
        Principal: { AWS: '*' },
        Action: ['sts:AssumeRole', 'sts:TagSession', 'sts:SetSourceIdentity'],
      },
    },
    'trust',
  ),
  PREFIX,
  'trust',
);

const asBoundaries = new WeakMap<CompiledPolicy, CompiledPolicy>();

/** A policy as the boundary of a principal: a placeholder limits nothing. */
export function asBoundary(policy: CompiledPolicy): CompiledPolicy {
  if (!isNotCollected(policy.name)) return policy;
  return remembered(asBoundaries, policy, () => ({ ...EVERYTHING, name: policy.name, byAction: new Map() }));
}

/** A placeholder for a guardrail that was not read: it allows everything. A code in the cell says that it may deny. */
export function unreadGuardrail(id: string): CompiledPolicy {
  return { ...EVERYTHING, name: `${PREFIX}organizations describe-policy of ${id}`, byAction: new Map() };
}

/** True for a placeholder. `name`: the name of a compiled policy. */
export function isNotCollected(name: string): boolean {
  return name.startsWith(PREFIX);
}

/**
 * The calls that would have returned a principal's missing policies, as one text; null: nothing is missing.
 */
export function missingFrom(policies: Iterable<CompiledPolicy | undefined>): string | null {
  const calls = new Set<string>();
  for (const policy of policies)
    if (policy && isNotCollected(policy.name)) calls.add(policy.name.slice(PREFIX.length));
  return calls.size === 0 ? null : [...calls].join(', ');
}

/** The call that would return the role's trust policy, if it is missing. */
export function missingTrust(role: Role, policies: ReadonlyMap<string, CompiledPolicy>): string | null {
  return missingFrom([policies.get(role.trust)]);
}

/** True if all policies of these principals were read, also the trust policies. */
export const areRead = (
  subjects: readonly { readonly missing: string | null; readonly role: Role | null }[],
  policies: ReadonlyMap<string, CompiledPolicy>,
): boolean =>
  subjects.every(
    ({ missing, role }) => missing === null && (role === null || missingTrust(role, policies) === null),
  );

/** The id for the policies of a user's group that was not collected. */
export const groupPolicies = (name: string): string => `group/${name}#`;

/** Placeholders by id: for every policy in use, every group and every trust policy without a document. */
export function missingPolicies(snapshot: Snapshot): ReadonlyMap<string, CompiledPolicy> {
  const readable = readableIds(snapshot.policies);
  const groups = new Set(snapshot.groups.map(({ name }) => name));
  const found = new Map<string, CompiledPolicy>();
  const look = (id: string | null): void => {
    if (id !== null && !readable.has(id) && !found.has(id)) found.set(id, missingPolicy(callFor(id)));
  };
  for (const owner of [...snapshot.users, ...snapshot.groups, ...snapshot.roles]) {
    for (const id of owner.policies) look(id);
    look(boundaryOf(owner));
    for (const name of groupsOf(owner)) if (!groups.has(name)) look(groupPolicies(name));
  }
  for (const { arn, trust } of rolesOfUnreadTrust(snapshot, readable))
    found.set(trust, { ...ANY_TRUST, name: `${PREFIX}iam get-role of ${arn}`, byAction: new Map() });
  return found;
}

const boundaryOf = (owner: User | Group | Role): string | null =>
  'boundary' in owner ? owner.boundary : null;

const groupsOf = (owner: User | Group | Role): readonly string[] => ('groups' in owner ? owner.groups : []);

/** An inline policy's id is `<owner's ARN>#<name>`. */
function callFor(id: string): string {
  const group = /^group\/(.*)#$/s.exec(id)?.[1];
  if (group !== undefined) return `iam get-group of ${group}`;
  const owner = policyOwner(id);
  if (owner === null) return `iam get-policy-version of ${id}`;
  return isUnlisted(id) ? callForList(id, owner.word) : `iam get-${owner.word}-policy of ${id}`;
}
