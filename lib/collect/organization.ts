import type { Organization, OrganizationLevel, PolicyRecord } from '../snapshot/snapshot.ts';
import { type Fields, fieldsOf, objectsOf, text } from './fields.ts';
import { policyRecord } from './policy-record.ts';
import { type Answer, type Reading, readCall } from './reading.ts';

export interface OrganizationPart {
  readonly organization: Organization;
  readonly policies: readonly PolicyRecord[];
}

/** The guardrails at each level above the account, root first, the account last. No level means no organisation. */
export async function collectOrganization(reading: Reading): Promise<OrganizationPart | null> {
  return readCall(reading, 'organizations.effective-policies', null, (answer) => {
    const value = takeOrganization(answer);
    return { value, items: value.organization.levels.length, gap: missingPolicies(answer) };
  });
}

function takeOrganization(answer: Answer): OrganizationPart {
  const policies = new Map<string, PolicyRecord>();
  const levels: OrganizationLevel[] = [];
  for (const { item, at } of objectsOf(answer.fields, 'Targets', '$', answer.note)) {
    const targetId = text(item, 'TargetId');
    if (targetId === null) answer.note(at, 'the level has no `TargetId`');
    levels.push({
      targetId: targetId ?? '',
      serviceControlPolicies: attached(answer, item, at, 'scp', policies),
      resourceControlPolicies: attached(answer, item, at, 'rcp', policies),
    });
  }
  const managementAccountId = text(answer.fields, 'ManagementAccountId');
  return { organization: { managementAccountId, levels }, policies: [...policies.values()] };
}

const LISTS = { scp: 'ServiceControlPolicies', rcp: 'ResourceControlPolicies' } as const;

/** A level without a list is one whose policies of that kind are not known, not one that has none. */
function missingPolicies({ fields }: Answer): string | null {
  const targets = Array.isArray(fields.Targets) ? fields.Targets.map(fieldsOf) : [];
  const gaps = Object.values(LISTS).flatMap((key) => {
    const without = targets.filter((target) => target !== null && !Array.isArray(target[key])).length;
    const reason = text(fields, `${key}Gap`);
    const why = reason === null ? '' : `: ${reason}`;
    return without === 0 ? [] : [`\`${key}\` is not in ${without} of ${targets.length} levels${why}`];
  });
  return gaps.length === 0 ? null : gaps.join('; ');
}

/** The ids of a level's policies; one policy may be attached at several levels. */
function attached(
  answer: Answer,
  level: Fields,
  at: string,
  kind: 'scp' | 'rcp',
  policies: Map<string, PolicyRecord>,
): string[] {
  const ids = new Set<string>();
  for (const policy of objectsOf(level, LISTS[kind], at, answer.note)) {
    const id = text(policy.item, 'Id');
    if (id === null) {
      answer.note(policy.at, 'left out: the policy has no `Id`');
      continue;
    }
    ids.add(id);
    if (policies.has(id)) continue;
    const name = text(policy.item, 'Name') ?? id;
    const path = `${policy.at}.Content`;
    policies.set(id, policyRecord(id, name, kind, policy.item.Content, path, answer.duplicates));
  }
  return [...ids];
}
