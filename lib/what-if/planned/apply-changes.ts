import { parseCidr } from '../../evaluator/conditions/ip.ts';
import { didYouMean } from '../../policy/nearest.ts';
import { quoted } from '../../policy/quoted.ts';
import type { PolicyRecord, SecurityGroupRule, Snapshot } from '../../snapshot/snapshot.ts';
import { Draft, NotPossible, retagged } from './draft.ts';
import type { PlannedChange } from './planned-change.ts';

/**
 * The account after the changes, in their order. Throws a NotPossible that says what the account lacks, unless `isLeft`
 * takes the reason: then it is the account without that change.
 */
export function applyChanges(
  snapshot: Snapshot,
  changes: readonly PlannedChange[],
  isLeft: (change: PlannedChange, why: string) => boolean = () => false,
): Snapshot {
  const draft = new Draft(snapshot);
  for (const change of changes) {
    try {
      (APPLY[change.type] as (draft: Draft, change: PlannedChange) => void)(draft, change);
    } catch (error) {
      if (!(error instanceof NotPossible && isLeft(change, error.message))) throw error;
    }
  }
  return draft.done();
}

type Of<T extends PlannedChange['type']> = Extract<PlannedChange, { type: T }>;
type Document = Of<'put-policy'>['document'];

const APPLY: { readonly [T in PlannedChange['type']]: (draft: Draft, change: Of<T>) => void } = {
  'put-policy': (draft, { policy, document }) => {
    const id = draft.policyId(policy, isManaged) ?? newPolicyId(draft, policy);
    if (draft.policies.get(id)?.kind === 'aws-managed' || OF_AWS.test(id))
      throw new NotPossible(`\`${policy}\` is managed by AWS: nobody can change it`);
    putDocument(draft, { id, name: nameOf(id), kind: 'customer-managed' }, document);
  },
  'put-inline-policy': (draft, { principal, policy, document }) => {
    const { kind, owner } = draft.find(principal, 'user', 'role', 'group');
    const id = `${owner.arn}#${policy}`;
    putDocument(draft, { id, name: policy, kind: 'inline' }, document);
    if (!owner.policies.includes(id)) draft.put(kind, { ...owner, policies: [id, ...owner.policies] });
  },
  'delete-inline-policy': (draft, { principal, policy }) => {
    const { owner } = draft.find(principal, 'user', 'role', 'group');
    without(draft, principal, `${owner.arn}#${policy}`, `has no inline policy \`${policy}\``);
  },
  'attach-policy': (draft, { principal, policy }) => {
    const { kind, owner } = draft.find(principal, 'user', 'role', 'group');
    const id = managedId(draft, policy);
    if (!owner.policies.includes(id)) draft.put(kind, { ...owner, policies: [...owner.policies, id] });
  },
  'detach-policy': (draft, { principal, policy }) => {
    without(draft, principal, managedId(draft, policy), `does not have \`${policy}\` attached`);
  },
  'put-trust': (draft, { role, document }) => {
    const { owner } = draft.find(role, 'role');
    putDocument(draft, { id: owner.trust, name: 'trust policy', kind: 'trust' }, document);
  },
  'put-boundary': (draft, { principal, policy }) => {
    const { kind, owner } = draft.find(principal, 'user', 'role');
    draft.put(kind, { ...owner, boundary: managedId(draft, policy) });
  },
  'delete-boundary': (draft, { principal }) => {
    const { kind, owner } = draft.find(principal, 'user', 'role');
    draft.put(kind, { ...owner, boundary: null });
  },
  'add-to-group': (draft, { user, group }) => {
    const { owner } = draft.find(user, 'user');
    const { name } = draft.find(group, 'group').owner;
    draft.put('user', { ...owner, groups: [...new Set([...owner.groups, name])] });
  },
  'remove-from-group': (draft, { user, group }) => {
    const { owner } = draft.find(user, 'user');
    const { name } = draft.find(group, 'group').owner;
    if (!owner.groups.includes(name)) throw new NotPossible(`\`${user}\` is not in the group \`${group}\``);
    draft.put('user', { ...owner, groups: owner.groups.filter((one) => one !== name) });
  },
  'put-guardrail': (draft, { policy, document }) => {
    const id = draft.policyId(policy, isGuardrail);
    const record = id === null ? undefined : draft.policies.get(id);
    if (!record) {
      const names = [...draft.policies.values()].filter(isGuardrail).map(({ name }) => name);
      throw new NotPossible(`this audit has no guardrail \`${policy}\`${didYouMean(policy, names)}`);
    }
    putDocument(draft, record, document);
  },
  'create-user': (draft, { name, path, tags }) => {
    const { arn, ...made } = created(draft, 'user', name, path);
    draft.put('user', { arn, ...made, ...owned(tags), groups: [] });
  },
  'create-role': (draft, { name, path, trust, tags }) => {
    const { arn, ...made } = created(draft, 'role', name, path);
    const id = `${arn}#trust policy`;
    putDocument(draft, { id, name: 'trust policy', kind: 'trust' }, trust);
    draft.put('role', {
      ...{ arn, ...made, ...owned(tags), trust: id, maxSessionDuration: null, lastUsed: null },
    });
  },
  'create-group': (draft, { name, path }) => {
    draft.put('group', created(draft, 'group', name, path));
  },
  'delete-principal': (draft, { principal }) => {
    const { kind, owner } = draft.find(principal, 'user', 'role');
    draft.delete(kind, owner.arn);
  },
  tag: (draft, { resource, tags }) => retag(draft, resource, tags, []),
  untag: (draft, { resource, keys }) => retag(draft, resource, {}, keys),
  'change-instance': (draft, { instance, instanceProfile, securityGroups, state }) => {
    draft.putInstance({
      ...draft.instance(instance),
      ...(instanceProfile !== undefined && {
        instanceProfile: instanceProfile === null ? null : draft.instanceProfile(instanceProfile),
      }),
      ...(securityGroups && { securityGroups: securityGroups.map((id) => draft.securityGroup(id).id) }),
      ...(state && { state }),
    });
  },
  'put-instance-profile': (draft, { instanceProfile, role }) => {
    const roles = role === null ? [] : [draft.find(role, 'role').owner.arn];
    const found = draft.findInstanceProfile(instanceProfile);
    const name = nameOf(instanceProfile);
    if (!found) mustBeName(name);
    const arn = isArn(instanceProfile) ? instanceProfile : draft.arn(`instance-profile/${name}`);
    draft.putInstanceProfile({ ...(found ?? { arn, name }), roles });
  },
  'add-instance': (draft, { id, like, tags }) => {
    if (draft.hasInstance(id)) throw new NotPossible(`there is an instance \`${id}\` in the account`);
    const model = draft.instance(like);
    const arn = model.arn.replace(/[^/]*$/, id);
    draft.addInstance({ ...model, id, arn, tags: tags ? retagged([], tags, []) : model.tags });
  },
  'remove-instance': (draft, { instance }) => {
    draft.removeInstance(draft.instance(instance).id);
  },
  'add-security-group-rule': (draft, { group, rule }) => {
    const found = draft.securityGroup(group);
    const wrong = rule.cidrs.find((cidr) => parseCidr(cidr) === null);
    if (wrong !== undefined)
      throw new NotPossible(`${quoted(wrong)} is no range of addresses like \`203.0.113.0/24\``);
    draft.putSecurityGroup({ ...found, ingress: [...found.ingress, rule] });
  },
  'remove-security-group-rule': (draft, { group, rule }) => {
    const found = draft.securityGroup(group);
    const ingress = found.ingress.flatMap((one) => lessOf(one, rule));
    if (ingress.length === found.ingress.length && ingress.every((one, i) => one === found.ingress[i]))
      throw new NotPossible(`\`${group}\` has no such rule`);
    draft.putSecurityGroup({ ...found, ingress });
  },
};

