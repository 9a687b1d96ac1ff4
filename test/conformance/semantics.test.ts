import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Group, readGroups } from './cases.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8');

const doc = read('docs/semantics.md');
const groups = readGroups();
const cases = groups.flatMap((group) => group.cases);
const matrixTests = ['matrix', 'ways-in'].map((name) => read(`test/conformance/${name}.test.ts`)).join('\n');
const accounts = readdirSync(join(ROOT, 'test/conformance/accounts'))
  .map((file) => read(`test/conformance/accounts/${file}`))
  .join('');

/** The codes in the type's source, since a type does not exist at run time. */
const codes = [
  ...(/export type Uncertainty =([^;]*);/.exec(read('lib/evaluator/decision.ts'))?.[1] ?? '').matchAll(
    /'([^']+)'/g,
  ),
].map(([, code]) => code ?? '');

function rowOf(first: string): string {
  return doc.split('\n').find((line) => line.startsWith(`| ${first} |`)) ?? '';
}

function groupsOf(rule: number): Group[] {
  return groups.filter((group) => group.rule === rule && group.file !== 'unknown-context.json');
}

describe.each(Array.from({ length: 72 }, (_, i) => i + 1))('rule %i', (rule) => {
  const mine = groupsOf(rule);
  const row = rowOf(String(rule));

  test('has cases on both sides', () => {
    const decisions = mine.flatMap(({ cases: all }) => all.map((one) => one.expect?.decision));
    expect(decisions).toContain('allowed');
    expect(decisions.some((decision) => decision?.endsWith('Deny'))).toBe(true);
  });

  test('is documented with its page and its cases', () => {
    for (const { page, file, cases: all } of mine) {
      expect(row).toContain(page);
      expect(row).toContain(`\`${file}\` \`${rule}-*\``);
      for (const { id } of all) expect(id).toMatch(new RegExp(`^${rule}-`));
    }
  });
});

test('the 31 differences have their cases', () => {
  const numbers = groups.flatMap(({ difference }) => difference ?? []);
  expect(numbers).toEqual(Array.from({ length: 31 }, (_, i) => i + 1));
  for (const number of numbers) expect(doc).toContain(`\`x${number}*\``);
});

test('ids are unique, and no case is longer than a dozen lines', () => {
  expect(new Set(cases.map(({ id }) => id)).size).toBe(cases.length);
  for (const file of new Set(groups.map((group) => group.file)))
    for (const one of read(`test/conformance/${file}`)
      .split(/\n(?= {6}\{)/)
      .slice(1))
      expect(one.split('\n').findIndex((line) => line.includes('"expect": {'))).toBeLessThan(12);
});

test.each(cases.filter(({ level }) => level === 'matrix').map(({ id }) => id))(
  '`%s` is tested on an account, or listed as not done',
  (id) => {
    expect(matrixTests.includes(`'${id}'`) || doc.includes(`(\`${id}\`)`)).toBe(true);
  },
);

test('there are codes to test', () => {
  expect(codes).toContain('malformed-policy');
});

describe.each(codes)('`%s`', (code) => {
  test('is documented', () => {
    expect(rowOf(`\`${code}\``)).not.toBe('');
  });

  test('is tested', () => {
    const expected = cases.some((one) => one.expect?.uncertain?.includes(code));
    expect(expected || matrixTests.includes(`'${code}'`) || accounts.includes(`"${code}"`)).toBe(true);
  });
});
