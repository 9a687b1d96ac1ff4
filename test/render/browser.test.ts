import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { renderDigest } from '../../lib/render/digest.ts';
import { renderPage } from '../../lib/render/html/page.ts';
import { findChromium, NO_CHROMIUM } from '../browser/chromium.ts';
import { FAINT_TEXTS } from './faint-texts.ts';
import { HOSTILE_VALUES, hostileReport } from './hostile.ts';
import { fullReport, quietReport } from './reports.ts';

const executablePath = findChromium();

// a test that skips itself is listed with its reason; a file that runs none would say nothing
test('a browser is there to try the page in', ({ skip }) => {
  if (executablePath === null) skip(NO_CHROMIUM);
  expect(executablePath).not.toBe('');
});

describe.runIf(executablePath !== null)('the page in a browser', { timeout: 60_000 }, () => {
  let browser: Browser;
  const folder = mkdtempSync(path.join(tmpdir(), 'latchkey-page-'));

  beforeAll(async () => {
    // the pages are our own, and a container has no user namespaces to build a sandbox from
    browser = await chromium.launch({ executablePath: executablePath ?? '', args: ['--no-sandbox'] });
  }, 60_000);

  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Opens markup from a file, and gathers everything that a quiet page would not do. */
  async function open(markup: string, options: BrowserContextOptions = {}) {
    const file = path.join(folder, `${Math.random()}.html`);
    writeFileSync(file, markup);
    const context = await browser.newContext({
      offline: true,
      viewport: { width: 1280, height: 900 },
      ...options,
    });
    const page = await context.newPage();
    const noise: string[] = [];
    page.on('console', (message) => noise.push(`console: ${message.text()}`));
    page.on('pageerror', (error) => noise.push(`error: ${error.message}`));
    page.on('dialog', (dialog) => {
      noise.push(`dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    page.on('requestfailed', (request) => noise.push(`stopped by ${request.failure()?.errorText}`));
    page.on('request', (request) => {
      if (request.url() !== pathToFileURL(file).href) noise.push(`request: ${request.url()}`);
    });
    await page.goto(pathToFileURL(file).href);
    return { page, noise, close: () => context.close() };
  }

  const status = (page: Page) => page.locator('#matrix-filter output').textContent();

  test('it opens offline without a request, an error or a dialog', async () => {
    for (const report of [fullReport(), quietReport(), hostileReport()]) {
      const { page, noise, close } = await open(renderPage(report));
      await expect(page.locator('h1').textContent()).resolves.not.toBe('');
      expect(noise).toEqual([]);
      await close();
    }
  });

  test('hostile values are on the page as text, and nothing else came of them', async () => {
    const { page, noise, close } = await open(renderPage(hostileReport()));
    const text = (await page.locator('main').textContent())?.replace(/\s+/g, ' ');
    expect(text).toContain('<script>alert("pwned-script")</script>');
    expect(text).toContain('\\u{202e}gnp.exe');
    expect(text).toContain('pwned-newline\\u{d}\\u{a}Bcc:');
    await expect(page.locator('img, iframe, object, embed, base, link').count()).resolves.toBe(0);
    await expect(page.locator('script').count()).resolves.toBe(2);
    await expect(page.locator('[onmouseover], [onerror], [style]').count()).resolves.toBe(0);
    for (const row of [0, 1, 2]) {
      await page.locator('#grid tbody tr').nth(row).locator('button').first().click();
      await expect(page.locator('#drawer').textContent()).resolves.not.toBe('');
      await page.keyboard.press('Escape');
    }
    expect(noise).toEqual([]);
    await close();
  });

  test('every hostile value can be opened in the drawer', async () => {
    const report = hostileReport();
    const { page, noise, close } = await open(renderPage(report));
    const rows = page.locator('#grid tbody tr');
    await expect(rows.count()).resolves.toBe(HOSTILE_VALUES.length);
    await rows.nth(0).locator('button').last().focus();
    await page.keyboard.press('Enter');
    const drawer = page.locator('#drawer');
    await expect(drawer.locator('article').count()).resolves.toBe(3);
    await expect(drawer.locator('script, img').count()).resolves.toBe(0);
    expect(noise).toEqual([]);
    await close();
  });

  test('the policy stops what slips through', async () => {
    const slipped =
      '<script>document.title = "run"</script><img src="https://evil.example/x" onerror="document.title = \'run\'"><p style="color:red" id="slip">x</p>';
    const { page, noise, close } = await open(renderPage(fullReport()).replace('<main', `${slipped}<main`));
    await page.waitForTimeout(100);
    await expect(page.title()).resolves.not.toBe('run');
    await expect(page.evaluate(`getComputedStyle(document.querySelector('#slip')).color`)).resolves.not.toBe(
      'rgb(255, 0, 0)',
    );
    expect(noise).toContain('stopped by csp');
    expect(noise.filter((line) => line.includes('Content Security Policy')).length).toBeGreaterThanOrEqual(3);
    await close();
  });

  test('the matrix filters by path, verdict, principal and tag', async () => {
    const { page, close } = await open(renderPage(fullReport()));
    const form = page.locator('#matrix-filter');
    expect(await status(page)).toBe('11 of 11 rows, 8 of 8 columns, 118 cells');
    await form.getByLabel('Kind').selectOption('person');
    await expect(page.locator('#grid tbody tr:visible th').allTextContents()).resolves.toEqual(
      expect.arrayContaining([expect.stringMatching(/^user\//)]),
    );
    await expect(page.locator('#grid tbody tr:visible', { hasText: 'role/' }).count()).resolves.toBe(0);
    await form.getByLabel('Kind').selectOption('');
    await form.getByLabel('Principal').fill('payments-dev');
    expect(await status(page)).toBe('1 of 11 rows, 3 of 8 columns, 6 cells');
    await page.getByRole('button', { name: 'Clear' }).click();
    await expect.poll(() => status(page)).toContain('11 of 11 rows');
    await form.getByLabel('Path').selectOption('tag-rewrite');
    expect(await status(page)).toBe('1 of 11 rows, 8 of 8 columns, 8 cells');
    await form.getByLabel('Path').selectOption('group:root');
    await form.getByLabel('Verdict').selectOption('conditional');
    expect(await status(page)).toBe('2 of 11 rows, 8 of 8 columns, 13 cells');
    await form.getByLabel('Instance or tag').fill('pci=yes');
    expect(await status(page)).toBe('2 of 11 rows, 1 of 8 columns, 2 cells');
    await form.getByLabel('Instance or tag').fill('no such thing');
    expect(await status(page)).toBe('0 of 11 rows, 0 of 8 columns, 0 cells');
    await close();
  });

  test('the matrix and its drawer work from the keyboard', async () => {
    const { page, close } = await open(renderPage(fullReport()));
    const focused = () =>
      page.evaluate(
        `document.activeElement.getAttribute('aria-label') ?? document.activeElement.textContent`,
      );
    await page.getByRole('button', { name: 'Clear' }).focus();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    const start = await focused();
    expect(start).toMatch(/ on .*: root, \d+ paths/);
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowRight');
    expect(await focused()).not.toBe(start);
    const place = await focused();
    await page.keyboard.press('Enter');
    const drawer = page.getByRole('dialog');
    await expect(drawer.isVisible()).resolves.toBe(true);
    const text = await drawer.textContent();
    for (const fact of [
      'Reachable',
      'Requests',
      'Decided by',
      'statement 0',
      'identity policy',
      'latchkey explain',
    ]) {
      expect(text).toContain(fact);
    }
    await drawer.getByText('Show the statement').first().press('Enter');
    await expect(drawer.locator('pre').first().textContent()).resolves.toContain('"Effect": "Allow"');
    await page.keyboard.press('Escape');
    await expect(drawer.count()).resolves.toBe(0);
    expect(await focused()).toBe(place);
    await close();
  });

  test('the drawer states condition, chain and what a tag would open', async () => {
    const { page, close } = await open(renderPage(fullReport()));
    const inDrawer = async (label: RegExp) => {
      await page.getByRole('button', { name: label }).first().click();
      const text = await page.getByRole('dialog').textContent();
      await page.getByRole('button', { name: 'Close' }).click();
      return text;
    };
    expect(await inDrawer(/^role\/on-call on /)).toContain('if signed in with MFA');
    expect(await inDrawer(/^user\/alice on /)).toContain(
      'user/alice becomes role/payments-dev by sts:AssumeRole',
    );
    expect(await inDrawer(/^role\/tagger on /)).toContain(
      'role/payments-dev: Session Manager, with team set to payments',
    );
    expect(await inDrawer(/^user\/intern on /)).toContain('organizations.effective-policies');
    await close();
  });

  test('findings filter by severity and word, and open', async () => {
    const { page, close } = await open(renderPage(fullReport()));
    const shown = page.locator('.finding:visible');
    await expect(shown.count()).resolves.toBe(7);
    await page.getByLabel('Search').fill('TAG-TAMPER');
    await expect(shown.count()).resolves.toBe(1);
    await page.getByLabel('Search').fill('');
    await page.locator('#finding-filter').getByLabel('high').uncheck();
    await expect(shown.count()).resolves.toBe(3);
    await page.getByRole('button', { name: 'Open all' }).click();
    await expect(page.locator('.finding[open]').count()).resolves.toBe(7);
    await close();
  });

  test('without its script it still says everything', async () => {
    const { page, noise, close } = await open(renderPage(fullReport()), { javaScriptEnabled: false });
    const text = await page.locator('main').textContent();
    for (const fact of [
      'role/DevOps gained 8 ways in',
      'run any command document',
      'ledger-db',
      'via role/payments-dev',
    ]) {
      expect(text).toContain(fact);
    }
    await expect(page.locator('#matrix-filter').isVisible()).resolves.toBe(false);
    await expect(page.locator('#grid td.root').count()).resolves.toBeGreaterThan(20);
    expect(noise).toEqual([]);
    await close();
  });

  test('nothing is wider than the screen', async () => {
    for (const report of [fullReport(), hostileReport()]) {
      const { page, close } = await open(renderPage(report));
      for (const width of [360, 768, 1440]) {
        await page.setViewportSize({ width, height: 800 });
        const overflow = await page.evaluate('document.documentElement.scrollWidth - innerWidth');
        expect(overflow).toBeLessThanOrEqual(0);
      }
      await close();
    }
  });

  test('text stands out from its ground in both themes', async () => {
    for (const colorScheme of ['light', 'dark'] as const) {
      const { page, close } = await open(renderPage(fullReport()), { colorScheme });
      await page.getByRole('button', { name: 'Open all' }).click();
      expect(await page.evaluate(FAINT_TEXTS)).toEqual([]);
      await close();
    }
  });

  test('the digest opens as quietly', async () => {
    for (const report of [fullReport(), hostileReport()]) {
      const { page, noise, close } = await open(renderDigest([report]).html);
      await expect(page.locator('script, img, link').count()).resolves.toBe(0);
      expect(noise).toEqual([]);
      await close();
    }
  });
});
