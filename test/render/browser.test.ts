import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { OrganizationBorders } from '../../lib/across/organization-borders.ts';
import type { PathId } from '../../lib/matrix/paths/cell.ts';
import { pack } from '../../lib/pipeline/pack.ts';
import { renderPage } from '../../lib/render/html/page.ts';
import { OrgIndexer } from '../../lib/render/org/org-index.ts';
import { orgPage } from '../../lib/render/org/org-page.ts';
import { orgPart } from '../../lib/render/org/org-part.ts';
import { orgReach } from '../../lib/render/org/org-reach.ts';
import { addressOf } from '../../lib/render/page/address.ts';
import type { Report } from '../../lib/render/report.ts';
import { trendOf } from '../../lib/render/trend-of.ts';
import { findChromium, NO_CHROMIUM } from '../browser/chromium.ts';
import { ADDRESSES, Pages } from '../browser/open-page.ts';
import { HOSTILE, hostileReport } from './hostile.ts';
import { largeReport } from './large-report.ts';
import { renderDigest } from './render-digest.ts';
import { FINDINGS, INSTANCES, ROLE, USER } from './report-facts.ts';
import { blindReport, fullReport, quietReport, RANKED_FIX } from './reports.ts';

const executablePath = findChromium();
const [LEDGER, SANDBOX] = [INSTANCES[2][0], INSTANCES[6][0]];
const manyFindings = (count: number) =>
  Array.from({ length: count }, (_, n) => ({ ...FINDINGS[0]!, id: `f-${n}`, title: `finding ${n}` }));
/** The changes of runs in the two weeks before, and their numbers. */
function withHistory(report: Report): Report {
  const day = (n: number) => `2026-08-${String(n).padStart(2, '0')}T10:15:00.000Z`;
  const days = Array.from({ length: 14 }, (_, n) => day(n + 1));
  const now = trendOf(report, []);
  return {
    ...report,
    timeline: days.toReversed().map((at, n) => ({ at, isScan: n % 2 === 0, drift: report.drift })),
    trend: { ...now, points: [...days.map((at) => ({ ...now.points[0]!, at })), ...now.points] },
  };
}
const GAPS = ['not-collected', 'denied', 'failed', 'unreadable'] as const;
function withEveryGap(report: Report): Report {
  const gaps = GAPS.map((status) => ({
    call: `ec2.${status}`,
    region: null,
    status,
    detail: '',
    items: null,
  }));
  return { ...report, snapshot: { ...report.snapshot, coverage: [...report.snapshot.coverage, ...gaps] } };
}
/** A view may take this long on a busy machine. */
const SOON = { timeout: 30_000 };
const at = (address: string) => address.slice(1);

// a test that skips itself is listed with its reason, unlike a file without tests
/** Rows of a list whose counts are cut off, wrapped, or overlap the row below. */
const CUT_COUNTS = `[...document.querySelectorAll('.vrow.placed .tallies')].filter((counts) => {
  const [own, cell, row] = [counts, counts.parentElement, counts.closest('.vrow')].map((one) => one.getBoundingClientRect());
  return counts.scrollWidth > counts.parentElement.clientWidth + 1 || own.height > 30 || own.bottom > row.bottom || own.right > row.right;
}).length`;

/** Ids of instances on two lines, and cells whose text is wider than they are or reaches into another cell. */
const BROKEN = `[
  ...[...document.querySelectorAll('.whole')].filter((one) => one.getClientRects().length > 1),
  ...[...document.querySelectorAll('.list td, .list th')].filter((cell) => {
    const range = document.createRange();
    range.selectNodeContents(cell);
    const [text, next] = [range.getBoundingClientRect(), cell.nextElementSibling?.getBoundingClientRect()];
    const meets = next && text.right > next.left + 1 && text.bottom > next.top + 1 && text.top < next.bottom - 1;
    return cell.offsetWidth > 1 && (meets || (cell.textContent.length > 2 && text.height > 22 * cell.textContent.length));
  }),
].map((one) => one.textContent)`;

