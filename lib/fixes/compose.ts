import type { PolicyChange } from '../findings/fix.ts';
import { type Attachment, sizeProblem } from '../policy/limits.ts';
import type { Group, PolicyRecord, Role, Snapshot, User } from '../snapshot/snapshot.ts';
import type { Edit, StatementJson } from './edit.ts';
import { texts } from './statement-json.ts';

/** The parts of an account that edits need, by id. */
export interface AccountParts {
  readonly accountId: string;
  readonly partition: string;
  readonly record: (id: string) => PolicyRecord | undefined;
  readonly owner: (arn: string) => User | Role | Group | undefined;
  /** the role of a trust policy */
  readonly roleOf: (trust: string) => Role | undefined;
  /** the id of the account's organisation; null: it is in none, or the id was not read */
  readonly organization: string | null;
  /** the values of a condition key (in lower case) in the account's trust policies */
  readonly asked: (key: string) => readonly string[];
  /** the names of the groups that a user is in */
  readonly groupsOf: (user: string) => readonly string[];
  /** ARNs of the principals and groups that have a policy */
  readonly carriersOf: (policy: string) => readonly string[];
}

export function accountParts(snapshot: Snapshot): AccountParts {
  const { policies, users, roles, groups, accountId, partition } = snapshot;
  const records = new Map(policies.map((one) => [one.id, one]));
  const owners = new Map([...users, ...roles, ...groups].map((one) => [one.arn, one]));
  const trusts = new Map(roles.map((role) => [role.trust, role]));
  const carriers = new Map<string, string[]>();
  for (const { arn, policies: own } of [...groups, ...roles, ...users]) {
    for (const id of own) {
      const known = carriers.get(id);
      if (known) known.push(arn);
      else carriers.set(id, [arn]);
    }
  }
  return {
    ...{ accountId, partition },
    organization: snapshot.organization?.levels.length ? (snapshot.organization.id ?? null) : null,
    asked: (key) =>
      askedOf(
        roles.map(({ trust }) => records.get(trust)),
        key,
      ),
    record: (id) => records.get(id),
    owner: (arn) => owners.get(arn),
    roleOf: (trust) => trusts.get(trust),
    groupsOf: (user) => users.find(({ arn }) => arn === user)?.groups ?? [],
    carriersOf: (policy) => carriers.get(policy) ?? [],
  };
}

function askedOf(trusts: readonly (PolicyRecord | undefined)[], key: string): readonly string[] {
  const values = trusts.flatMap((record) =>
    (writableStatements(record) ?? []).flatMap(({ Effect, Condition }) =>
      Effect === 'Allow' && isObject(Condition)
        ? Object.entries(Condition).flatMap(([operator, keys]) =>
            /^String(Equals|Like)$/i.test(operator) && isObject(keys)
              ? Object.entries(keys).flatMap(([name, value]) =>
                  name.toLowerCase() === key ? texts(value) : [],
                )
              : [],
          )
        : [],
    ),
  );
  return [...new Set(values)].sort();
}

