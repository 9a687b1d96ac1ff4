import { expect, test } from 'vitest';
import { cellsOf } from '../../../lib/matrix/answers/list-cells.ts';
import { buildMatrix } from '../../../lib/matrix/build.ts';
import { account, allow } from '../../fixtures/account.ts';
import { differences } from '../compare-matrices.ts';
import { naiveMatrix } from '../naive-build.ts';

const association = (instance: string, documentVersion: string) => ({
  id: `association-of-${instance}`,
  document: 'Patch',
  documentVersion,
  targets: [{ key: 'InstanceIds', values: [instance] }],
  schedule: null,
});

test('an instance that runs the newest version of a document is told from one that runs the default one', () => {
  const snapshot = account({
    // no policy names a document, so that none tells two of them apart
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
