import { expect, test } from 'vitest';
import { cellsOf } from '../../lib/matrix/answers/list-cells.ts';
import { buildMatrix } from '../../lib/matrix/build.ts';
import { canonicalSnapshot } from '../../lib/snapshot/canonical.ts';
import { parseSnapshot } from '../../lib/snapshot/schema.ts';
import type { SnapshotSettings } from '../../lib/snapshot/snapshot.ts';
import { account, allow, deny } from '../fixtures/account.ts';
import { differences } from './compare-matrices.ts';
import { naiveMatrix } from './naive-build.ts';

const INSTANCE = 'arn:aws:ec2:*:*:instance/*';
const SHELL = 'arn:aws:ssm:*:*:document/SSM-SessionManagerRunShell';

/** The requests of alice's session-manager cell in a snapshot that was stored and read back. */
function requests(resource: unknown, settings?: SnapshotSettings): readonly string[] | undefined {
  const users = [{ name: 'alice', policies: [allow('ssm:StartSession', resource)] }];
  const made = { ...account({ users, instances: [{ id: 'i-1' }] }), ...(settings && { settings }) };
  const snapshot = parseSnapshot(JSON.parse(JSON.stringify(canonicalSnapshot(made))));
  const [cell] = cellsOf(buildMatrix(snapshot), snapshot, { path: 'session-manager' });
  return cell?.requests.map((request) => request.resource.split(':').slice(5).join(':'));
}

test('the default session document may need a grant, or does as the snapshot says', () => {
  expect(requests(INSTANCE)).toEqual(['instance/i-1']);
  expect(requests([INSTANCE, SHELL])).toEqual(['instance/i-1', 'document/SSM-SessionManagerRunShell']);
  expect(requests([INSTANCE, SHELL], { defaultSessionDocument: 'implicit' })).toEqual(['instance/i-1']);
  expect(requests(INSTANCE, { defaultSessionDocument: 'implicit' })).toEqual(['instance/i-1']);
  expect(requests(INSTANCE, { defaultSessionDocument: 'explicit' })).toBeUndefined();
  expect(requests([INSTANCE, SHELL], { defaultSessionDocument: 'explicit' })).toEqual([
    'instance/i-1',
    'document/SSM-SessionManagerRunShell',
  ]);
});

test.each(['either', 'explicit', 'implicit'] as const)(
  'with %s a Deny of the document closes the path',
  (rule) => {
    const users = [
      { name: 'alice', policies: [allow('ssm:StartSession'), deny('ssm:StartSession', SHELL)] },
      {
        name: 'bob',
        policies: [
          allow('ssm:StartSession', INSTANCE),
          deny('ssm:StartSession', SHELL, { BoolIfExists: { 'aws:MultiFactorAuthPresent': 'false' } }),
        ],
      },
    ];
    const settings = { defaultSessionDocument: rule };
    const snapshot = { ...account({ users, instances: [{ id: 'i-1' }] }), settings };
    const cells = [...cellsOf(buildMatrix(snapshot), snapshot, { path: 'session-manager' })];
    expect(cells.map(({ principal, condition }) => [principal.split('/')[1], condition?.text])).toEqual(
      rule === 'explicit' ? [] : [['bob', 'if signed in with MFA']],
    );
    expect(differences(buildMatrix(snapshot), naiveMatrix(snapshot))).toEqual([]);
  },
);
