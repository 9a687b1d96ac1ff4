import { expect, test } from 'vitest';
import { findFindings } from '../../lib/findings/find.ts';
import { buildMatrix } from '../../lib/matrix/build.ts';
import { ACCOUNT_ID, account, allow } from '../fixtures/account.ts';

const instance = (id: string): string => `arn:aws:ec2:us-east-1:${ACCOUNT_ID}:instance/${id}`;
const inTeam = { StringEquals: { 'ssm:resourceTag/team': 'web' } };

/** alice runs commands on one instance by each of two policies; `production`: that of the second is production. */
function severities(production: boolean): Record<string, string> {
  const snapshot = account({
    users: [
      {
        name: 'alice',
        policies: [
          { name: 'Team', document: allow('ssm:SendCommand', instance('*'), inTeam) },
          { name: 'One', document: allow('ssm:SendCommand', instance('i-2')) },
          { name: 'Documents', document: allow('ssm:SendCommand', 'arn:aws:ssm:*:*:document/*') },
        ],
      },
    ],
    instances: [
      { id: 'i-1', tags: { env: 'test', team: 'web' } },
      { id: 'i-2', tags: { env: production ? 'prod' : 'test' } },
      { id: 'i-3', tags: { env: 'test' } },
    ],
  });
  const findings = findFindings({
    ...{ snapshot, matrix: buildMatrix(snapshot), previous: [], at: snapshot.takenAt },
  });
  const of = (name: string) => findings.find(({ cause }) => cause.resource.endsWith(`#${name}`));
  return Object.fromEntries(['Team', 'One'].map((name) => [name, of(name)?.severity ?? 'none']));
}

test('the severity of a finding is that of the reach through its own statement', () => {
  expect(severities(true)).toEqual({ Team: 'medium', One: 'critical' });
  expect(severities(false)).toEqual({ Team: 'medium', One: 'medium' });
});
