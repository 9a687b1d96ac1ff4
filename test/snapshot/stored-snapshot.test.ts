import { expect, test } from 'vitest';
import { parseSnapshot } from '../../lib/snapshot/schema.ts';
import type { Snapshot } from '../../lib/snapshot/snapshot.ts';
import { joinLines, linesWith, writeSnapshot } from '../../lib/snapshot/stored-snapshot.ts';
import { account, allow, regionOf } from '../fixtures/account.ts';

const managed = (id: string) => ({
  id,
  pingStatus: 'Online',
  platform: null,
  agentVersion: null,
  lastPing: null,
});
const snapshot = account({
  users: [{ name: 'i-2', policies: [allow('ssm:*', '*')] }],
  instances: [{ id: 'i-1', tags: { note: '],\n"instances":[' } }, { id: 'i-2' }, { id: 'i-3' }],
  organization: [{ scps: [allow('*')] }],
});
const [first] = snapshot.regions.map((region) => ({
  ...region,
  // sorted by id, as they are collected
  instances: region.instances!.map(({ id, ...rest }) => ({ id, ...rest })),
}));
const whole: Snapshot = {
  ...snapshot,
  policies: snapshot.policies.map((policy) => (policy.kind === 'scp' ? { ...policy, id: 'i-2' } : policy)),
  regions: [
    { ...first!, managedInstances: ['i-1', 'i-2', 'mi-3'].map(managed) },
    regionOf('eu-west-1', { instances: [{ ...first!.instances[0]!, id: 'i-\\"9' }], managedInstances: [] }),
    regionOf('eu-west-2', { instances: null, managedInstances: null }),
  ],
};

/** The part of a text that is read if these instances are wanted. */
const read = (text: string, ...wanted: string[]) => {
  const isWanted = linesWith(new Set(wanted));
  const lines = text.split(/(?<=\n)/).filter((line) => isWanted(line.replace(/\n$/, '').slice(0, 64)));
  return JSON.parse(joinLines(lines.join('')));
};
const idsOf = ({ regions }: Snapshot) =>
  regions.map(({ instances, managedInstances }) =>
    [instances, managedInstances].map((list) => list?.map(({ id }) => id) ?? null),
  );

test('a written snapshot is read back', () => {
  expect(parseSnapshot(JSON.parse(writeSnapshot(whole)))).toEqual(JSON.parse(JSON.stringify(whole)));
  const { problems, ...rest } = { ...whole, problems: undefined };
  expect(JSON.parse(writeSnapshot(rest as Snapshot))).toEqual(JSON.parse(JSON.stringify(rest)));
});

test.each([
  [
    [],
    [
      [[], []],
      [['i-\\"9'], []],
      [null, null],
    ],
  ],
  [
    ['i-1'],
    [
      [['i-1'], ['i-1']],
      [['i-\\"9'], []],
      [null, null],
    ],
  ],
  [
    ['i-3', 'mi-3'],
    [
      [['i-3'], ['mi-3']],
      [['i-\\"9'], []],
      [null, null],
    ],
  ],
  [
    ['i-1', 'i-2', 'i-3', 'mi-3'],
    [
      [
        ['i-1', 'i-2', 'i-3'],
        ['i-1', 'i-2', 'mi-3'],
      ],
      [['i-\\"9'], []],
      [null, null],
    ],
  ],
])('of instances only %j are read, of everything else all', (wanted, expected) => {
  const part = read(writeSnapshot(whole), ...wanted);
  expect(idsOf(part)).toEqual(expected);
  const without = ({ regions, ...rest }: Snapshot) => ({
    ...rest,
    regions: regions.map((region) => ({ ...region, instances: null, managedInstances: null })),
  });
  expect(without(part)).toEqual(JSON.parse(JSON.stringify(without(whole))));
});

test.each([
  ['on one line', JSON.stringify(whole)],
  ['indented', JSON.stringify(whole, null, 2)],
  [
    'with its lists broken elsewhere',
    JSON.stringify(whole, null, 1).replaceAll(/\n +/g, '\n').replaceAll('": [', '":['),
  ],
])('a snapshot %s is read completely', (_, text) => {
  expect(read(text, 'i-1')).toEqual(JSON.parse(text));
});