/** The statements of a document, if it can be written back unchanged; null: it cannot. */
export function writableStatements(record: PolicyRecord | undefined): readonly StatementJson[] | null {
  if (!record || record.problems.length > 0 || !isObject(record.document)) return null;
  const { Statement } = record.document;
  const list: readonly unknown[] = Array.isArray(Statement) ? Statement : [Statement];
  return list.every(isObject) ? list : null;
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * The resulting changes, one for each policy. Null if one is not possible: the document cannot be written back, AWS
 * manages it, or it would exceed IAM's size limit. Throws if an edit is about a Deny, which is a bug.
 */
export function changesOf(places: AccountParts, edits: readonly Edit[]): readonly PolicyChange[] | null {
  const changes: PolicyChange[] = [];
  const detached = new Set<string>();
  const inPolicies = edits.filter((edit) => edit.kind === 'replace' || edit.kind === 'append');
  for (const [policy, own] of Map.groupBy(inPolicies, (edit) => edit.policy)) {
    const made = policyChange(places, policy, own);
    if (made === null) return null;
    changes.push(...made);
  }
  for (const edit of edits) {
    if (edit.kind !== 'detach') continue;
    if (hasDeny(places, edit.policy))
      throw new Error(`\`${edit.policy}\` holds a Deny: it is not to be detached`);
    const name = `${edit.owner} ${edit.policy}`;
    if (!detached.has(name))
      changes.push({ type: 'detach-policy', principal: edit.owner, policy: edit.policy });
    detached.add(name);
  }
  changes.push(...departures(places, edits));
  const denials = edits.filter((edit) => edit.kind === 'deny');
  for (const [owner, own] of Map.groupBy(denials, (edit) => edit.owner)) {
    const statements = distinct(own.flatMap((edit) => edit.statements));
    const document = { Version: '2012-10-17', Statement: statements };
    changes.push({ type: 'put-inline-policy', principal: owner, policy: freeName(places, owner), document });
  }
  return fits(places, changes) ? changes : null;
}

/** A group with a Deny is left by nobody. */
function departures(places: AccountParts, edits: readonly Edit[]): readonly PolicyChange[] {
  const leaving = edits.filter((edit) => edit.kind === 'leave');
  for (const { group } of leaving)
    if (places.owner(group)?.policies.some((policy) => hasDeny(places, policy)))
      throw new Error(`\`${group}\` holds a Deny: its members must stay in it`);
  return [...new Map(leaving.map(({ user, group }) => [`${user} ${group}`, { user, group }])).values()].map(
    (one) => ({ type: 'remove-from-group', ...one }),
  );
}

/** True if the policy has a Deny, or may have one. */
export function hasDeny(places: AccountParts, policy: string): boolean {
  const statements = writableStatements(places.record(policy));
  return statements === null || statements.some(({ Effect }) => Effect !== 'Allow');
}

function policyChange(
  places: AccountParts,
  id: string,
  edits: readonly Extract<Edit, { kind: 'replace' | 'append' }>[],
): readonly PolicyChange[] | null {
  const record = places.record(id);
  const before = writableStatements(record);
  if (!record || !before || record.kind === 'aws-managed') return null;
  const after = before.flatMap((statement, at) => {
    const own = edits.filter((edit) => edit.kind === 'replace' && edit.statement === at);
    if (own.length === 0) return [statement];
    if (statement.Effect !== 'Allow') throw new Error(`statement ${at} of \`${id}\` is no Allow`);
    return own.flatMap((edit) => (edit.kind === 'replace' ? edit.by : []));
  });
  const added = edits.flatMap((edit) => (edit.kind === 'append' ? edit.statements : []));
  const all = [...after, ...distinct(added)];
  if (all.length === 0) return emptied(places, record);
  const document = { ...(record.document as StatementJson), Statement: all };
  if (record.kind === 'customer-managed') return [{ type: 'put-policy', policy: id, document }];
  if (record.kind === 'trust') {
    const role = places.roleOf(id);
    return role ? [{ type: 'put-trust', role: role.arn, document }] : null;
  }
  const at = id.lastIndexOf('#');
  return [{ type: 'put-inline-policy', principal: id.slice(0, at), policy: id.slice(at + 1), document }];
}

/** IAM rejects a policy without statements, so it is removed. */
function emptied(places: AccountParts, { id, kind }: PolicyRecord): readonly PolicyChange[] | null {
  if (kind === 'trust') return null;
  if (kind === 'customer-managed')
    return places.carriersOf(id).map((principal) => ({ type: 'detach-policy', principal, policy: id }));
  const at = id.lastIndexOf('#');
  return [{ type: 'delete-inline-policy', principal: id.slice(0, at), policy: id.slice(at + 1) }];
}

function distinct(statements: readonly StatementJson[]): readonly StatementJson[] {
  return [...new Map(statements.map((one) => [JSON.stringify(one), one])).values()];
}

const NAME = 'LatchkeyDeny';

/** For an inline policy that does not exist yet. */
function freeName(places: AccountParts, owner: string): string {
  let name = NAME;
  for (let n = 2; places.record(`${owner}#${name}`); n++) name = `${NAME}${n}`;
  return name;
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
function fits(places: AccountParts, changes: readonly PolicyChange[]): boolean {
  const inline = Map.groupBy(
    changes.filter((change) => change.type === 'put-inline-policy' || change.type === 'delete-inline-policy'),
    (change) => change.principal,
  );
  const areSmall = changes.every(
    (change) =>
      (change.type !== 'put-policy' || isSmall([change.document], 'managed')) &&
      (change.type !== 'put-trust' || isSmall([change.document], 'trust')),
  );
  return areSmall && [...inline].every(([owner, own]) => inlineFits(places, owner, own));
}

function inlineFits(places: AccountParts, owner: string, changes: readonly PolicyChange[]): boolean {
  const put = new Map<string, unknown>(
    changes.flatMap((change) =>
      change.type === 'put-inline-policy' ? [[`${owner}#${change.policy}`, change.document] as const] : [],
    ),
  );
  const gone = new Set<string>(
    changes.flatMap((change) =>
      change.type === 'delete-inline-policy' ? [`${owner}#${change.policy}`] : [],
    ),
  );
  const others = (places.owner(owner)?.policies ?? []).filter(
    (id) => places.record(id)?.kind === 'inline' && !put.has(id) && !gone.has(id),
  );
  const documents = [...put.values(), ...others.map((id) => places.record(id)?.document)];
  const [kind = ''] = owner.split(':').slice(5).join(':').split('/');
  const where = ({ user: 'user-inline', group: 'group-inline' } as const)[kind] ?? 'role-inline';
  return isSmall(documents, where);
}

const isSmall = (documents: readonly unknown[], where: Attachment): boolean =>
  sizeProblem(
    documents.map((one) => JSON.stringify(one)),
    where,
  ) === null;
