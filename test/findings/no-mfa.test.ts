import { expect, test } from 'vitest';
import { findFindings } from '../../lib/findings/find.ts';
import { buildMatrix } from '../../lib/matrix/build.ts';
import { ACCOUNT_ID, account, allow, STARTS_SESSIONS } from '../fixtures/account.ts';

const SAML = `arn:aws:iam::${ACCOUNT_ID}:saml-provider/AWSSSO_0123456789abcdef_DO_NOT_DELETE`;
const bySaml = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Federated: SAML }, Action: 'sts:AssumeRoleWithSAML' }],
};

/** The evidence of `NO-MFA` for alice, a user, and these roles. */
function evidence(roles: readonly string[]): readonly string[] {
  const snapshot = account({
    users: [{ name: 'alice', policies: [allow(STARTS_SESSIONS)] }],
    roles: roles.map((name) => ({ name, trust: bySaml, policies: [allow(STARTS_SESSIONS)] })),
    instances: [{ id: 'i-1' }],
  });
  const findings = findFindings({
    ...{ snapshot, matrix: buildMatrix(snapshot), previous: [], at: snapshot.takenAt },
  });
  return findings.find(({ rules }) => rules.includes('NO-MFA'))?.evidence ?? [];
}

test('roles of an identity provider are named in one line as not judged', () => {
  const said = evidence(['Ops', 'Admins']);
  expect(said).toContain(
    'not judged, as no policy says whether their identity provider requires MFA: role `Admins`, role `Ops`',
  );
  expect(said[0]).toBe('without MFA: user `alice`');
  expect(evidence([]).join()).not.toContain('not judged');
});
