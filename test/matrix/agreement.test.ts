import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { folderSource } from '../../lib/adapters/local/folder-source.ts';
import { collectAccount } from '../../lib/collect/collect.ts';
import { buildMatrix } from '../../lib/matrix/build.ts';
import { account, allow } from '../fixtures/account.ts';
import { anyAccount } from './arbitrary-account.ts';
import { cellTexts, differences } from './compare-matrices.ts';
import { naiveMatrix } from './naive-build.ts';

/** Raise it for a longer search: `LATCHKEY_FUZZ_RUNS=10000`. */
const runs = Number(process.env.LATCHKEY_FUZZ_RUNS ?? 150);
vi.setConfig({ testTimeout: 60_000 + runs * 2_000 });

test('whole rows give the same cells as single requests: generated accounts, all paths', () => {
  fc.assert(
    fc.property(
      anyAccount,
      fc.constantFrom('either' as const, 'implicit' as const, 'explicit' as const),
      (snapshot, setting) => {
        const set = { ...snapshot, settings: { defaultSessionDocument: setting } };
        expect(differences(buildMatrix(set), naiveMatrix(set))).toEqual([]);
      },
    ),
    { numRuns: runs },
  );
});

test('whole rows give the same cells as single requests: the example account', async () => {
  const folder = join(import.meta.dirname, '../../examples/acme');
  const snapshot = await collectAccount(folderSource(folder), new Date(0), { step: () => {} });
  const matrix = buildMatrix(snapshot);
  expect(differences(matrix, naiveMatrix(snapshot))).toEqual([]);
  expect(cellTexts(matrix).size).toBeGreaterThan(100);
});

test('the same one of two equally short chains is shown, whatever was searched before', () => {
  const trusting = (AWS: string) => ({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { AWS }, Action: 'sts:AssumeRole' }],
  });
  const snapshot = account({
    // it gives itself everything, so the engine does not search for boundaries that it may remove
    users: [{ name: 'u1', policies: [allow('iam:*')] }],
    roles: [
      { name: 'r1', policies: ['shared'], trust: trusting('444455556666') },
      {
        name: 'r3',
        policies: [
          { Version: '2012-10-17', Statement: { Effect: 'Allow', NotAction: 's3:*', Resource: '*' } },
        ],
        boundary: 'shared',
        trust: trusting('arn:aws:iam::444455556666:role/partner'),
      },
    ],
    policies: [{ name: 'shared', document: allow('iam:*') }],
    instances: [{ id: 'i-1' }],
  });
  expect(differences(buildMatrix(snapshot), naiveMatrix(snapshot))).toEqual([]);
});

test('instances with and without attached resources are in different classes', () => {
  const actions = [
    'ec2:ModifyNetworkInterfaceAttribute',
    'ec2:ModifyInstanceAttribute',
    'ec2:CreateSnapshot',
  ];
  const none = { networkInterfaces: [], volumes: [], securityGroups: [], privateIps: [] };
  const snapshot = account({
    users: actions.map((Action, i) => ({
      name: `u${i}`,
      policies: [{ Version: '2012-10-17', Statement: { Effect: 'Allow', Action, Resource: '*' } }],
    })),
    instances: [
      { id: 'i-1' },
      ...Object.entries(none).map(([key, list], i) => ({ id: `i-${i + 2}`, [key]: list })),
    ],
  });
  const matrix = buildMatrix(snapshot);
  expect(differences(matrix, naiveMatrix(snapshot))).toEqual([]);
  expect(cellTexts(matrix).size).toBeGreaterThan(0);
});
