import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { folderSource } from '../../lib/adapters/local/folder-source.ts';
import { collectAccount } from '../../lib/collect/collect.ts';
import { placesIn } from '../../lib/evaluator/bits.ts';
import { auditedAccount } from '../../lib/matrix/account/audited-account.ts';
import { rowsOf } from '../../lib/matrix/build.ts';
import { outsideSubjects } from '../../lib/matrix/chains/outside.ts';
import { ACCESS_PATHS, type AccessPath } from '../../lib/matrix/paths/access-paths.ts';

const acme = await collectAccount(folderSource('examples/acme'), new Date(0), { step: () => undefined });
const { rows, subjects, instances } = rowsOf(acme);
const page = readFileSync('docs/matrix.md', 'utf8');
const sessionManager = ACCESS_PATHS.find(({ id }) => id === 'session-manager') as AccessPath;

const subject = (end: string): number => subjects.findIndex(({ arn }) => arn.endsWith(end));
const placeOf = (id: string): number => rows.placeOf(instances.findIndex((one) => one.id === id));

test('docs/matrix.md has the right numbers of subjects, instances and classes', () => {
  expect(page).toContain(`has ${subjects.length} subjects`);
  expect(page).toContain(`has ${instances.length} instances in ${rows.width} classes`);
  expect(page).toContain(
    `\`web-2\` is place ${placeOf('i-0598c7d356eba48d7')} and \`web-1\` is place ${placeOf('i-1234567890abcdef0')}`,
  );
  expect(placeOf('i-0b1c4e7f9a2d58360')).toBe(placeOf('i-0c8a6e4f2b0d19375'));
});

test('docs/matrix.md shows the policy and the outsider as they are', () => {
  const policy = acme.policies.find(({ name }) => name === 'PartnerPatching')!;
  const { Statement: statements } = policy.document as { Statement: { Sid: string }[] };
  const [, shown = ''] = /```json\n(.*?)```/s.exec(page) ?? [];
  expect(statements[0]).toEqual(JSON.parse(shown));
  expect(statements.map(({ Sid }) => Sid)).toContain(/Its statement `(\w+)` allows/.exec(page)?.[1]);
  const [outsider, ...others] = outsideSubjects(auditedAccount(acme).account);
  expect([outsider?.arn, others]).toEqual(['arn:aws:iam::444455556666:root', []]);
});

test('docs/matrix.md names files that exist', () => {
  const files = [...page.matchAll(/`([\w/-]+\.ts)`/g)].map(([, file]) => file as string);
  const roots = ['', 'lib/', 'lib/matrix/'];
  expect(files.filter((file) => !roots.some((root) => existsSync(root + file)))).toEqual([]);
});

test("docs/matrix.md follows the partner's cell through its role", () => {
  const role = subject('role/PartnerPatching');
  const [cell, ...others] = rows.direct(role, sessionManager);
  expect(others).toEqual([]);
  expect(cell).toMatchObject({
    verdict: 'allowed',
    alternative: 'default document not granted',
    landsAs: ['ssm-user'],
  });
  expect(page).toContain(`gives {${placesIn(cell!.bits).join(', ')}}, allowed`);
  const partner = subject('444455556666:root');
  const chains =
    [...rows.chains()].find(({ principals }) => principals.includes(partner))?.levels.flat() ?? [];
  expect(chains.map(({ to }) => to)).toEqual([role]);
});