/** Words of commands that are on two lines. */
const BROKEN_WORDS = `[...document.querySelectorAll('main pre')].flatMap((pre) => {
  const texts = document.createTreeWalker(pre, NodeFilter.SHOW_TEXT);
  const broken = [];
  for (let node = texts.nextNode(); node; node = texts.nextNode()) {
    for (const { 0: word, index } of node.data.matchAll(/\\S+/g)) {
      const range = document.createRange();
      range.setStart(node, index);
      range.setEnd(node, index + word.length);
      if (new Set([...range.getClientRects()].map(({ top }) => Math.round(top))).size > 1) broken.push(word);
    }
  }
  return broken;
})`;

/** What somebody gets who selects a command and copies it. */
const COPIED_COMMAND = `getSelection().selectAllChildren(document.querySelector('.copyable pre')), String(getSelection())`;

/** The rules of axe that the page breaks, each with the first elements that do. */
const AXE_PROBLEMS = `axe.run().then(({ violations }) =>
  violations.map(({ id, nodes }) => id + ': ' + nodes.slice(0, 3).map(({ html }) => html).join(' | ')))`;

/** How much of the tabs is behind the edge. */
const TABS_LEFT_OUT = `(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth)(document.querySelector('.contents'))`;

test('a browser is available for the page', ({ skip }) => {
  if (executablePath === null && process.env.CI !== 'true') skip(NO_CHROMIUM);
  expect(executablePath, NO_CHROMIUM).not.toBeNull();
});

