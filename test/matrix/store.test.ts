import fc from 'fast-check';
import { expect, test } from 'vitest';
import { generateAccount } from '../../bench/generate-account.ts';
import { type CellFilter, findGroups } from '../../lib/matrix/answers/find-groups.ts';
import { buildMatrix } from '../../lib/matrix/build.ts';
import type { Matrix, Outcome } from '../../lib/matrix/paths/matrix.ts';
import { holdsPlace, loadSet, storeSet } from '../../lib/matrix/stored/number-set.ts';
import { readMatrix, writeMatrix } from '../../lib/matrix/stored/store.ts';

const outcome: fc.Arbitrary<Outcome> = fc.record(
  {
    verdict: fc.constantFrom('allowed', 'conditional', 'unknown'),
    condition: fc.constantFrom(null, {
      anyOf: [{ allOf: [{ key: 'aws:SourceIp', operator: 'IpAddress', values: ['10.0.0.0/8'] }] }],
      text: 'aws:SourceIp in 10.0.0.0/8',
    }),
    alternative: fc.string(),
    landsAs: fc.array(fc.string(), { maxLength: 2 }),
    via: fc.array(fc.string(), { maxLength: 2 }),
    grants: fc.array(
      fc.record({
        policy: fc.string(),
        statement: fc.nat(3),
        sid: fc.option(fc.string()),
        layer: fc.constantFrom('identityPolicies', 'permissionsBoundary'),
      }),
      { maxLength: 2 },
    ),
    uncertain: fc.subarray(['malformed-policy', 'bool-variable'] as const),
    opens: fc.array(
      fc.record({
        principal: fc.string(),
        path: fc.constant('power'),
        key: fc.string(),
        value: fc.option(fc.string()),
      }),
      { maxLength: 2 },
    ),
    missing: fc.string(),
  },
  {
    requiredKeys: ['verdict', 'condition', 'alternative', 'landsAs', 'via', 'grants', 'uncertain'],
    noNullPrototype: true,
  },
);

/** Matrices of a test or of another program: plain lists, in any order. */
const byHand: fc.Arbitrary<Matrix> = fc.tuple(fc.nat(40), fc.nat(70)).chain(([principals, instances]) => {
  const someOf = (count: number) => fc.subarray([...Array(count).keys()]).map((list) => list.reverse());
  return fc.record<Matrix>({
    schemaVersion: fc.constant(1),
    accountId: fc.constant('111122223333'),
    takenAt: fc.constant('2026-08-23T10:15:00.000Z'),
    paths: fc.constant(['power', 'session-manager']),
    principals: fc.constant(
      Array.from({ length: principals }, (_, i) => ({ arn: `arn:user/${i}`, kind: 'user' })),
    ),
    instances: fc.array(
      fc.record({
        id: fc.string(),
        arn: fc.string(),
        region: fc.constantFrom('us-east-1', 'eu-west-1'),
        name: fc.option(fc.string()),
      }),
      { minLength: instances, maxLength: instances },
    ),
    groups: fc.array(
      fc.record({
        path: fc.constantFrom('power', 'session-manager'),
        principals: someOf(principals),
        instances: someOf(instances),
        outcome,
      }),
      { maxLength: 6 },
    ),
  });
});

/** A matrix with plain lists, in order. */
const plain = (matrix: Matrix): Matrix => ({
  ...matrix,
  groups: matrix.groups.map(({ path, principals, instances, outcome: shared }) => ({
    path,
    principals: principals.toSorted((a, b) => a - b),
    instances: instances.toSorted((a, b) => a - b),
    outcome: shared,
  })),
});

test('a matrix made by hand is read back unchanged', () => {
  fc.assert(
    fc.property(byHand, (matrix) => {
      expect(plain(readMatrix(writeMatrix(matrix)))).toEqual(plain(matrix));
    }),
  );
});

/** The cells of a filter in the groups of a matrix, by name. */
const said = (matrix: Matrix, filter: CellFilter) =>
  [...findGroups(matrix, filter)].map(({ group, principals, instances }) => ({
    path: group.path,
    outcome: group.outcome,
    principals: principals.map((place) => matrix.principals[place]).sort(byText),
    instances: (instances ?? group.instances).map((place) => matrix.instances[place]).sort(byText),
  }));
const byText = (a: object | undefined, b: object | undefined) =>
  JSON.stringify(a) < JSON.stringify(b) ? -1 : 1;

