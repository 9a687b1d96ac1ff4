import type { Fields } from '../policy/fields.ts';
import { isReadable } from '../snapshot/readable.ts';
import type { Organization, OrganizationLevel, PolicyRecord } from '../snapshot/snapshot.ts';
import type { Answer } from './answer.ts';
import { callNamed } from './calls.ts';
import { fieldsOf, list, objectsOf, text } from './fields.ts';
import { onePage } from './pages.ts';
import { policyRecord } from './policy-record.ts';
import { type Reading, readCall } from './reading.ts';

export interface CollectedOrganization {
  readonly organization: Organization;
  readonly policies: readonly PolicyRecord[];
}

/** The guardrails at each level above the account, root first, the account last. No level means no organisation. */
export async function collectOrganization(reading: Reading): Promise<CollectedOrganization | null> {
  let read: ReadElsewhere = {};
  const taking = onePage((answer) => {
    const value = takeOrganization(answer);
    read = readElsewhere(answer.fields);
    return { value, items: value.organization.levels.length, gap: missingPolicies(answer) };
  });
  const part = await readCall(reading, callNamed('organizations.effective-policies'), null, taking);
  noteElsewhere(reading, read);
  if (part === null || part.organization.levels.length === 0) return part;
  const id = part.organization.id ?? (await organizationId(reading));
  return id === null ? part : { ...part, organization: { ...part.organization, id } };
}

/** Who read the guardrails for this account, and when, if it was another account or another time. */
interface ReadElsewhere {
  readonly by?: string;
  readonly at?: string;
}

function readElsewhere(fields: Fields): ReadElsewhere {
  const [by, at] = [text(fields, 'ReadBy'), text(fields, 'ReadAt')];
  return {
    ...(by !== null && /^\d{12}$/.test(by) && { by }),
    ...(at !== null && !Number.isNaN(Date.parse(at)) && { at }),
  };
}

/** The answer is as old as its reading, so that a newer one counts. */
function noteElsewhere({ coverage }: Reading, { by, at }: ReadElsewhere): void {
  const entry = coverage.pop();
  if (entry === undefined) return;
  coverage.push({
    ...entry,
    ...(at !== undefined && { askedAt: at, readAt: entry.readAt == null ? null : at }),
    ...(by !== undefined && { readBy: by }),
  });
}

/** https://docs.aws.amazon.com/organizations/latest/APIReference/API_DescribeOrganization.html */
function organizationId(reading: Reading): Promise<string | null> {
  const taking = onePage((answer) => {
    const id = text(fieldsOf(answer.fields.Organization), 'Id');
    if (id === null) answer.note('$.Organization', 'it has no `Id`');
    return { value: id, items: null };
  });
  return readCall(reading, callNamed('organizations.describe-organization'), null, taking);
}

function takeOrganization(answer: Answer): CollectedOrganization {
  const policies = new Map<string, PolicyRecord>();
  const levels: OrganizationLevel[] = [];
  for (const level of objectsOf(answer.fields, 'Targets', '$', answer.note)) {
    const { item, at } = level;
    const targetId = text(item, 'TargetId');
    if (targetId === null) answer.note(at, 'the level has no `TargetId`');
    const name = text(item, 'Name');
    levels.push({
      targetId: targetId ?? '',
      ...(name === null ? {} : { name }),
      serviceControlPolicies: attached(answer, level, 'scp', policies),
      resourceControlPolicies: attached(answer, level, 'rcp', policies),
    });
  }
  const managementAccountId = text(answer.fields, 'ManagementAccountId');
  const id = text(answer.fields, 'OrganizationId');
  const organization = {
    ...(id === null ? {} : { id }),
    ...{ managementAccountId, ...enabled(answer.fields), levels },
  };
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

/** If a level has no list, its policies of that kind are unknown: it does not mean that it has none. */
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

/** `list-policies-for-target` returns no `Content`; `describe-policy` does, for each policy. */
function unreadIn(target: Fields | null): readonly string[] {
  return (['scp', 'rcp'] as const).flatMap((kind) =>
    list(target, LISTS[kind], '$', () => {}).flatMap((value) => {
      const item = fieldsOf(value);
      const id = text(item, 'Id');
      if (item === null || id === null) return ['a policy without an `Id`'];
      return isReadable(policyRecord({ id, name: id, kind }, item.Content, '$', new Map()))
        ? []
        : [`\`${id}\``];
    }),
  );
}

/**
 * The ids of a level's policies, null if its list is missing; one policy may be attached at several levels. An item
 * without an id stands for a policy that was not read.
 */
function attached(
  answer: Answer,
  level: { readonly item: Fields; readonly at: string },
  kind: 'scp' | 'rcp',
  policies: Map<string, PolicyRecord>,
): readonly string[] | null {
  const listed = level.item[LISTS[kind]];
  if (!Array.isArray(listed)) return null;
  const ids = listed.map((value, index) => {
    const item = fieldsOf(value);
    const path = `${level.at}.${LISTS[kind]}[${index}]`;
    const id = text(item, 'Id');
    if (item === null || id === null) {
      answer.note(path, item === null ? 'is not an object' : 'the policy has no `Id`');
      return `no Id: ${path}`;
    }
    const named = { id, name: text(item, 'Name') ?? id, kind };
    const record = policyRecord(named, item.Content, `${path}.Content`, answer.duplicates);
    return idAmong(policies, record, () =>
      answer.note(path, `\`${id}\` has other contents than before: both are kept`),
    );
  });
  return [...new Set(ids)];
}

/** The content identifies a policy: one with the id of another but different content gets an id of its own. */
function idAmong(policies: Map<string, PolicyRecord>, record: PolicyRecord, onOther: () => void): string {
  const contents = JSON.stringify(record.document);
  for (let number = 1; ; number++) {
    const id = number === 1 ? record.id : `${record.id}#${number}`;
    const known = policies.get(id);
    if (known && JSON.stringify(known.document) === contents) return id;
    if (known) continue;
    if (number > 1) onOther();
    policies.set(id, { ...record, id });
    return id;
  }
}
