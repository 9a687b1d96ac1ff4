import { expect, test } from 'vitest';
import { OrganizationBorders } from '../../lib/across/organization-borders.ts';
import type { AccountReach } from '../../lib/render/org/account-reach.ts';
import { OrgIndexer } from '../../lib/render/org/org-index.ts';
import { orgPage } from '../../lib/render/org/org-page.ts';
import { orgPart } from '../../lib/render/org/org-part.ts';
import { orgReach } from '../../lib/render/org/org-reach.ts';
import { fullReport } from './reports.ts';

/** An index of this many accounts. One permission set gives root in the last one and less in the others. */
function indexOf(accounts: number) {
  const indexer = new OrgIndexer();
  const part = orgPart(fullReport());
  for (let n = 0; n < accounts; n += 1) {
    const accountId = String(100_000_000_000 + n);
    const strongest = n === accounts - 1 ? 'root' : 'conditional, without a shell';
    indexer.add(
      {
        ...{ ...part, accountId },
        permissionSets: [{ name: 'Everywhere', strongest, instances: 1, paths: ['session-manager'] }],
        across: [{ from: '999999999999', strongest, instances: 1, paths: ['session-manager'] }],
      },
      { folder: accountId, run: 'runs/run-1', report: null },
    );
  }
  return indexer.index(orgReach(new OrganizationBorders(), []));
}

/** The page without the titles of columns in each cell, which a phone shows. */
const markupOf = (index: ReturnType<OrgIndexer['index']>): string =>
  orgPage(index, () => null).replaceAll(/ data-label="[^"]*"/g, '');

test('a permission set in thousands of accounts is counted, and listed where it gives most', () => {
  const page = markupOf(indexOf(3000));
  const sets = page.slice(page.indexOf('<h2>Permission sets'), page.indexOf('<h2>From one account'));
  expect(sets).toContain('<b>3,000 accounts</b>');
  expect(sets).toContain('root in 1 account');
  expect(sets).toMatch(/<td>100000002999<\/td><td>root<\/td>/);
  expect(sets).toContain('and 2,800 more accounts: see the pages of the accounts');
  expect(sets.match(/<tr>/g)?.length).toBeLessThan(210);
  expect(page.slice(page.indexOf('<h2>From one account'))).toContain('and 1,000 more ways');
});

test('a shell ranks above one with a condition', () => {
  const indexer = new OrgIndexer();
  const part = orgPart(fullReport());
  for (const [accountId, strongest] of [
    ['111122223333', 'a shell under a condition'],
    ['222233334444', 'a shell'],
    ['333344445555', 'unknown'],
  ] as const) {
    const permissionSets = [{ name: 'Ops', strongest, instances: 1, paths: [] }];
    indexer.add({ ...part, accountId, permissionSets }, { folder: accountId, run: 'runs/1', report: null });
  }
  const page = markupOf(indexer.index(orgReach(new OrganizationBorders(), [])));
  const sets = page.slice(page.indexOf('<h2>Permission sets'), page.indexOf('<h2>From one account'));
  expect(sets).toContain('a shell in 1 account');
  expect(sets.match(/<td>(\d{12})<\/td>/g)).toEqual(
    ['222233334444', '111122223333', '333344445555'].map((id) => `<td>${id}</td>`),
  );
});

test('a repeated account is named, and counts once', () => {
  const indexer = new OrgIndexer();
  const part = orgPart(fullReport());
  for (const folder of ['a', 'b']) indexer.add(part, { folder, run: 'runs/run-1', report: null });
  const index = indexer.index(orgReach(new OrganizationBorders(), []));
  expect(index.accounts).toHaveLength(1);
  expect(index.failed).toEqual([{ folder: 'b', problem: expect.stringContaining('as `a` is') }]);
});

test('access between accounts is shown with its chain, and with what may be missing', () => {
  const accounts = Array.from({ length: 25 }, (_, n) => ({
    ...{ accountId: String(200_000_000_000 + n), strongest: 'root', instances: 3, production: 1, paths: [] },
    ...{
      verdict: 'conditional',
      uncertain: [],
      via: ['iam:PutUserPolicy', `arn:aws:iam::20000000000${n % 10}:role/<b>`],
    },
    condition: { anyOf: [], text: 'if sts:ExternalId is <i>' },
  })) as readonly AccountReach[];
  const group = {
    ...{
      accountId: '111122223333',
      principals: ['a', 'b', 'c', 'd', 'e', 'f'].map((n) => `arn:aws:iam::111122223333:user/${n}`),
    },
    ...{
      principalCount: 3000,
      people: 2,
      accounts,
      accountCount: 4000,
      strongest: 'root',
      instances: 9000,
      production: 12,
    },
  };
  const reach = {
    groups: Array.from({ length: 201 }, () => group),
    ...{ groupCount: 201, principalCount: 603_000 },
    unknown: [{ account: '333344445555', why: 'its run left none' }],
    left: [],
  };
  const page = markupOf(new OrgIndexer().index(reach));
  const section = page.slice(page.indexOf('<h2>Chains across'), page.indexOf('<h2>From one account'));
  expect(section).toContain('user/e and 2,995 more of 111122223333: 2 people');
  expect(section).toContain('<b>4,000 accounts</b>');
  expect(section).toContain('iam:PutUserPolicy, then role/&lt;b&gt; of 200000000000');
  expect(section).toContain('if sts:ExternalId is &lt;i&gt;');
  expect(section).toContain('and 3,980 more accounts');
  expect(section).toContain('and 1 more group of principals');
  expect(section.match(/<td>2000000000\d\d<\/td>/g)).toHaveLength(200 * 20);
  expect(section).toMatch(/Chains that may be missing.*333344445555.*its run left none/s);
});

test('an account that was not audited has no numbers, and neither has a unit of such accounts', () => {
  const indexer = new OrgIndexer();
  const part = orgPart(fullReport());
  const blind = { state: 'blind' as const, why: 'no file `iam.json`' };
  for (const [accountId, more] of [
    ['111122223333', { unit: 'Workloads' }],
    ['222233334444', { unit: null, ...blind }],
  ] as const)
    indexer.add({ ...part, ...more, accountId }, { folder: accountId, run: 'runs/1', report: null });
  const page = markupOf(indexer.index(orgReach(new OrganizationBorders(), [])));
  expect(page).toContain('no file <code class="whole">iam.json</code>');
  expect(page).toContain(`<td>not known</td><td>1</td><td>1</td>${'<td>not known</td>'.repeat(4)}`);
});

test('the gravest paths of a permission set come first, and the others on demand', () => {
  const indexer = new OrgIndexer();
  const paths = ['power', 'console-read', 'file-read', 'disk-copy', 'tag-rewrite', 'run-command'] as const;
  const permissionSets = [{ name: 'Ops', strongest: 'root', instances: 1, paths: [...paths] }];
  indexer.add({ ...orgPart(fullReport()), permissionSets }, { folder: 'a', run: 'runs/1', report: null });
  const page = markupOf(indexer.index(orgReach(new OrganizationBorders(), [])));
  expect(page).toMatch(/<details><summary>Run Command, .* and 2 more<\/summary>/);
  expect(page).not.toContain('console-read');
});
