import { openOf } from '../../lib/evaluator/combine.ts';
import type { Account, Subject } from '../../lib/matrix/account/account.ts';
import { requestGrants } from '../../lib/matrix/account/one-cell.ts';
import { ask } from '../../lib/matrix/account/question.ts';
import type { Edge } from '../../lib/matrix/chains/chains.ts';
import { restingOn } from './naive-codes.ts';
import { tagsOf } from './naive-widening.ts';

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
  const isAsItIs =
    !/:v\d+$/.test(limit ?? '') &&
    names.length === base.length &&
    base.every((one, i) => one.name === names[i]);
  if (!isAsItIs) return [];
  return account.snapshot.policies.flatMap(({ id, kind }): readonly Edge[] => {
    const policy = id.replace(/:v\d+$/, '');
    if (kind !== 'earlier-version' || ![...names, limit].includes(policy)) return [];
    const row = { action: ACTION, on: 'any' as const };
    const combined = ask(account, { subject: by, row, target: { arn: policy, tags: null }, region: '' });
    const { open, codes } = restingOn(tagsOf(policy, openOf(combined)), [], by.given);
    if (open === false) return [];
    const then = names.map((name) => (name === policy ? id : name)).join();
    const to = subjects.findIndex(
      (one) =>
        one.arn === by.arn &&
        one.ownTags === by.ownTags &&
        one.untagged === by.untagged &&
        (policy === limit
          ? one.layers.permissionsBoundary?.name === id
          : one.layers.permissionsBoundary === by.layers.permissionsBoundary) &&
        one.layers.identityPolicies.map(({ name }) => name).join() === then,
    );
    return [{ to: [to], by: ACTION, steps: [id], open, codes, grants: requestGrants([combined]) }];
  });
}