describe.runIf(executablePath !== null)('the page in a browser', { timeout: 120_000 }, () => {
  const pages = new Pages();
  const full = renderPage(fullReport(), pack);
  const hostile = renderPage(hostileReport(), pack);

  beforeAll(() => pages.start(executablePath ?? ''), 120_000);
  afterAll(() => pages.stop());

  const heading = (page: Page) => page.locator('h1:visible').textContent();
  const result = (page: Page) => page.locator('output:visible').textContent();
  const focused = (page: Page) =>
    page.evaluate(`document.activeElement.getAttribute('aria-label') ?? document.activeElement.textContent`);

  test('opens offline without a request, an error or a dialog', async () => {
    for (const markup of [full, hostile, renderPage(quietReport(), pack)]) {
      const { page, noise, close } = await pages.open(markup);
      expect(await heading(page)).not.toBe('');
      for (const address of Object.values(ADDRESSES)) {
        await page.evaluate(`location.hash = ${JSON.stringify(address)}`);
        await page.locator('h1:visible, h2:visible').first().waitFor();
        await expect(page.getByText('Reading …').count()).resolves.toBeGreaterThanOrEqual(0);
      }
      expect(noise).toEqual([]);
      await close();
    }
  });

  test('has an address for every view, and the back button works', async () => {
    const { page, close } = await pages.open(full);
    const visit = async (link: string, title: string) => {
      await page.getByRole('navigation').getByRole('link', { name: link }).click();
      await page.getByRole('heading', { name: title, exact: true }).first().waitFor();
    };
    for (const [link, title] of [
      ['Findings', 'Findings'],
      ['Matrix', 'Matrix'],
      ['Instances', 'Instances'],
      ['Principals', 'Principals'],
      ['Drift', 'Drift'],
      ['Exceptions', 'Exceptions'],
      ['Coverage', 'Coverage'],
      ['Method', 'Method'],
    ] as const)
      await visit(link, title);
    await page.goBack();
    await page.getByRole('heading', { name: 'Coverage', exact: true }).waitFor();
    await page.goBack();
    await page.getByRole('heading', { name: 'Exceptions', exact: true }).waitFor();
    expect(page.url()).toMatch(/#exceptions$/);
    await close();
  });

  test('shows exceptions that ended before those in force, until they are resolved', async () => {
    const ended = { rule: 'EXC-EXPIRED', rules: ['EXC-EXPIRED'], status: 'open', title: 'it ended' } as const;
    const findings = [
      { ...FINDINGS[0]!, ...ended, id: 'f-ended' },
      { ...FINDINGS[0]!, ...ended, id: 'f-past', status: 'resolved', title: 'it was taken out' } as const,
    ];
    const { page, close } = await pages.open(
      renderPage({ ...quietReport(), findings }, pack),
      ADDRESSES.exceptions,
    );
    await page.getByRole('heading', { name: 'No longer in force' }).waitFor(SOON);
    const listed = (name: string) => page.getByRole('link', { name });
    await listed('it ended').waitFor(SOON);
    expect(await listed('it was taken out').count()).toBe(0);
    await close();
  });

  test.each([
    ['a finding', at(addressOf.finding(FINDINGS[0]!.id)), 'run any command document'],
    ['a change', 'change-drift-attached', 'AmazonSSMFullAccess was attached to role/DevOps'],
    ['an instance', at(addressOf.instance(LEDGER)), 'ledger-db'],
    ['a principal', at(addressOf.principal(ROLE('ci-deploy'))), 'role/ci-deploy'],
    ['a square', at(addressOf.cell(USER('alice'), LEDGER)), 'user/alice becomes role/payments-dev'],
    ['a policy', at(addressOf.policy(`${ROLE('on-call')}#policy-0`, 0)), 'ssm:StartSession'],
    ['what the audit does not have', 'finding-of-another-run', 'no finding'],
    ['what no view is', 'nonsense', 'no such address'],
  ])('opens %s from a link', async (_, address, text) => {
    const { page, noise, close } = await pages.open(full, address);
    await page.locator('main').getByText(text).first().waitFor();
    expect(noise).toEqual([]);
    await close();
  });

  test('shows a document on separate lines', async () => {
    const { page, close } = await pages.open(full, at(addressOf.policy(`${ROLE('on-call')}#policy-0`, 0)));
    const text = page.locator('main pre').first();
    await text.waitFor();
    expect(await text.textContent()).toMatch(/^\{\n {2}"/);
    await close();
  });

  test('filters the matrix by path, verdict, kind, principal and tag, and keeps the filter in the address', async () => {
    const { page, close } = await pages.open(full, 'matrix');
    const all = '11 principals, 8 instances';
    await expect.poll(() => result(page), SOON).toBe(all);
    await page.getByLabel('Principal', { exact: true }).fill('payments-dev');
    await expect.poll(() => result(page), SOON).toBe('1 principal, 3 instances');
    await page.getByRole('button', { name: 'Clear' }).click();
    await expect.poll(() => result(page), SOON).toBe(all);
    await page.getByRole('combobox', { name: 'Path' }).selectOption('group:root');
    await page.getByRole('combobox', { name: 'Verdict' }).selectOption('conditional');
    await expect.poll(() => result(page), SOON).toBe('2 principals, 8 instances');
    await page.getByLabel('Instance or tag').fill('pci=yes');
    await expect.poll(() => result(page), SOON).toBe('2 principals, 1 instance');
    expect(page.url()).toMatch(/#matrix\?path=group%3Aroot&verdict=conditional&on=pci%3Dyes$/);
    await page.getByLabel('Instance or tag').fill('no such thing');
    // a name that nobody has is no all-clear
    await page.getByText('No instance of the audit matches.').waitFor();
    await page.getByRole('button', { name: 'Clear' }).click();
    await page.getByLabel('Principal', { exact: true }).fill('no such person');
    await page.getByText('No principal of the audit matches.').waitFor();
    await close();
  });

  test('has no blank strip above the names of instances', async () => {
    const { page, close } = await pages.open(full, 'matrix');
    await page.locator('.column-head a', { hasText: 'payments-api-1' }).waitFor();
    const blank = `(() => {
      const top = (selector) => Math.min(...[...document.querySelectorAll(selector)].map((one) => one.getBoundingClientRect().top));
      return top('.column-head a') - top('.grid-heads');
    })()`;
    await expect.poll(() => page.evaluate(blank), SOON).toBeLessThan(20);
    expect(await page.evaluate(blank)).toBeGreaterThanOrEqual(0);
    const cut = `[...document.querySelectorAll('.column-head a')].filter((one) => one.scrollHeight > one.clientHeight + 1).length`;
    expect(await page.evaluate(cut)).toBe(0);
    await close();
  });

  test('lets the keyboard use the matrix and open a square', async () => {
    const { page, close } = await pages.open(full, 'matrix');
    await page.locator('.square').first().waitFor();
    const [heads, row] = await Promise.all(
      ['.grid-heads', '.grid-row'].map((css) => page.locator(css).first().boundingBox()),
    );
    expect(row!.y, 'the heads hide no row').toBeGreaterThanOrEqual(heads!.y + heads!.height);
    await expect.poll(() => page.locator('.row-head').first().textContent(), SOON).toMatch(/^(SSO|role)/);
    await page.locator('.square[tabindex="0"]').focus();
    const start = await focused(page);
    expect(start).toMatch(/ on .*: root$/);
    await page.keyboard.press('ArrowDown');
    await expect.poll(() => focused(page), SOON).not.toBe(start);
    await page.keyboard.press('ArrowRight');
    await expect.poll(() => focused(page), SOON).toMatch(/^(role\/DevOps|SSO Admin) on .*: root$/);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: /(role\/DevOps|SSO Admin) on / }).waitFor();
    await page.getByText('Decided by').first().waitFor();
    await page.locator('.statement summary').first().press('Enter');
    await expect
      .poll(() => page.locator('.statement pre').first().textContent())
      .toContain('"Effect": "Allow"');
    await page.goBack();
    await page.locator('.square').first().waitFor();
    await close();
  });

  test('says which statements of a way in are a Deny: nobody takes it for what grants the way', async () => {
    const denied = (key: string, value: unknown) => (key === 'Effect' ? 'Deny' : value);
    const snapshot = JSON.parse(JSON.stringify(fullReport().snapshot), denied);
    const square = at(addressOf.cell(USER('alice'), LEDGER));
    for (const [report, count] of [
      [fullReport(), 0],
      [{ ...fullReport(), snapshot }, 1],
    ] as const) {
      const { page, close } = await pages.open(renderPage(report, pack), square);
      await page.getByText('Decided by').first().waitFor();
      const named = () => page.locator('.statement summary', { hasText: 'a Deny with a condition' }).count();
      await expect.poll(async () => Math.min(1, await named()), SOON).toBe(count);
      await close();
    }
  });

  test('says why a square is empty', async () => {
    const { page, close } = await pages.open(full, at(addressOf.cell(USER('alice'), SANDBOX)));
    await page.getByText('No way in').waitFor();
    await page.getByText('nothing in its policy allows it').first().waitFor();
    // each closed path says why without being opened
    await page
      .locator('details.closed:not([open]) summary', { hasText: 'denied: nothing in its policy allows' })
      .first()
      .waitFor();
    await close();
  });

  test('finds principals, instances, policies and findings with one search from the keyboard', async () => {
    const { page, close } = await pages.open(full);
    await page.locator('h1').first().waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type('ledger');
    await page.getByRole('option', { name: /ledger-db/ }).waitFor();
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'ledger-db' }).waitFor();
    for (const [word, group] of [
      ['on-call', 'Principals'],
      ['on-call', 'Policies'],
      ['IMDS-V1', 'Findings'],
      ['env=dev', 'Instances'],
    ] as const) {
      await page.getByRole('combobox', { name: /Search/ }).fill(word);
      await page.getByRole('group', { name: group }).waitFor();
    }
    await page.getByRole('combobox', { name: /Search/ }).fill('no such thing at all');
    await page.getByText('Nothing has this in its name.').waitFor();
    await page.keyboard.press('Escape');
    await expect.poll(() => page.getByRole('listbox').count(), SOON).toBe(0);
    await close();
  });

  test('filters findings, shows the text of the policy, and links to the holders', async () => {
    const { page, close } = await pages.open(full, 'findings');
    await expect.poll(() => result(page), SOON).toBe('7 of 7 findings');
    await page.getByLabel('Text', { exact: true }).fill('TAG-TAMPER');
    await expect.poll(() => result(page), SOON).toBe('1 of 7 findings');
    await page.getByRole('link', { name: /change tags/ }).click();
    await page.getByRole('link', { name: 'role/tagger' }).click();
    await page.getByRole('heading', { name: 'role/tagger' }).waitFor();
    await page.goBack();
    await page.goBack();
    await expect.poll(() => result(page), SOON).toBe('1 of 7 findings');
    await close();
  });

  test('shows hostile values as text, without any other effect', async () => {
    const { page, noise, close } = await pages.open(hostile);
    const seen: string[] = [];
    for (const address of [
      ...Object.values(ADDRESSES),
      `principal/${encodeURIComponent(USER(HOSTILE.script))}`,
    ]) {
      await page.evaluate(`location.hash = ${JSON.stringify(address)}`);
      await page.waitForTimeout(400);
      seen.push((await page.locator('main').textContent())!.replace(/\s+/g, ' '));
      await expect(page.locator('img, iframe, object, embed, base, link').count()).resolves.toBe(0);
      await expect(page.locator('[onmouseover], [onerror], [onclick]').count()).resolves.toBe(0);
    }
    const text = seen.join(' ');
    expect(text).toContain('<script>alert("pwned-script")</script>');
    expect(text).toContain('\\u{202e}gnp.exe');
    expect(text).not.toMatch(/[\u202a-\u202e\u2066-\u2069\u200b\u2028]/u);
    expect(noise).toEqual([]);
    await close();
  });

  test('keeps a long name in its own row', async () => {
    const report = fullReport();
    const name = 'W'.repeat(250);
    const matrix = { ...report.matrix, instances: report.matrix.instances.map((one) => ({ ...one, name })) };
    const { page, close } = await pages.open(renderPage({ ...report, matrix }, pack), 'instances');
    await page.locator('.vrow.placed').first().waitFor();
    const tallest = await page.evaluate(
      `Math.max(...[...document.querySelectorAll('.vrow.placed')].map((row) => row.scrollHeight - row.clientHeight))`,
    );
    expect(tallest).toBeLessThanOrEqual(1);
    await close();
  });

  test('reports no all-clear in any view if nothing was audited', async () => {
    const { snapshot: whole, matrix } = fullReport();
    const { coverage } = blindReport().snapshot;
    // the lists of instances were read, and nothing of IAM
    const snapshot = { ...whole, users: [], roles: [], groups: [], policies: [], coverage };
    const blind = {
      ...blindReport(),
      snapshot,
      matrix: { ...matrix, principals: [], groups: [] },
    };
    const markup = renderPage(blind, pack);
    expect(blind.matrix.instances.length).toBeGreaterThan(0);
    const views = [...Object.values(ADDRESSES), at(addressOf.instance(blind.matrix.instances[0]?.id ?? ''))];
    for (const address of views) {
      // a page of its own: elsewhere the previous view is shown until the next one is drawn
      const { page, close } = await pages.open(markup, address);
      await page.waitForTimeout(400);
      // the page's content policy forbids waiting with a polled function
      await page.getByText('Reading …').first().waitFor({ state: 'detached' });
      const text = String(await page.evaluate(`document.querySelector('main').innerText`));
      expect(text).not.toMatch(
        /no access|nobody can|nobody has|nobody reaches|no way onto|no rule found|could be read\.|^none$|0 gained/im,
      );
      if (!['coverage', 'method'].includes(address)) expect(text).toContain('NOT AUDITED: ');
      await close();
    }
  });

  test('stops injected markup by its content policy', async () => {
    const slipped =
      '<script>document.title = "run"</script><img src="https://evil.example/x" onerror="document.title = \'run\'"><p style="color:red" id="slip">x</p>';
    const { page, noise, close } = await pages.open(full.replace('<main', `${slipped}<main`));
    await page.waitForTimeout(100);
    await expect(page.title()).resolves.not.toBe('run');
    await expect(page.evaluate(`getComputedStyle(document.querySelector('#slip')).color`)).resolves.not.toBe(
      'rgb(255, 0, 0)',
    );
    expect(noise).toContain('stopped by csp');
    expect(noise.filter((line) => line.includes('Content Security Policy')).length).toBeGreaterThanOrEqual(3);
    await close();
  });

  test('shows the most important parts without its script, and where the rest is', async () => {
    const { page, noise, close } = await pages.open(full, '', { javaScriptEnabled: false });
    const text = await page.locator('main').textContent();
    for (const fact of ['role/DevOps gained root on 8 instances', 'run any command document', 'findings.csv'])
      expect(text).toContain(fact);
    expect(noise).toEqual([]);
    await close();
  });

  test('has nothing that is wider than the screen', async () => {
    for (const markup of [full, hostile]) {
      const { page, close } = await pages.open(markup);
      for (const address of [...Object.values(ADDRESSES), at(addressOf.instance(LEDGER))]) {
        await page.evaluate(`location.hash = ${JSON.stringify(address)}`);
        for (const width of [390, 800, 1400]) {
          await page.setViewportSize({ width, height: 800 });
          await page.waitForTimeout(100);
          const overflow = await page.evaluate('document.documentElement.scrollWidth - innerWidth');
          expect(overflow, `${address} at ${width}`).toBeLessThanOrEqual(0);
        }
      }
      await close();
    }
  });

  test('breaks no id, and no cell of a table lies on another, at any width', async () => {
    const findings = [...FINDINGS, { ...FINDINGS[0]!, id: 'f-accepted', status: 'excepted' as const }];
    const { page, close } = await pages.open(
      renderPage({ ...withEveryGap(fullReport()), findings }, pack),
      'drift',
    );
    for (const view of ['drift', 'exceptions', 'coverage', at(addressOf.finding(FINDINGS[0]!.id))]) {
      await page.evaluate(`location.hash = ${JSON.stringify(view)}`);
      await page.locator('.list:visible').first().waitFor();
      for (const width of [390, 800, 1400]) {
        await page.setViewportSize({ width, height: 900 });
        expect(await page.evaluate(BROKEN), `${view} at ${width}`).toEqual([]);
      }
    }
    for (const width of [390, 800]) {
      await page.setViewportSize({ width, height: 900 });
      expect(await page.evaluate(TABS_LEFT_OUT), `at ${width}`).toBe(0);
    }
    await close();
  });

  test('breaks a command between words alone, and copies it as it is', async () => {
    const command = `aws identitystore delete-group-membership --identity-store-id d-9a671c2b4e \\\n  --membership-id 3041-70d3-7e3a`;
    const [first, ...others] = fullReport().drift;
    const drift = [{ ...first!, cause: { ...first!.cause, undo: [command] } }, ...others];
    const { page, close } = await pages.open(renderPage({ ...fullReport(), drift }, pack), 'drift');
    const text = page.locator('.copyable pre', { hasText: 'identitystore' });
    await text.waitFor();
    for (const width of [390, 520, 800]) {
      await page.setViewportSize({ width, height: 900 });
      expect(await page.evaluate(BROKEN_WORDS), `at ${width}`).toEqual([]);
    }
    expect(await page.evaluate(COPIED_COMMAND)).toBe(command);
    await close();
  });

  test('copies the commands of a change from the summary', async () => {
    const { page, noise, close } = await pages.open(
      renderPage({ ...fullReport(), fixes: [RANKED_FIX] }, pack),
    );
    await page.evaluate(`navigator.clipboard.writeText = async (text) => { globalThis.copied = text; }`);
    await page.getByText('2 commands').click();
    await page.getByRole('button', { name: 'Copy' }).click();
    await page.getByRole('button', { name: 'Copied' }).waitFor();
    expect(await page.evaluate('copied')).toBe(RANKED_FIX.commands.join('\n'));
    expect(noise).toEqual([]);
    await close();
  });

  test('prints the beginning of a list in full', async () => {
    const { page, close } = await pages.open(full, 'instances');
    await page.locator('.vrow.placed').first().waitFor();
    await page.emulateMedia({ media: 'print' });
    await expect.poll(() => page.locator('.vbody .vrow:not(.placed)').count(), SOON).toBe(8);
    await expect(page.getByRole('navigation').isVisible()).resolves.toBe(false);
    await close();
  });

  test('prints the matrix whole, and says what it leaves out', async () => {
    // between the margins of A4, which is narrower than US letter
    const paper = 703;
    const { page, close } = await pages.open(renderPage(largeReport(160, 100), pack), 'matrix');
    await page.locator('.square').first().waitFor();
    // a browser lays the sheets out right after this event: nothing may come later
    const sheets = () =>
      page.evaluate(`(() => {
        dispatchEvent(new Event('beforeprint'));
        const tables = [...document.querySelectorAll('.printed-matrix')];
        const all = {
          unnamed: tables.flatMap((table) => [...table.querySelectorAll('th')]).filter((head) => head.textContent.startsWith('…')).length,
          columns: tables.reduce((sum, table) => sum + table.rows[0].cells.length - 1, 0),
          rows: tables.map((table) => table.tBodies[0].rows.length),
          squares: tables.map((table) => table.rows[1].cells.length === table.rows[0].cells.length),
          wide: tables.filter((table) => table.offsetWidth > ${paper}).length,
          left: [...document.querySelectorAll('.left')].map((line) => line.textContent),
        };
        dispatchEvent(new Event('afterprint'));
        return all;
      })()`);
    await expect.poll(sheets, SOON).toEqual({
      ...{ unnamed: 0, columns: 96, wide: 0, rows: Array(4).fill(107), squares: Array(4).fill(true) },
      left: ['4 more instances not printed: filter the matrix to print them.'],
    });
    await expect.poll(() => page.locator('.printed-matrix').count(), SOON).toBe(0);
    await close();
  });

  test('prints the rows of a list that nobody scrolled to', async () => {
    const { page, close } = await pages.open(renderPage(largeReport(20, 500), pack), 'instances');
    await page.locator('.vrow.placed').first().waitFor();
    const rows = () =>
      page.evaluate(`(() => {
        dispatchEvent(new Event('beforeprint'));
        const texts = [...document.querySelectorAll('.vbody .vrow:not(.placed)')].map((row) => row.textContent);
        dispatchEvent(new Event('afterprint'));
        return [texts.length, texts.filter((text) => text.startsWith('…')).length];
      })()`);
    await expect.poll(rows, SOON).toEqual([300, 0]);
    await close();
  });

  test('shows own tags whole at the width of a tablet', async () => {
    const { page, close } = await pages.open(full, 'instances');
    await page.setViewportSize({ width: 800, height: 900 });
    await page.locator('.i-tags .tag').first().waitFor();
    const cut = `[...document.querySelectorAll('.i-tags .tag')].filter((tag) => tag.scrollWidth > tag.clientWidth + 1).map((tag) => tag.textContent)`;
    await expect(page.evaluate(cut)).resolves.toEqual([]);
    await close();
  });

  test('remembers the theme', async () => {
    const { page, close } = await pages.open(full);
    const button = page.getByRole('button', { name: /^Theme/ });
    await button.click();
    await button.click();
    await page.reload();
    await expect(button.textContent()).resolves.toBe('Theme: dark');
    await close();
  });

  test.each(['light', 'dark'] as const)(
    'has no accessibility problem that axe finds: %s',
    async (colorScheme) => {
      const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
      const report = withEveryGap(withHistory({ ...fullReport(), fixes: [RANKED_FIX] }));
      const { page, close } = await pages.open(renderPage(report, pack), '', { colorScheme });
      await page
        .getByRole('img', { name: /day by day/ })
        .first()
        .waitFor();
      await page.evaluate(axe);
      for (const address of [
        ...Object.values(ADDRESSES),
        at(addressOf.finding(FINDINGS[0]!.id)),
        at(addressOf.instance(LEDGER)),
        at(addressOf.principal(ROLE('ci-deploy'))),
        at(addressOf.cell(USER('alice'), LEDGER)),
        at(addressOf.policy(`${ROLE('on-call')}#policy-0`, 0)),
        'change-drift-attached',
      ]) {
        await page.evaluate(`location.hash = ${JSON.stringify(address)}`);
        await page.waitForTimeout(500);
        for (const width of [1280, 390]) {
          await page.setViewportSize({ width, height: 900 });
          expect(await page.evaluate(AXE_PROBLEMS), `${address} at ${width}`).toEqual([]);
        }
      }
      await close();
    },
  );

  test('the page over all accounts has none on a phone, where nothing is beyond the edge', async () => {
    const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
    const indexer = new OrgIndexer();
    indexer.add(orgPart(fullReport()), { folder: 'a', run: 'runs/1', report: null });
    const markup = orgPage(indexer.index(orgReach(new OrganizationBorders(), [])), () => null);
    const { page, close } = await pages.open(markup, '', { viewport: { width: 390, height: 844 } });
    await page.evaluate(axe);
    expect(await page.evaluate(AXE_PROBLEMS)).toEqual([]);
    const beyond = `[...document.querySelectorAll('.wide')].filter((table) => table.scrollWidth > table.clientWidth).map((table) => table.ariaLabel)`;
    expect(await page.evaluate(beyond)).toEqual([]);
    await close();
  });

  test('stays within its limits for a large account: 6,000 elements in every view, and its size', async () => {
    const report = { ...largeReport(1_500, 3_000), findings: manyFindings(3_000) };
    const markup = renderPage(report, pack);
    expect(markup.length).toBeLessThan(3_000_000);
    const { page, noise, close } = await pages.open(markup, 'matrix', {
      viewport: { width: 1920, height: 1080 },
    });
    const elements = () => page.evaluate(`document.querySelectorAll('*').length`);
    await page.locator('.square').first().waitFor();
    expect(await elements()).toBeLessThan(6_000);
    await page.evaluate(`document.querySelector('.grid-frame').scrollTo(40_000, 20_000)`);
    await expect.poll(() => page.locator('.row-head').first().textContent(), SOON).toMatch(/role\/r/);
    expect(await elements()).toBeLessThan(6_000);
    for (const view of ['findings', 'instances', 'principals']) {
      await page.evaluate(`location.hash = ${JSON.stringify(view)}`);
      await page.locator('.vrow.placed').first().waitFor();
      await page.evaluate(`document.querySelector('.vtable').scrollTo(0, 60_000)`);
      await expect
        .poll(() => page.locator('.vrow.placed').first().getAttribute('aria-rowindex'))
        .not.toBe('2');
      expect(await elements(), view).toBeLessThan(6_000);
    }
    await page.getByRole('combobox', { name: /Search/ }).fill('r1499');
    await page.getByRole('option', { name: /role\/r1499/ }).waitFor();
    expect(noise).toEqual([]);
    await close();
  });

  test('shows counts of every strength completely at any width', async () => {
    const report = largeReport(1_500, 40);
    const [first] = report.matrix.groups;
    const among = (part: number, path: PathId, verdict: 'allowed' | 'conditional') => ({
      ...{ path, instances: [...report.matrix.instances.keys()] },
      principals: [...report.matrix.principals.keys()].filter((at) => at % 4 === part),
      outcome: { ...first!.outcome, verdict },
    });
    const groups = [
      among(0, 'run-command', 'allowed'),
      among(1, 'session-manager', 'conditional'),
      among(2, 'power', 'allowed'),
      among(3, 'power', 'conditional'),
    ];
    const markup = renderPage({ ...report, matrix: { ...report.matrix, groups } }, pack);
    const { page, close } = await pages.open(markup, 'instances');
    for (const view of ['instances', 'principals']) {
      await page.evaluate(`location.hash = ${JSON.stringify(view)}`);
      await page.locator('.tallies').first().waitFor();
      for (const width of [390, 800, 1400]) {
        await page.setViewportSize({ width, height: 900 });
        await expect.poll(() => page.evaluate(CUT_COUNTS), { message: `${view} at ${width}` }).toBe(0);
      }
    }
    await close();
  });

  test('the digest has its rows over the whole width, on a phone as well', async () => {
    const { page, close } = await pages.open(renderDigest([fullReport()]).html);
    await page.setViewportSize({ width: 390, height: 844 });
    const narrow = `[...document.querySelectorAll('td td td')].filter((cell) => cell.offsetWidth < 300).map((cell) => cell.textContent)`;
    await expect(page.evaluate(narrow)).resolves.toEqual([]);
    await expect(page.evaluate('document.documentElement.scrollWidth - innerWidth')).resolves.toBe(0);
    await close();
  });

  test('the digest opens without requests or errors as well', async () => {
    for (const report of [fullReport(), hostileReport()]) {
      const { page, noise, close } = await pages.open(renderDigest([report]).html);
      await expect(page.locator('script, img, link').count()).resolves.toBe(0);
      expect(noise).toEqual([]);
      await close();
    }
  });
});
