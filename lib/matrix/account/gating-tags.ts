import type { CompiledPolicy, CompiledStatement } from '../../evaluator/compile.ts';
import { statementsFor } from '../../evaluator/compile.ts';
import { canonicalKey } from '../../evaluator/context.ts';
import { remembered } from '../../memory/remembered.ts';
import { isVariable } from '../../policy/variables.ts';
import type { Alternative, RequestRow } from '../paths/access-path.ts';
import { TAG_GATED_ACTIONS, TAGGING_ACTIONS } from '../paths/path-actions.ts';
import { onInstance } from '../paths/requests-of-paths.ts';
import type { Account } from './account.ts';
import { attachableKinds } from './attachable-policies.ts';
import { policyVersions } from './policy-versions.ts';
import { isReservedTag } from './reserved-tags.ts';

const RESOURCE_TAG = 'aws:resourcetag/';
/**
 * The tag keys that gate a path: those that conditions on a resource's tags read, in any layer, on any action of a
 * path. Without keys of AWS, which nobody can change. Sorted, each in one of the spellings that policies use.
 */
export function gatingTagKeys(account: Account): readonly string[] {
  const keys = new Map<string, string>();
  for (const policy of decidingPolicies(account))
    for (const [canonical, tag] of gatingTagsIn(policy)) if (!keys.has(canonical)) keys.set(canonical, tag);
  return [...keys.values()].sort();
}

/** Those of one policy: by canonical condition key, the tag key in its first spelling. */
export function gatingTagsIn(policy: CompiledPolicy): ReadonlyMap<string, string> {
  const keys = new Map<string, string>();
  // most policies read no tags of resources
  if (!policy.statements.some((statement) => keysIn(statement).some(isTagOfResource))) return keys;
  for (const action of TAG_GATED_ACTIONS) {
    const service = action.slice(0, action.indexOf(':'));
    for (const key of statementsFor(policy, action.toLowerCase()).flatMap(keysIn)) {
      const canonical = canonicalKey(key, service);
      if (!canonical.startsWith(RESOURCE_TAG) || isReservedTag(canonical.slice(RESOURCE_TAG.length)))
        continue;
      if (!keys.has(canonical)) keys.set(canonical, key.slice(key.indexOf('/') + 1));
    }
  }
  return keys;
}

/**
 * All policies that decide access, each once: those of principals, of groups (also of groups without members), other
 * versions, boundaries and guardrails, and those that somebody may attach.
 */
export const decidingPolicies = (account: Account): ReadonlySet<CompiledPolicy> =>
  remembered(deciding, account, () => findDeciding(account));

const deciding = new WeakMap<Account, ReadonlySet<CompiledPolicy>>();

function findDeciding(account: Account): ReadonlySet<CompiledPolicy> {
  const policies = new Set<CompiledPolicy>();
  for (const { layers } of account.subjects) {
    for (const policy of layers.identityPolicies) policies.add(policy);
    if (layers.permissionsBoundary) policies.add(layers.permissionsBoundary);
  }
  for (const id of account.snapshot.groups.flatMap((group) => group.policies)) {
    const policy = account.policies.get(id);
    if (policy) policies.add(policy);
  }
  for (const { policy, compiled } of [...policyVersions(account).values()].flat())
    if (policies.has(account.policies.get(policy) as CompiledPolicy)) policies.add(compiled);
  const attachable = attachableKinds(account).flatMap((kind) => kind.map(({ compiled }) => compiled));
  for (const policy of [...account.guardrails.serviceControlPolicies.flat(), ...attachable])
    policies.add(policy);
  return policies;
}

/** In any of its spellings, as `ssm:resourceTag/team`. */
const isTagOfResource = (key: string): boolean => /resourcetag\//i.test(key);

function keysIn(statement: CompiledStatement): readonly string[] {
  return statement.clauses.flatMap((clause) => [
    clause.key,
    ...clause.values.flatMap((value) =>
      value.template.parts.filter(isVariable).map((variable) => variable.key),
    ),
  ]);
}

/**
 * tag-rewrite's alternatives: for each gating key, setting it and removing it. The caller chooses the value.
 * AWS does not document whether an empty value counts as none, and what a removal without a value or without
 * any key carries. https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteTags.html
 */
export function tagRewriteAlternatives(keys: readonly string[]): readonly Alternative[] {
  if (keys.length === 0) return [];
  return [...keys.flatMap(rewritesOf), ALL_REMOVED];
}

function rewritesOf(key: string): readonly Alternative[] {
  const chosen = [`aws:requesttag/${key.toLowerCase()}`];
  const tagging = (action: string): RequestRow => onInstance(action, { 'aws:TagKeys': key });
  return [
    ...TAGGING_ACTIONS.map((action) => ({
      id: `${action} ${key}`,
      requests: [{ ...tagging(action), carries: chosen }],
      chosen,
    })),
    {
      id: `ec2:CreateTags ${key} with an empty value`,
      requests: [{ ...tagging('ec2:CreateTags'), omits: chosen }],
      code: 'empty-tag-value',
    },
    {
      id: `ec2:DeleteTags ${key} without a value`,
      requests: [{ ...tagging('ec2:DeleteTags'), omits: chosen }],
      code: 'removal-without-value',
    },
  ];
}

const ALL_REMOVED: Alternative = {
  id: 'ec2:DeleteTags of all tags',
  requests: [{ ...onInstance('ec2:DeleteTags'), omits: ['aws:tagkeys'] }],
  code: 'removal-without-key',
};
