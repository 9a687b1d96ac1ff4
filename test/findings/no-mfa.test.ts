import { expect, test } from 'vitest';
import { findFindings } from '../../lib/findings/find.ts';
import { providerMfaNote } from '../../lib/findings/provider-mfa.ts';
import { buildMatrix } from '../../lib/matrix/build.ts';
import { coverageNotes } from '../../lib/render/coverage-notes.ts';
import { ACCOUNT_ID, account, allow, STARTS_SESSIONS } from '../fixtures/account.ts';

const SAML = `arn:aws:iam::${ACCOUNT_ID}:saml-provider/AWSSSO_0123456789abcdef_DO_NOT_DELETE`;
const bySaml = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Federated: SAML }, Action: 'sts:AssumeRoleWithSAML' }],
};

const ALICE = { name: 'alice', policies: [allow(STARTS_SESSIONS)] };

/** These roles, which people take through an identity provider, and perhaps users and a role of EC2. */
const holding = (roles: readonly string[], users: readonly (typeof ALICE)[]) =>
  account({
    users,
    roles: [
      ...roles.map((name) => ({ name, trust: bySaml, policies: [allow(STARTS_SESSIONS)] })),
      { name: 'app', policies: [allow(STARTS_SESSIONS)] },
    ],
    instances: [{ id: 'i-1' }],
  });

test('the finding is about users, and not about roles of an identity provider', () => {
  const evidence = (users: readonly (typeof ALICE)[]) => {
    const snapshot = holding(['Ops', 'Admins'], users);
    const findings = findFindings({
      ...{ snapshot, matrix: buildMatrix(snapshot), previous: [], at: snapshot.takenAt },
    });
    return findings.find(({ rules }) => rules.includes('NO-MFA'))?.evidence;
  };
  expect(evidence([ALICE])?.[0]).toBe('without MFA: user `alice`');
  expect(evidence([ALICE])?.join()).not.toContain('Ops');
  expect(evidence([])).toBeUndefined();
});

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-multifactorauthpresent
test('one note of coverage names all roles that people take through an identity provider', () => {
  const note =
    'MFA is not judged for 2 roles that people take through an identity provider, since no policy says whether the provider requires it: role `Admins`, role `Ops`';
  expect(coverageNotes(holding(['Ops', 'Admins'], []))).toEqual([note]);
  expect(providerMfaNote(holding(['Ops'], [ALICE]))).toMatch(/for 1 role that people .*: role `Ops`$/);
  expect(coverageNotes(holding([], [ALICE]))).toEqual([]);
});
