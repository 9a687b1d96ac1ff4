import { describe, expect, it } from 'vitest';
import { buildMatrix } from '../../lib/matrix/build.ts';
import type { Outcome } from '../../lib/matrix/paths/matrix.ts';
import type { Organization, OrganizationLevel, Snapshot } from '../../lib/snapshot/snapshot.ts';
import { account, allow, deny, STARTS_SESSIONS } from '../fixtures/account.ts';
import { differences } from './compare-matrices.ts';
import { naiveMatrix } from './naive-build.ts';

const FULL = allow('*');
const SESSIONS = 'session-manager';

const base = account({
  users: [{ name: 'kim', policies: [allow(STARTS_SESSIONS)] }],
  instances: [{ id: 'i-1' }],
  organization: [{ scps: [FULL] }, { scps: [FULL, deny('ec2:*')] }],
});

function withLevels(
  change: (level: OrganizationLevel, depth: number) => Partial<OrganizationLevel>,
  residual = {},
): Snapshot {
  const organization = base.organization as Organization;
  const levels = organization.levels.map((level, depth) => ({ ...level, ...change(level, depth) }));
  return { ...base, organization: { ...organization, ...residual, levels } };
}

const withDocument = (id: string, document: unknown): Snapshot => ({
  ...base,
  policies: base.policies.map((one) => (one.id === id ? { ...one, document } : one)),
});

/** The user's access by Session Manager; null: it is denied. */
function held(snapshot: Snapshot): Pick<Outcome, 'verdict' | 'uncertain'> | null {
  const matrix = buildMatrix(snapshot);
  expect(differences(matrix, naiveMatrix(snapshot))).toEqual([]);
  const outcome = matrix.groups.find(({ path }) => path === SESSIONS)?.outcome;
  return outcome ? { verdict: outcome.verdict, uncertain: outcome.uncertain } : null;
}

const SURE = { verdict: 'allowed', uncertain: [] };
const UNSURE = { verdict: 'allowed', uncertain: ['guardrails-not-collected'] };

describe('service control policies', () => {
  it('limit access if every level has some', () => {
    expect(held(base)).toEqual(SURE);
    expect(held(withDocument('p-scp-1-0', deny('ssm:*')))).toBeNull();
  });

  it('limit nothing if no level has any: they are switched off', () => {
    expect(held(withLevels(() => ({ serviceControlPolicies: [] })))).toEqual(SURE);
    expect(held(withLevels(() => ({}), { scpsEnabled: false }))).toEqual(SURE);
    const denying = withLevels(() => ({ serviceControlPolicies: ['p-scp-1-1'] }), { scpsEnabled: false });
    expect(held(denying)).toEqual(SURE);
  });

  it('count as not collected if they are switched on and no level has any', () => {
    expect(held(withLevels(() => ({ serviceControlPolicies: [] }), { scpsEnabled: true }))).toEqual(UNSURE);
  });

  it('carry a code if one level is empty and others are not, which is impossible', () => {
    const half = withLevels((_, depth) => (depth === 0 ? { serviceControlPolicies: [] } : {}));
    expect(held(half)).toEqual(UNSURE);
  });

  it('carry a code if the list of a level is missing, and those of other levels still limit', () => {
    const lost = withLevels((_, depth) => (depth === 0 ? { serviceControlPolicies: null } : {}));
    expect(held(lost)).toEqual(UNSURE);
    expect(held({ ...lost, policies: withDocument('p-scp-1-0', deny('ssm:*')).policies })).toBeNull();
    expect(held(withLevels(() => ({ serviceControlPolicies: null })))).toEqual(UNSURE);
  });

  it('carry a code without their document: they may allow or deny anything', () => {
    expect(held(withDocument('p-scp-1-1', null))).toEqual(UNSURE);
    expect(held(withDocument('p-scp-1-0', null))).toEqual(UNSURE);
    expect(held(withDocument('p-scp-0-0', 'not a document'))).toEqual(UNSURE);
  });
});

describe('resource control policies', () => {
  it('may be missing at every level, and carry a code if they were not collected', () => {
    expect(held(withLevels(() => ({ resourceControlPolicies: [] })))).toEqual(SURE);
    expect(held(withLevels(() => ({ resourceControlPolicies: null })))).toEqual(UNSURE);
    expect(held(withLevels(() => ({ resourceControlPolicies: ['p-gone'] })))).toEqual(UNSURE);
  });
});

it('the management account has no guardrails, whatever was not collected', () => {
  const organization = { managementAccountId: base.accountId, levels: [] };
  expect(held({ ...base, organization })).toEqual(SURE);
});
