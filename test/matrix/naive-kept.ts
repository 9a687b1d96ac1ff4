import { openOf } from '../../lib/evaluator/combine.ts';
import { type CompiledPolicy, compilePolicy, statementsFor } from '../../lib/evaluator/compile.ts';
import { settle } from '../../lib/evaluator/formula.ts';
import { remaining } from '../../lib/evaluator/residual/remaining.ts';
import type { Account, Subject } from '../../lib/matrix/account/account.ts';
import { ESCALATION_ACTIONS } from '../../lib/matrix/account/escalation-actions.ts';
import { ask } from '../../lib/matrix/account/question.ts';
import { PATH_ACTIONS } from '../../lib/matrix/paths/path-actions.ts';
import { remembered } from '../../lib/memory/remembered.ts';
import { parsePolicy } from '../../lib/policy/document.ts';
import type { Group, PolicyRecord } from '../../lib/snapshot/snapshot.ts';
import { identityOf } from './naive-new-principals.ts';

const ASKED = [...PATH_ACTIONS, ...ESCALATION_ACTIONS, 'sts:TagSession', 'sts:SetSourceIdentity'].map(
  (action) => action.toLowerCase(),
);
const SIGNED_IN =
  /^aws:(MultiFactorAuth(Present|Age)|(Vpc)?SourceIp|SourceVpce?|ViaAWSService|SecureTransport|CurrentTime|EpochTime|TokenIssueTime|UserAgent)$/i;
const ANYTHING = compilePolicy(
  parsePolicy(
    { Version: '2012-10-17', Statement: { Effect: 'Allow', Action: '*', Resource: '*' } },
    'identity',
  ),
  'anything',
  'identity',
);

/** True if it denies something that is requested. */
export const deniesSomething = onceEach((policy: CompiledPolicy): boolean =>
  ASKED.some((action) => statementsFor(policy, action).some(({ effect }) => effect === 'Deny')),
);

/** True if each of its Denies applies to all requests of some sessions and to no request of others. */
export function isOfSessions(policy: CompiledPolicy, { snapshot }: Account): boolean {
  const record = snapshot.policies.find(({ id }) => id === policy.name);
  const denies = [statementsIn(record)].flat().filter((one) => one.Effect !== 'Allow');
  return denies.length > 0 && denies.every((one) => isOfAll(one, policy));
}

interface Statement {
  readonly Effect?: unknown;
  readonly Resource?: unknown;
  readonly Condition?: unknown;
}

function statementsIn(record: PolicyRecord | undefined): Statement | readonly Statement[] {
  const { document } = record ?? {};
  const value = typeof document === 'string' ? JSON.parse(document) : document;
  return (value as { Statement: Statement } | undefined)?.Statement ?? [];
}

function isOfAll({ Effect, Resource, Condition }: Statement, policy: CompiledPolicy): boolean {
  const blocks = Object.values((Condition ?? {}) as Record<string, Record<string, unknown>>);
  const pairs = blocks.flatMap((block) => Object.entries(block));
  return (
    Effect === 'Deny' &&
    [Resource].flat().includes('*') &&
    pairs.length > 0 &&
    blocks.every((block) => Object.keys(block).length > 0) &&
    pairs.every(([key, values]) => SIGNED_IN.test(key) && !JSON.stringify(values).includes('${')) &&
    ASKED.every((action) => statementsFor(policy, action).some(({ effect }) => effect === 'Deny'))
  );
}

/** Names of the policies whose Denies remain for a principal with full IAM rights, whatever it does. */
export function keptNaively(by: Subject, account: Account): readonly string[] {
  return remembered(kept, by, () => keptBy(by, account));
}

const kept = new WeakMap<Subject, readonly string[]>();

function keptBy(by: Subject, account: Account): readonly string[] {
  const { snapshot } = account;
  const denies = by.layers.identityPolicies.filter(deniesSomething);
  const ofSessions = denies.filter((policy) => isOfSessions(policy, account));
  const others = denies.filter((policy) => !ofSessions.includes(policy));
  const identity = identityOf(by, snapshot);
  const inAws = /^\/aws-(service-role|reserved)\//.test(identity.path);
  const groups = snapshot.groups.filter(({ name }) => 'groups' in identity && identity.groups.includes(name));
  const kind = 'trust' in identity ? 'Role' : 'User';
  const holds =
    (name: string) =>
    ({ policies }: Pick<Group, 'policies'>) =>
      policies.includes(name);
  const names = by.layers.identityPolicies.map((one) => one.name.replace(/:v\d+$/, ''));
  const isHeld = ({ policies }: Pick<Group, 'policies'>): boolean =>
    policies.every((id) => names.includes(id));
  const gone = new Set<CompiledPolicy>();
  const may = (action: string, arn: string, name?: string): boolean => {
    const left = others.filter((policy) => !gone.has(policy)).map(withoutAllows);
    const subject = { ...by, layers: { ...by.layers, identityPolicies: [ANYTHING, ...left] } };
    const tags = arn === by.arn ? by.tags : arn.includes(':policy/') ? null : [];
    const target = { arn, tags, ...(name === undefined ? {} : { context: { 'iam:PolicyARN': name } }) };
    const combined = ask(account, { subject, row: { action, on: 'any' }, target, region: '' });
    const open = settle(openOf(combined), new Set());
    return remaining(open, { chosen: new Set(), given: by.given }) === true;
  };
  const hasFree = (name: string): boolean =>
    snapshot.policies.some(({ id }) => {
      const compiled = id.replace(/:v\d+$/, '') === name ? account.policies.get(id) : undefined;
      return compiled !== undefined && !deniesSomething(compiled);
    });
  const takes = (name: string, arn: string, of: string): boolean =>
    (of === 'Group' && may('iam:RemoveUserFromGroup', arn)) ||
    (name.startsWith(`${arn}#`)
      ? may(`iam:Delete${of}Policy`, arn) || may(`iam:Put${of}Policy`, arn)
      : may(`iam:Detach${of}Policy`, arn, name) ||
        (snapshot.policies.some((one) => one.id === name && one.kind === 'customer-managed') &&
          (may('iam:CreatePolicyVersion', name) ||
            (hasFree(name) && may('iam:SetDefaultPolicyVersion', name)))));
  const isRid = (name: string): boolean => {
    const has = groups.filter(holds(name));
    const had = identity.policies.includes(name);
    const came = had || has.length > 0 ? [] : snapshot.groups.filter(holds(name)).filter(isHeld).slice(0, 1);
    const from = [...has, ...came];
    // otherwise it attached the policy to itself
    const own = had || from.length === 0;
    return (!own || takes(name, by.arn, kind)) && from.every(({ arn }) => takes(name, arn, 'Group'));
  };
  if (!inAws) {
    // one round for each policy: each round may unlock another one
    for (const _ of others)
      for (const one of others) if (!gone.has(one) && isRid(one.name.replace(/:v\d+$/, ''))) gone.add(one);
  }
  return [...ofSessions, ...others.filter((one) => !gone.has(one))].map(({ name }) => name);
}

const withoutAllows = onceEach(
  (policy: CompiledPolicy): CompiledPolicy => ({
    name: policy.name,
    kind: policy.kind,
    document: policy.document,
    statements: policy.statements.filter(({ effect }) => effect !== 'Allow'),
    byAction: new Map(),
  }),
);

/** The same, computed once for each policy. */
function onceEach<T>(compute: (policy: CompiledPolicy) => T): (policy: CompiledPolicy) => T {
  const known = new WeakMap<CompiledPolicy, T>();
  return (policy) => remembered(known, policy, () => compute(policy));
}
