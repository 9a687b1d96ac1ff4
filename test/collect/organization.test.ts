import { describe, expect, it } from 'vitest';
import { collectAccount } from '../../lib/collect/collect.ts';
import { buildMatrix } from '../../lib/matrix/build.ts';
import type { Outcome } from '../../lib/matrix/paths/matrix.ts';
import type { Snapshot } from '../../lib/snapshot/snapshot.ts';
import { allow, deny, STARTS_SESSIONS } from '../fixtures/account.ts';
import { inputFiles } from '../fixtures/input-files.ts';
import { memorySource } from '../fixtures/memory-source.ts';

const files = Object.fromEntries(
  Object.entries(
    inputFiles({
      users: [{ name: 'ines', policy: allow(STARTS_SESSIONS) }],
      instances: [{ id: 'i-1' }],
    }),
  ).map(([file, data]) => [file.replace(/\.json$/, ''), data as object]),
);

const FULL = { Id: 'p-full', Name: 'Full', Content: JSON.stringify(allow('*')) };
const CLOSED = { Id: 'p-same', Name: 'Fence', Content: JSON.stringify(deny('ssm:*')) };
const OPEN = { ...CLOSED, Content: JSON.stringify(allow('*')) };

/** The account below levels with these service control policies, root first. */
async function under(...levels: readonly (readonly unknown[])[]): Promise<Snapshot> {
  const Targets = levels.map((ServiceControlPolicies, depth) => ({
    TargetId: `ou-${depth}`,
    ServiceControlPolicies,
    ResourceControlPolicies: [],
  }));
  const answers = {
    ...files,
    'us-east-1/ssm.get-document.SSM-SessionManagerRunShell': {},
    'organizations.effective-policies': { ManagementAccountId: '444455556666', Targets },
  };
  return collectAccount(memorySource(answers), new Date(0), { step: () => {} });
}

function session(snapshot: Snapshot): Pick<Outcome, 'verdict' | 'uncertain'> | null {
  const outcome = buildMatrix(snapshot).groups.find(({ path }) => path === 'session-manager')?.outcome;
  return outcome ? { verdict: outcome.verdict, uncertain: outcome.uncertain } : null;
}

const coverageOf = ({ coverage }: Snapshot) =>
  coverage.find(({ call }) => call === 'organizations.effective-policies');

describe('an attached policy without an id', () => {
  it.each([
    ['without an `Id`', { Name: 'Nameless', Content: OPEN.Content }],
    ['with an empty `Id`', { ...OPEN, Id: '' }],
    ['that is no object', 'p-text'],
  ])('may deny anything, so verdicts carry a code: %s', async (_, item) => {
    const snapshot = await under([FULL], [FULL, item]);
    expect(session(snapshot)).toEqual({ verdict: 'allowed', uncertain: ['guardrails-not-collected'] });
    expect(coverageOf(snapshot)).toMatchObject({ status: 'unreadable' });
    expect(coverageOf(snapshot)?.detail).toContain('a policy without an `Id`');
  });

  it('as the only one of its level closes nothing with certainty', async () => {
    const uncertain = ['guardrails-not-collected'];
    expect(session(await under([FULL], [{ Content: OPEN.Content }]))).toEqual({
      verdict: 'allowed',
      uncertain,
    });
  });
});

describe('two policies with one `Id`', () => {
  it.each([
    ['the open one first', [FULL, OPEN], [FULL, CLOSED]],
    ['the closed one first', [FULL, CLOSED], [FULL, OPEN]],
  ])('and different contents both limit: %s', async (_, root, account) => {
    const snapshot = await under(root, account);
    expect(session(snapshot)).toBeNull();
    expect(snapshot.policies.filter(({ kind }) => kind === 'scp').map(({ id }) => id)).toEqual([
      'p-full',
      'p-same',
      'p-same#2',
    ]);
    expect(snapshot.problems?.map(({ message }) => message)).toEqual([
      '`p-same` has other contents than before: both are kept',
    ]);
  });

  it('both limit at one level as well', async () => {
    expect(session(await under([FULL], [FULL, OPEN, CLOSED]))).toBeNull();
  });

  it('of which one was not read carry a code', async () => {
    const snapshot = await under([FULL, OPEN], [FULL, { ...OPEN, Content: undefined }]);
    expect(session(snapshot)).toEqual({ verdict: 'allowed', uncertain: ['guardrails-not-collected'] });
  });

  it('and equal contents are one policy', async () => {
    const snapshot = await under([FULL, OPEN], [FULL, OPEN]);
    expect(session(snapshot)).toEqual({ verdict: 'allowed', uncertain: [] });
    expect(snapshot.problems ?? []).toEqual([]);
    expect(snapshot.policies.filter(({ kind }) => kind === 'scp')).toHaveLength(2);
  });
});

describe('the id of the organisation', () => {
  const Targets = [
    { TargetId: 'r-1', Name: 'Root', ServiceControlPolicies: [FULL], ResourceControlPolicies: [] },
    { TargetId: '111122223333', ServiceControlPolicies: [FULL], ResourceControlPolicies: [] },
  ];
  const DESCRIBED = { Organization: { Id: 'o-k3x9m2p7qa', MasterAccountId: '999988887777' } };
  const DESCRIBE = 'organizations.describe-organization';
  const read = async (policies: object, more: Record<string, unknown> = {}) => {
    const source = memorySource({ ...files, 'organizations.effective-policies': policies, ...more });
    const snapshot = await collectAccount(source, new Date(0), { step: () => {} });
    const entry = snapshot.coverage.find(({ call }) => call === DESCRIBE);
    return { organization: snapshot.organization, status: entry?.status, calls: source.calls };
  };

  it('is the one of `describe-organization`', async () => {
    const { organization, status } = await read({ Targets }, { [DESCRIBE]: DESCRIBED });
    expect(organization?.id).toBe('o-k3x9m2p7qa');
    expect(organization?.levels.map(({ name }) => name)).toEqual(['Root', undefined]);
    expect(status).toBe('collected');
  });

  it('is not requested if the guardrails contain it, or if there is no organisation', async () => {
    const said = await read({ OrganizationId: 'o-said', Targets });
    expect(said.organization?.id).toBe('o-said');
    expect(said.calls).not.toContain(DESCRIBE);
    expect((await read({ Targets: [] })).calls).not.toContain(DESCRIBE);
  });

  it('is a gap if it was not read, and the levels are used anyway', async () => {
    const { organization, status } = await read({ Targets });
    expect(organization?.levels).toHaveLength(2);
    expect(organization).not.toHaveProperty('id');
    expect(status).toBe('not-collected');
    const without = await read({ Targets }, { [DESCRIBE]: {} });
    expect(without.status).toBe('unreadable');
  });
});