test.each([
  ['a row a line', (text: string) => text],
  ['on one line', (text: string) => JSON.stringify(JSON.parse(text))],
  ['indented', (text: string) => JSON.stringify(JSON.parse(text), null, 2)],
])('a part of a matrix gives the same answers as the whole: %s', (_, layout) => {
  fc.assert(
    fc.property(byHand, fc.nat(), fc.nat(), (matrix, i, p) => {
      const text = layout(writeMatrix(matrix));
      const id = matrix.instances[i % (matrix.instances.length + 1)]?.id ?? 'i-none';
      const arn = matrix.principals[p % (matrix.principals.length + 1)]?.arn ?? 'arn:none';
      const one = [{ instance: id }, { principal: arn }, { instance: id, principal: arn }, {}];
      for (const filter of one.flatMap((some) => [some, { ...some, path: 'power' as const }]))
        expect(said(readMatrix(text, filter), filter)).toEqual(said(matrix, filter));
    }),
  );
});

test('only the instances of the question and of its chains are read', () => {
  const matrix = buildMatrix(generateAccount({ principals: 60, instances: 80, seed: 3 }));
  const ids = new Map(matrix.instances.map(({ arn, id }) => [arn, id]));
  const text = writeMatrix(matrix);
  let steps = 0;
  for (const { id } of matrix.instances) {
    const part = readMatrix(text, { instance: id });
    const led = part.groups.flatMap(({ outcome: { via } }) => via.flatMap((step) => ids.get(step) ?? []));
    expect(part.instances.map((one) => one.id).sort()).toEqual([...new Set([id, ...led])].sort());
    expect(part.instanceCount).toBe(matrix.instances.length);
    steps += part.instances.length - 1;
  }
  expect(steps).toBeGreaterThan(0);
});

test('a built matrix is read back unchanged, and written again with the same bytes', () => {
  const matrix = buildMatrix(generateAccount({ principals: 60, instances: 80, seed: 3 }));
  const text = writeMatrix(matrix);
  const back = readMatrix(text);
  expect(matrix.groups.length).toBeGreaterThan(20);
  expect(plain(back)).toEqual(plain(matrix));
  expect(writeMatrix(back)).toBe(text);
  expect(writeMatrix(plain(matrix))).toBe(text);
});

test('cells that share everything take one row, however many there are', () => {
  const of = (count: number): Matrix => ({
    schemaVersion: 1,
    accountId: '111122223333',
    takenAt: '2026-08-23T10:15:00.000Z',
    paths: ['power'],
    principals: Array.from({ length: count }, (_, i) => ({ arn: `arn:user/${i}`, kind: 'user' })),
    instances: [],
    groups: [
      {
        path: 'power',
        principals: [...Array(count).keys()],
        instances: [],
        outcome: {
          verdict: 'allowed',
          condition: null,
          alternative: 'stop',
          landsAs: [],
          via: [],
          grants: [],
          uncertain: [],
        },
      },
    ],
  });
  const lines = (count: number) => writeMatrix(of(count)).split('\n').length - count;
  expect(lines(1000)).toBe(lines(10));
});

test('a set of numbers is stored in the shorter form and read back', () => {
  const bits = fc.integer({ min: 0, max: 200 }).chain((width) =>
    fc.subarray([...Array(width).keys()]).map((list) => {
      const set = new Uint32Array((width + 31) >>> 5);
      for (const at of list) set[at >>> 5]! |= 1 << (at & 31);
      return { width, set };
    }),
  );
  fc.assert(
    fc.property(bits, ({ width, set }) => {
      const stored = storeSet(set);
      expect(loadSet(stored, width)).toEqual(set);
      const held = Array.from({ length: width + 40 }, (_, at) => (set[at >>> 5]! >>> (at & 31)) & 1);
      expect(held.map((_, at) => Number(holdsPlace(stored, at)))).toEqual(held);
      expect(holdsPlace(stored, -1)).toBe(false);
      expect(JSON.stringify(stored).length).toBeLessThanOrEqual(4 * Math.ceil((4 * set.length) / 3) + 2);
    }),
  );
});

