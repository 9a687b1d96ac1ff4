import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { folderSource } from '../../lib/adapters/local/folder-source.ts';
import { collectAccount } from '../../lib/collect/collect.ts';
import { cellsOf } from '../../lib/matrix/answers/list-cells.ts';
import { buildMatrix } from '../../lib/matrix/build.ts';
import { ACCESS_PATHS } from '../../lib/matrix/paths/access-paths.ts';

const ROOT = join(import.meta.dirname, '../..');
const snapshot = await collectAccount(folderSource(join(ROOT, 'examples/ways-in')), new Date(0), {
  step: () => {},
});
const cells = [...cellsOf(buildMatrix(snapshot), snapshot)];
const nameOf = (arn: string): string => arn.slice(arn.lastIndexOf('/') + 1);

/** What a path cannot do without. */
const ALONG: readonly (readonly [path: string, principal: string])[] = [
  ['power', 'user-data'],
  ['session-manager-port-forward', 'fleet-manager-rdp'],
  ['power', 'agent'],
];

test.each(ACCESS_PATHS.map(({ id }) => id))('`%s` opens only for the user with that name', (path) => {
  const own = cells.filter((cell) => cell.path === path);
  const along = ALONG.filter(([id]) => id === path).map(([, principal]) => principal);
  expect([...new Set(own.map(({ principal }) => nameOf(principal)))].sort()).toEqual([path, ...along].sort());
  const held = own.filter(({ principal }) => nameOf(principal) === path);
  const verdict = path === 'just-in-time' ? 'conditional' : 'allowed';
  expect(held.every((cell) => cell.verdict === verdict && cell.via.length === 0)).toBe(true);
});

test('the page has the answers', () => {
  const page = readFileSync(join(ROOT, 'docs/ways-in.md'), 'utf8');
  const names = new Map(
    snapshot.regions.flatMap(({ instances }) =>
      (instances ?? []).map(({ id, tags }) => [id, tags.find(({ key }) => key === 'Name')?.value] as const),
    ),
  );
  const rows = ACCESS_PATHS.map(({ id }) => {
    const held = cells.filter(({ path, principal }) => path === id && nameOf(principal) === id);
    const on = [...new Set(held.map(({ instance }) => names.get(instance) ?? ''))];
    const actions = [
      ...new Set(held.flatMap(({ requests }) => requests.map(({ action }) => `\`${action}\``))),
    ];
    const lands = [...new Set(held.flatMap(({ landsAs }) => landsAs))];
    const codes = [...new Set(held.flatMap(({ uncertain }) => uncertain))].map((code) => `\`${code}\``);
    const shown = [on.length === names.size ? 'all' : on.join(', '), actions.join(', ')];
    return `| \`${id}\` | ${[...shown, lands.join(', ') || '-', codes.join(', ') || '-'].join(' | ')} |`;
  });
  expect(page.split('\n').filter((line) => line.startsWith('| `'))).toEqual(rows);
});