const OF_AWS = /^arn:[^:]*:iam::aws:policy\//;

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html#reference_iam-quotas-names */
function mustBeName(name: string): void {
  if (!/^[\w+=,.@-]{1,128}$/.test(name))
    throw new NotPossible(
      `${quoted(name)} is no name that IAM takes: at most 128 letters, digits and \`+=,.@_-\``,
    );
}

const isArn = (text: string): boolean => text.startsWith('arn:');
const nameOf = (arn: string): string => arn.slice(arn.lastIndexOf('/') + 1);
const isManaged = ({ kind }: PolicyRecord): boolean => kind === 'aws-managed' || kind === 'customer-managed';
const isGuardrail = ({ kind }: PolicyRecord): boolean => kind === 'scp' || kind === 'rcp';

/** A document that is not known yet counts as missing: the access of its holders is then unknown. */
function putDocument(
  draft: Draft,
  record: Pick<PolicyRecord, 'id' | 'name' | 'kind'>,
  document: Document,
): void {
  const { id, name, kind } = record;
  if (document === null) draft.policies.delete(id);
  else draft.policies.set(id, { id, name, kind, document, problems: [] });
}

function newPolicyId(draft: Draft, policy: string): string {
  mustBeName(nameOf(policy));
  return isArn(policy) ? draft.policyArn(policy) : draft.arn(`policy/${policy}`);
}