test.each([
  ['text that is no JSON', 'groups', 'it is not JSON: scan the account again'],
  ['a list', '[]', 'this is not a matrix of version 1: scan the account again'],
  ['null', 'null', 'this is not a matrix of version 1: scan the account again'],
  [
    'cells as groups of lists, without a kind',
    '{"schemaVersion":1,"groups":[]}',
    'this is not a matrix of version 1: scan the account again',
  ],
])('%s is refused', (_, text, message) => {
  expect(() => readMatrix(text)).toThrow(message);
  expect(() => readMatrix(text, { path: 'power' })).toThrow(message);
});

test('a text that ends too early is refused, for every question', () => {
  const text = writeMatrix(buildMatrix(generateAccount({ principals: 20, instances: 20, seed: 1 })));
  for (let end = 1; end < text.length - 2; end += 97)
    expect(() => readMatrix(text.slice(0, end), { instance: 'i-1' })).toThrow(/is not JSON: scan/);
});

/** Without the row counts, like older files. */
const written = {
  ...JSON.parse(writeMatrix(buildMatrix(generateAccount({ principals: 20, instances: 20, seed: 1 })))),
  rows: undefined,
};

test.each([
  ['groups', 'a', '$.groups'],
  ['groups', [[0, 0, 0, 1e6]], '$.groups[0]'],
  ['groups', [[0, 0, 0.5, 0]], '$.groups[0]'],
  ['groups', [null], '$.groups[0]'],
  ['sets', [[1e9, 1]], '$.sets[0]'],
  ['sets', ['?'], '$.sets[0]'],
  ['sets', [[1, -1]], '$.sets[0]'],
  ['sets', ['/'.repeat(2000)], '$.sets[0]'],
  ['holders', [[0]], '$.holders[0]'],
  ['instances', [['i-1', null, 0, 5]], '$.instances[0]'],
  ['instances', [['i-1', 1, 0, 0]], '$.instances[0]'],
  ['principals', [['arn', 'service']], '$.principals[0]'],
  ['outcomes', [[]], '$.outcomes[0]'],
  ['values', ['never'], '$.'],
  ['accountId', 1, '$.accountId'],
])('a wrong `%s` is named', (table, value, place) => {
  expect(() => readMatrix(JSON.stringify({ ...written, [table]: value }))).toThrow(
    `this is not a matrix of version 1: \`${place}`,
  );
});

const TABLES = ['principals', 'places', 'instances', 'values', 'outcomes', 'holders', 'sets', 'groups'];

test.each(TABLES)('one row of `%s` more or less is noticed, for every question', (table) => {
  const matrix = buildMatrix(generateAccount({ principals: 20, instances: 20, seed: 1 }));
  const lines = writeMatrix(matrix).split('\n');
  const first = lines.indexOf(`"${table}":[`) + 1;
  expect(first).toBeGreaterThan(0);
  const filters = [
    {},
    { principal: 'arn:none' },
    { instance: matrix.instances[0]?.id ?? '' },
    { path: 'power' as const },
  ];
  for (const changed of [lines.toSpliced(first, 1), lines.toSpliced(first, 0, lines[first] ?? '')])
    for (const filter of filters)
      expect(() => readMatrix(changed.join('\n'), filter)).toThrow(/ cannot be read: |is not JSON: /);
});

test.each([
  ['an undefined condition', /^\{"anyOf":.*\}(?=,?$)/m, '{"anyOf":[null],"text":"if"}'],
  ['a condition of no terms', /^\{"anyOf":.*\}(?=,?$)/m, '{"anyOf":[{"allOf":[5]}],"text":"if"}'],
  ['a condition that is no JSON', /^\{"anyOf":.*\}(?=,?$)/m, '{"anyOf"'],
])('%s is named with its place', (_, line, other) => {
  const text = writeMatrix(buildMatrix(generateAccount({ principals: 20, instances: 20, seed: 1 })));
  const changed = text.replace(line, other);
  expect(changed).not.toBe(text);
  expect(() => readMatrix(changed, { path: 'session-manager' })).toThrow(
    /`\$\.values\[\d+\]` cannot be read/,
  );
});

test.each(['principals', 'places', 'groups'])('a line of `%s` that is not a row is named', (table) => {
  const text = writeMatrix(buildMatrix(generateAccount({ principals: 20, instances: 20, seed: 1 })));
  const changed = text.replace(new RegExp(`("${table}":\\[\n)\\[`), '$1?');
  expect(() => readMatrix(changed, { principal: 'arn:none' })).toThrow(`\`$.${table}[0]\` cannot be read`);
});
