import { expect, test } from 'vitest';
import { auditedAccount } from '../../../lib/matrix/account/audited-account.ts';
import { cellsOf } from '../../../lib/matrix/answers/list-cells.ts';
import { buildMatrix } from '../../../lib/matrix/build.ts';
import { REMOVAL_KINDS } from '../../../lib/matrix/paths/obstacles.ts';
import { PATH_KINDS } from '../../../lib/matrix/paths/path-actions.ts';
import { ACCOUNT_ID, account, allow } from '../../fixtures/account.ts';
import { differences } from '../compare-matrices.ts';
import { naiveMatrix } from '../naive-build.ts';

const association = (instance: string, documentVersion: string) => ({
  id: `association-of-${instance}`,
  document: 'Patch',
  documentVersion,
  targets: [{ key: 'InstanceIds', values: [instance] }],
  schedule: null,
});

test('instances that run the newest and the default version of a document have different fingerprints', () => {
  const snapshot = account({
    // no policy names a document, so policies separate none
    users: [{ name: 'mia', policies: [allow('ssm:UpdateDocument')] }],
    instances: [{ id: 'i-1' }, { id: 'i-2' }],
    regions: {
      'us-east-1': {
        associations: [association('i-1', '$DEFAULT'), association('i-2', '$LATEST')],
        documents: [{ name: 'Patch', documentType: 'Command', tags: [] }],
      },
    },
  });
  const matrix = buildMatrix(snapshot);
  expect(differences(matrix, naiveMatrix(snapshot))).toEqual([]);
  const cells = [...cellsOf(matrix, snapshot, { path: 'document-rewrite' })];
  expect(cells.map(({ instance }) => instance)).toEqual(['i-2']);
});

const CLUSTER = `arn:aws:ecs:us-east-1:${ACCOUNT_ID}:cluster/web`;
const host = (id: string) => ({
  cluster: CLUSTER,
  arn: `arn:aws:ecs:us-east-1:${ACCOUNT_ID}:container-instance/web/${id}`,
  instance: id,
  status: 'ACTIVE',
});

test.each([
  {
    name: 'a host of a cluster is told from another where a condition names it',
    asked: 'i-1',
    found: ['i-1'],
  },
  { name: 'hosts of a cluster are alike where no condition names one', asked: null, found: ['i-1', 'i-2'] },
])('$name', ({ asked, found }) => {
  const condition = { ArnEquals: { 'ecs:container-instances': asked && host(asked).arn } };
  const snapshot = account({
    users: [
      {
        name: 'mia',
        policies: [
          allow('ecs:RegisterTaskDefinition'),
          allow('ecs:StartTask', '*', asked ? condition : {}),
          allow('iam:PassRole'),
        ],
      },
    ],
    instances: [{ id: 'i-1' }, { id: 'i-2' }, { id: 'i-3' }],
    regions: { 'us-east-1': { containerInstances: [host('i-1'), host('i-2')], containerServices: [] } },
  });
  const matrix = buildMatrix(snapshot);
  expect(differences(matrix, naiveMatrix(snapshot))).toEqual([]);
  const cells = [...cellsOf(matrix, snapshot, { path: 'container-host' })];
  expect(cells.map(({ instance }) => instance)).toEqual(found);
});

test('the kinds of resources that separate instances are those of every request of a path', () => {
  const condition = { StringEquals: { 'ec2:ResourceTag/team': 'web' } };
  const snapshot = account({
    users: [{ name: 'mia', policies: [allow('ssm:StartSession', '*', condition)] }],
    instances: [{ id: 'i-1' }],
  });
  // the alternatives of tag-rewrite depend on the account
  const asked = auditedAccount(snapshot).paths.flatMap(({ alternatives }) =>
    alternatives.flatMap(({ requests }) => requests.map(({ on }) => on)),
  );
  expect(asked.filter((kind) => !PATH_KINDS.has(kind))).toEqual([]);
  // only removers of obstacles ask about these
  expect(PATH_KINDS.has('vpc')).toBe(false);
  expect(REMOVAL_KINDS.has('vpc')).toBe(true);
});