function managedId(draft: Draft, policy: string): string {
  const id = draft.policyId(policy, isManaged);
  if (id !== null) return id;
  // a policy of AWS, or a planned one that is not known yet: the access of its holders is then unknown
  if (isArn(policy)) return draft.policyArn(policy);
  const names = [...draft.policies.values()].filter(isManaged).map(({ name }) => name);
  throw new NotPossible(
    `this audit has no managed policy \`${policy}\`${didYouMean(policy, names)}: name its ARN, or put it first`,
  );
}

function without(draft: Draft, principal: string, id: string, why: string): void {
  const { kind, owner } = draft.find(principal, 'user', 'role', 'group');
  if (!owner.policies.includes(id)) throw new NotPossible(`\`${principal}\` ${why}`);
  draft.put(kind, { ...owner, policies: owner.policies.filter((one) => one !== id) });
}

function retag(
  draft: Draft,
  resource: string,
  set: Readonly<Record<string, string>>,
  removed: readonly string[],
): void {
  const id = /^(?:arn:[^:]*:ec2:.*:instance\/)?(i-[^/]+)$/.exec(resource)?.[1];
  if (id !== undefined) {
    const instance = draft.instance(id);
    draft.putInstance({ ...instance, tags: retagged(instance.tags, set, removed) });
    return;
  }
  const { kind, owner } = draft.find(resource, 'user', 'role');
  draft.put(kind, { ...owner, tags: retagged(owner.tags, set, removed) });
}

/** A new user, role or group; names are unique whatever their paths are. */
function created(draft: Draft, kind: 'user' | 'role' | 'group', name: string, path: string) {
  mustBeName(name);
  if (draft.isTaken(kind, name)) throw new NotPossible(`there is a ${kind} \`${name}\` in the account`);
  return { arn: draft.arn(`${kind}${path}${name}`), name, id: '', path, policies: [] };
}

const owned = (tags: Readonly<Record<string, string>>) => ({
  tags: retagged([], tags, []),
  boundary: null,
});

/** A rule without the sources that another one removes; null is any port. */
function lessOf(rule: SecurityGroupRule, less: SecurityGroupRule): readonly SecurityGroupRule[] {
  const isSame =
    rule.protocol === less.protocol && rule.fromPort === less.fromPort && rule.toPort === less.toPort;
  const [cidrs, groups, prefixLists] = (['cidrs', 'groups', 'prefixLists'] as const).map((field) =>
    rule[field].filter((one) => !less[field].includes(one)),
  ) as [string[], string[], string[]];
  const left = cidrs.length + groups.length + prefixLists.length;
  const had = rule.cidrs.length + rule.groups.length + rule.prefixLists.length;
  if (!isSame || left === had) return [rule];
  return left === 0 ? [] : [{ ...rule, cidrs, groups, prefixLists }];
}
