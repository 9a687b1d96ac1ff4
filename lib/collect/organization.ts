import { isReadable } from '../snapshot/guardrails.ts';
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
  const organization = { managementAccountId, ...enabled(answer.fields), levels };
  return { organization, policies: [...policies.values()] };
}

/** `list-roots` says which kinds of policies are switched on. */
function enabled(fields: Fields): Pick<Organization, 'scpsEnabled'> {
  if (!Array.isArray(fields.PolicyTypes)) return {};
  const types = fields.PolicyTypes.map(fieldsOf);
  const isScp = (type: Fields | null): boolean => type?.Type === 'SERVICE_CONTROL_POLICY';
  return { scpsEnabled: types.some((type) => isScp(type) && type?.Status === 'ENABLED') };
}

const LISTS = { scp: 'ServiceControlPolicies', rcp: 'ResourceControlPolicies' } as const;

/** A level without a list is one whose policies of that kind are not known, not one that has none. */
function missingPolicies({ fields }: Answer): string | null {
  const targets = Array.isArray(fields.Targets) ? fields.Targets.map(fieldsOf) : [];
  const unread = [...targets.flatMap((target) => unreadIn(target))];
  const gaps: string[] = Object.values(LISTS).flatMap((key) => {
    const without = targets.filter((target) => target !== null && !Array.isArray(target[key])).length;
    const reason = text(fields, `${key}Gap`);
    const why = reason === null ? '' : `: ${reason}`;
    return without === 0 ? [] : [`\`${key}\` is not in ${without} of ${targets.length} levels${why}`];
  });
  if (unread.length > 0) gaps.push(`no \`Content\` that can be read: ${[...new Set(unread)].join(', ')}`);
  return gaps.length === 0 ? null : gaps.join('; ');
}

/** `list-policies-for-target` prints no `Content`: it takes `describe-policy` of each. */
function unreadIn(target: Fields | null): readonly string[] {
  return (['scp', 'rcp'] as const).flatMap((kind) =>
    [...objectsOf(target, LISTS[kind], '$', () => {})].flatMap(({ item }) => {
      const id = text(item, 'Id') ?? '';
      return isReadable(policyRecord(id, id, kind, item.Content, '$', new Map())) ? [] : [`\`${id}\``];
    }),
  );
}

/** The ids of a level's policies, null where its list is not there; one policy may be attached at several levels. */
function attached(
  answer: Answer,
  level: Fields,
  at: string,
  kind: 'scp' | 'rcp',
  policies: Map<string, PolicyRecord>,
): readonly string[] | null {
  if (!Array.isArray(level[LISTS[kind]])) return null;
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
