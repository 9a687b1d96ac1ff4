import { expect, test } from 'vitest';
import { generateAccount } from '../../bench/generate-account.ts';
import { auditedAccount, pathOf } from '../../lib/matrix/account/audited-account.ts';
import { askAlternative } from '../../lib/matrix/account/one-cell.ts';
import { cellsOf } from '../../lib/matrix/answers/list-cells.ts';
import { buildMatrix } from '../../lib/matrix/build.ts';
import { readMatrix, writeMatrix } from '../../lib/matrix/stored/store.ts';
import { instancesOf } from '../../lib/snapshot/instances-of.ts';
import { account, allow } from '../fixtures/account.ts';

const snapshot = generateAccount({ principals: 60, instances: 60, seed: 5 });
const matrix = buildMatrix(snapshot);
const stored = readMatrix(writeMatrix(matrix));
const all = [...cellsOf(matrix, snapshot)];
const texts = (cells: Iterable<object>) => [...cells].map((cell) => JSON.stringify(cell)).sort();

test('a stored matrix contains the same cells as the original', () => {
  expect(all.length).toBeGreaterThan(1000);
  expect(texts(cellsOf(stored, snapshot))).toEqual(texts(all));
});

test('a filter returns exactly the matching cells', () => {
  const { principal, instance, path } = all[Math.floor(all.length / 2)]!;
  for (const filter of [{ principal }, { instance }, { path }, { principal, instance }, { instance, path }]) {
    const wanted = all.filter((cell) =>
      Object.entries(filter).every(([name, value]) => cell[name as 'principal'] === value),
    );
    expect(wanted.length).toBeGreaterThan(0);
    expect(texts(cellsOf(stored, snapshot, filter))).toEqual(texts(wanted));
  }
});

test('a name that is not in the matrix has no cells', () => {
  expect([...cellsOf(stored, snapshot, { instance: 'i-none' })]).toEqual([]);
  expect([...cellsOf(stored, snapshot, { principal: 'arn:none' })]).toEqual([]);
});

test("a condition spells its key as the principal's own policy does", () => {
  const mfa = (key: string): object => allow('ssm:StartSession', '*', { Bool: { [key]: 'true' } });
  const keys = ['aws:MultiFactorAuthPresent', 'aws:multifactorauthpresent'];
  const users = keys.map((key, i) => ({ name: `u${i}`, policies: [mfa(key)] }));
  const two = account({ users, instances: [{ id: 'i-1' }] });
  const cells = [...cellsOf(buildMatrix(two), two, { path: 'session-manager' })];
  expect(cells.map(({ condition }) => condition?.anyOf[0]?.allOf[0]?.key)).toEqual(keys);
});

test('the requests of a cell are those that the evaluator decides', () => {
  const audited = auditedAccount(snapshot);
  const instances = instancesOf(snapshot);
  const alternativeOf = new Map<string, string>(
    matrix.groups.flatMap((group) =>
      group.principals.flatMap((p) =>
        group.instances.map((i) => [`${p} ${i} ${group.path}`, group.outcome.alternative] as const),
      ),
    ),
  );
  const places = new Map(matrix.principals.map(({ arn }, p) => [arn, p]));
  const direct = all.filter((cell) => cell.via.length === 0);
  const names = new Set(direct.map((cell) => cell.path));
  expect(names.size).toBeGreaterThan(15);
  for (const cell of direct) {
    const i = instances.findIndex(({ id }) => id === cell.instance);
    const subject = audited.account.subjects.find(({ arn }) => arn === cell.principal);
    const id = alternativeOf.get(`${places.get(cell.principal)} ${i} ${cell.path}`);
    const alternative = pathOf(audited, cell.path)?.alternatives.find((one) => one.id === id);
    const { requests } = askAlternative(alternative!, instances[i]!, subject!, audited.account);
    const named = requests.filter(({ action }) => action !== 'ssmmessages:OpenDataChannel');
    expect(cell.requests).toEqual(named.map(({ action, resource }) => ({ action, resource })));
  }
});
