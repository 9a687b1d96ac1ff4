import { allowsSome, type CompiledPolicy } from '../../evaluator/compile.ts';
import { remembered } from '../../memory/remembered.ts';
import type { Account, Subject } from './account.ts';
import { ASKED_ACTIONS } from './denied-sessions.ts';
import { missingFrom } from './not-collected.ts';
import { deniesSome } from './own-denies.ts';

/** A version of a customer managed policy that is not in force but can be. */
export interface PolicyVersion {
  /** ARN of the policy */
  readonly policy: string;
  /** as a chain shows it: `<ARN>:v2` */
  readonly step: string;
  readonly compiled: CompiledPolicy;
}

const VERSION = /^(arn:[^:]*:iam::[^:]*:policy\/.*):v\d+$/;

/** The ARN of the policy in such a step; null: it is another kind of step. */
export const policyOfVersion = (step: string): string | null => VERSION.exec(step)?.[1] ?? null;

const known = new WeakMap<Account, ReadonlyMap<string, readonly PolicyVersion[]>>();

/** By the ARN of the policy. */
export function policyVersions(account: Account): ReadonlyMap<string, readonly PolicyVersion[]> {
  return remembered(known, account, () => {
    const found = account.snapshot.policies.flatMap(({ id, kind }): readonly PolicyVersion[] => {
      const policy = kind === 'earlier-version' ? policyOfVersion(id) : null;
      const compiled = account.policies.get(id);
      return policy === null || compiled === undefined ? [] : [{ policy, step: id, compiled }];
    });
    return Map.groupBy(found, ({ policy }) => policy);
  });
}

/** Every version of a policy, the active one first. */
export function versionsOf(arn: string, account: Account): readonly CompiledPolicy[] {
  const active = account.policies.get(arn);
  const others = (policyVersions(account).get(arn) ?? []).map(({ compiled }) => compiled);
  return active ? [active, ...others] : others;
}

/** The versions of a policy that allow something that is asked, or lack a Deny of the active version. */
export function usefulVersions(arn: string, account: Account): readonly PolicyVersion[] {
  const active = account.policies.get(arn);
  return (policyVersions(account).get(arn) ?? []).filter(
    ({ compiled }) => allowsAsked(compiled) || (active !== undefined && deniesSome(active)),
  );
}

/** The other versions of a principal's own policies, and of its boundary. */
export function versionsFor({ layers }: Subject, account: Account): readonly PolicyVersion[] {
  const own = [...layers.identityPolicies, layers.permissionsBoundary].map((policy) => policy?.name ?? '');
  return [...new Set(own)].flatMap((name) => policyVersions(account).get(name) ?? []);
}

export const versionAt = (step: string, account: Account): PolicyVersion | undefined =>
  policyVersions(account)
    .get(policyOfVersion(step) ?? '')
    ?.find((one) => one.step === step);

/** The principal with that version active instead of the current one. */
export function withVersion(subject: Subject, { policy, compiled }: PolicyVersion): Subject {
  const { layers } = subject;
  const identityPolicies = layers.identityPolicies.map((one) => (one.name === policy ? compiled : one));
  const { permissionsBoundary: own } = layers;
  const permissionsBoundary = own?.name === policy ? compiled : own;
  const missing = missingFrom([...identityPolicies, permissionsBoundary ?? undefined]);
  return { ...subject, missing, layers: { ...layers, identityPolicies, permissionsBoundary } };
}

/** True if it allows some of the requests of paths and escalations. */
export const allowsAsked = (policy: CompiledPolicy): boolean =>
  ASKED_ACTIONS.some((action) => allowsSome(policy, action));
