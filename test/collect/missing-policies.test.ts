import { describe, expect, it } from 'vitest';
import { collectAccount } from '../../lib/collect/collect.ts';
import { buildMatrix } from '../../lib/matrix/build.ts';
import type { AccountSource } from '../../lib/ports/account-source.ts';
import type { Snapshot } from '../../lib/snapshot/snapshot.ts';
import { allow, STARTS_SESSIONS } from '../fixtures/account.ts';
import { inputFiles } from '../fixtures/input-files.ts';
import { memorySource } from '../fixtures/memory-source.ts';

const LIMIT = 'arn:aws:iam::aws:policy/OldLimit';
const OWN = 'arn:aws:iam::111122223333:policy/own-limit';

const iam = 'iam.get-account-authorization-details.json';
const base = inputFiles({
  users: ['ada', 'bo'].map((name) => ({ name, policy: allow(STARTS_SESSIONS) })),
  instances: [{ id: 'i-1' }],
});

/** The same account, with these boundaries. */
function withBoundaries(...arns: readonly string[]): Readonly<Record<string, unknown>> {
  const list = base[iam] as { UserDetailList: readonly object[] };
  const UserDetailList = list.UserDetailList.map((user, i) => ({
    ...user,
    ...(arns[i] ? { PermissionsBoundary: { PermissionsBoundaryArn: arns[i] } } : {}),
  }));
  return { ...base, [iam]: { ...list, UserDetailList } };
}

/** A source with these answers besides the account's own; `copies`: policies of which it has a copy. */
function sourceOf(more: Readonly<Record<string, unknown>>, copies: Readonly<Record<string, unknown>> = {}) {
  const answers = { ...withBoundaries(LIMIT, OWN), ...more };
  const source = memorySource(
    Object.fromEntries(Object.entries(answers).map(([file, data]) => [file.replace(/\.json$/, ''), data])),
  );
  const copyOfPolicy: AccountSource['copyOfPolicy'] = async (arn) =>
    Object.hasOwn(copies, arn) ? { document: copies[arn], date: '2026-01-31' } : null;
  return { ...source, copyOfPolicy, regions: async () => ['us-east-1'] };
}

const collect = (source: AccountSource): Promise<Snapshot> =>
  collectAccount(source, new Date(0), { step: () => {} });

const entryOf = ({ coverage }: Snapshot) => coverage.find(({ call }) => call === 'iam.get-policy-version');

const fetched = (arn: string, document: unknown) => ({
  [`iam.get-policy.${arn}.json`]: {
    Policy: { PolicyName: 'x', Arn: arn, DefaultVersionId: 'v7' },
  },
  [`iam.get-policy-version.${arn}.v7.json`]: {
    PolicyVersion: { VersionId: 'v7', Document: encodeURIComponent(JSON.stringify(document)) },
  },
});

describe("a managed policy that the account's list omits", () => {
  it('is requested by itself, in its default version', async () => {
    const source = sourceOf({
      ...fetched(LIMIT, allow('ssm:*')),
      ...fetched(OWN, allow('ec2:*')),
    });
    const snapshot = await collect(source);
    expect(source.calls.filter((call) => call.startsWith('iam.get-policy'))).toHaveLength(4);
    expect(snapshot.policies.find(({ id }) => id === LIMIT)).toMatchObject({
      kind: 'aws-managed',
      document: allow('ssm:*'),
    });
    expect(snapshot.policies.find(({ id }) => id === OWN)?.kind).toBe('customer-managed');
    expect(entryOf(snapshot)).toMatchObject({ status: 'collected', items: 2 });
    const holders = buildMatrix(snapshot).groups.filter(({ path }) => path === 'session-manager');
    expect(holders.map(({ principals, outcome }) => [principals, outcome.verdict])).toEqual([
      [[0], 'allowed'],
    ]);
  });

  it('is named if it is refused, and everything that depends on it is unknown', async () => {
    const source = sourceOf(fetched(LIMIT, allow('ssm:*')));
    const snapshot = await collect(source);
    expect(entryOf(snapshot)).toMatchObject({ status: 'not-collected', items: 1 });
    expect(entryOf(snapshot)?.detail).toContain(`\`${OWN}\` is not there: there is no`);
    expect(snapshot.problems?.map(({ message }) => message)).toEqual([
      `the document of \`${OWN}\` is not there: there is no \`iam.get-policy.${OWN}\``,
    ]);
    const unknown = buildMatrix(snapshot).groups.filter(({ outcome }) => outcome.verdict === 'unknown');
    expect(unknown.flatMap(({ outcome }) => outcome.missing ?? [])).toContain(
      `iam get-policy-version of ${OWN}`,
    );
  });

  it('is replaced by a copy, which the verdict and coverage name', async () => {
    const source = sourceOf(fetched(OWN, allow('ec2:*')), { [LIMIT]: allow('ssm:*') });
    const snapshot = await collect(source);
    expect(snapshot.policies.find(({ id }) => id === LIMIT)?.copyOf).toBe('2026-01-31');
    expect(entryOf(snapshot)?.status).toBe('not-collected');
    expect(entryOf(snapshot)?.detail).toContain(`a copy of 2026-01-31`);
    const [held] = buildMatrix(snapshot).groups.filter(({ path }) => path === 'session-manager');
    expect(held?.outcome).toMatchObject({
      verdict: 'allowed',
      uncertain: ['data-channel-not-granted', 'policy-copy', 'preferences-not-collected'],
    });
  });

  it('is not requested if nobody has it', async () => {
    const source = sourceOf({
      'iam.get-account-authorization-details.json': {
        UserDetailList: [],
        GroupDetailList: [],
        RoleDetailList: [],
        Policies: [],
      },
    });
    expect(entryOf(await collect(source))).toBeUndefined();
    expect(source.calls.some((call) => call.startsWith('iam.get-policy'))).toBe(false);
  });
});
