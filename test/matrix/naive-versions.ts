import { openOf } from '../../lib/evaluator/combine.ts';
import type { Account, Subject } from '../../lib/matrix/account/account.ts';
import { requestGrants } from '../../lib/matrix/account/one-cell.ts';
import { ask } from '../../lib/matrix/account/question.ts';
import type { Edge } from '../../lib/matrix/chains/chains.ts';
import type { Grant } from '../../lib/matrix/paths/cell.ts';
import { type Resting, restingOn } from './naive-codes.ts';
import { tagsOf, tagsText } from './naive-tags.ts';

const ACTION = 'iam:SetDefaultPolicyVersion';

export const isOfVersion = ({ by }: Edge): boolean => by === ACTION;

/** Edges to itself with another version of a policy, for principals that joined no group and changed no version yet. */
export function versionEdges(by: Subject, subjects: readonly Subject[], account: Account): readonly Edge[] {
  if (by.kind === 'outside') return [];
  const { identityPolicies } = by.layers;
  const names = identityPolicies.map(({ name }) => name);
  const limit = by.layers.permissionsBoundary?.name;
  const base = account.subjects.find(({ arn }) => arn === by.arn)?.layers.identityPolicies ?? [];
  // with fewer policies it removed some from itself, with others it joined a group
  if (/:v\d+$/.test(limit ?? '')) return [];
  const isAsItIs = names.length === base.length && base.every((one, i) => one.name === names[i]);
  // with any policy only its boundary limits it
  const hasAny = names[0] === 'any policy';
  if (!isAsItIs && !hasAny) return [];
  return account.snapshot.policies.flatMap(({ id, kind }): readonly Edge[] => {
    const policy = id.replace(/:v\d+$/, '');
    if (kind !== 'earlier-version' || !(hasAny ? [limit] : [...names, limit]).includes(policy)) return [];
    const row = { action: ACTION, on: 'any' as const };
    const combined = ask(account, { subject: by, row, target: { arn: policy, tags: null }, region: '' });
    const { open, codes } = restingOn(tagsOf(policy, openOf(combined)), [], by.given);
    if (open === false) return [];
    const then = names.map((name) => (name === policy ? id : name)).join();
    const to = subjects.findIndex(
      (one) =>
        one.arn === by.arn &&
        tagsText(one.ownTags) === tagsText(by.ownTags) &&
        one.untagged === by.untagged &&
        (policy === limit
          ? one.layers.permissionsBoundary?.name === id
          : one.layers.permissionsBoundary === by.layers.permissionsBoundary) &&
        one.layers.identityPolicies.map(({ name }) => name).join() === then,
    );
    // after it removed a Deny from itself no other version is tried
    if (hasAny && to === -1) return [];
    const grants = requestGrants([combined]).filter((grant) => grant.policy !== 'any policy');
    return [{ to: [to], by: ACTION, steps: [id], open, codes, grants }];
  });
}

interface VersionWay extends Resting {
  /** the version, as the chain names it */
  readonly step: string;
  readonly grants: readonly Grant[];
}

/** The versions that one principal may activate for another that has the policy, or has it as its boundary. */
export function versionWays(by: Subject, victim: Subject, account: Account): readonly VersionWay[] {
  if (by.kind === 'outside' || victim.kind === 'outside') return [];
  const held = [...victim.layers.identityPolicies, victim.layers.permissionsBoundary].map((one) => one?.name);
  return account.snapshot.policies.flatMap(({ id, kind }): readonly VersionWay[] => {
    const policy = id.replace(/:v\d+$/, '');
    if (kind !== 'earlier-version' || !held.includes(policy)) return [];
    const row = { action: ACTION, on: 'any' as const };
    const combined = ask(account, { subject: by, row, target: { arn: policy, tags: null }, region: '' });
    const { open, codes } = restingOn(tagsOf(policy, openOf(combined)), [], by.given);
    const grants = requestGrants([combined]).filter((grant) => grant.policy !== 'any policy');
    return open === false ? [] : [{ step: id, open, codes, grants }];
  });
}

/** The number of the principal with that version; -1: there is none. */
export function withThatVersion(victim: Subject, version: string, subjects: readonly Subject[]): number {
  const policy = version.replace(/:v\d+$/, '');
  const then = (name: string | undefined): string | undefined => (name === policy ? version : name);
  const { identityPolicies, permissionsBoundary } = victim.layers;
  return subjects.findIndex(
    ({ arn, layers, ownTags, untagged }) =>
      arn === victim.arn &&
      tagsText(ownTags) === tagsText(victim.ownTags) &&
      untagged === victim.untagged &&
      layers.permissionsBoundary?.name === then(permissionsBoundary?.name) &&
      layers.identityPolicies.map(({ name }) => name).join() ===
        identityPolicies.map(({ name }) => then(name)).join(),
  );
}
