import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { chromium, type Page } from 'playwright-core';
import { buildMatrix } from '../lib/matrix/build.ts';
import { judge } from '../lib/pipeline/judge.ts';
import { pack } from '../lib/pipeline/pack.ts';
import { pageParts } from '../lib/render/html/page.ts';
import { findChromium } from '../test/browser/chromium.ts';
import { type Bench, type BenchResult, countOption } from './bench.ts';
import { generateAccount } from './generate-account.ts';
import { ACCOUNT_OPTIONS } from './matrix.ts';

/** The page of a generated account: the cost of writing it, its size, and its speed in Chromium. */
export const pageBench: Bench = {
  name: 'page',
  summary: '`report.html`: its size, and the time to write, open, filter and scroll it',
  options: ACCOUNT_OPTIONS,
  async run(options) {
    const [principals, instances, seed] = ['principals', 'instances', 'seed'].map((name) =>
      countOption(options, name),
    ) as [number, number, number];
    const snapshot = generateAccount({ principals, instances, seed });
    const report = judge({ snapshot, matrix: buildMatrix(snapshot) }, null, [], { damage: [] });
    const start = process.cpuUsage();
    const parts = [...pageParts(report, pack)];
    const { user, system } = process.cpuUsage(start);
    const bytes = parts.reduce((sum, part) => sum + part.length, 0);
    return {
      ...{ principals, instances, seed },
      writeCpuSeconds: Math.round((user + system) / 1e4) / 100,
      megabytes: Math.ceil(bytes / 1e5) / 10,
      beforeDataKb: Math.ceil((parts[0]?.length ?? 0) / 1000),
      ...(await inChromium(parts.join(''))),
    };
  },
};

async function inChromium(markup: string): Promise<BenchResult> {
  const executablePath = findChromium();
  if (executablePath === null) return { browser: 'none found' };
  const folder = await mkdtemp(join(tmpdir(), 'latchkey-bench-'));
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
  try {
    const file = join(folder, 'report.html');
    await writeFile(file, markup);
    const page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
    return await asked(page, `${pathToFileURL(file).href}#matrix`);
  } finally {
    await browser.close();
    await rm(folder, { recursive: true, force: true });
  }
}

async function asked(page: Page, url: string): Promise<BenchResult> {
  const since = performance.now();
  await page.goto(url);
  await page.locator('.square').first().waitFor({ timeout: 120_000 });
  const matrixMs = Math.round(performance.now() - since);
  const paint = await page.evaluate(
    `performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? null`,
  );
  const result = page.locator('output:visible');
  const filterMs = await until(result, () =>
    page.getByRole('combobox', { name: 'Path' }).selectOption('run-command'),
  );
  const tagMs = await until(result, () => page.getByLabel('Instance or tag').fill('env=prod'));
  await page.getByRole('button', { name: 'Clear' }).click();
  const scrolled = await page.evaluate(SCROLL);
  return {
    firstPaintMs: Math.round(Number(paint)),
    ...{ matrixMs, filterMs, tagMs, longestFrameMs: scrolled },
    elements: await page.evaluate(`document.querySelectorAll('*').length`),
  };
}

/** Scrolls the matrix for a while; returns the longest time between two frames. */
const SCROLL = `new Promise((done) => {
  const frame = document.querySelector('.grid-frame');
  let [left, longest, before] = [60, 0, performance.now()];
  const step = (now) => {
    longest = Math.max(longest, now - before);
    before = now;
    frame.scrollBy(10, 40);
    left -= 1;
    if (left > 0) requestAnimationFrame(step);
    else done(Math.round(longest));
  };
  requestAnimationFrame(step);
})`;

/** The time until the text changes. */
async function until(result: ReturnType<Page['locator']>, act: () => Promise<unknown>): Promise<number> {
  const before = await result.textContent();
  const since = performance.now();
  await act();
  while ((await result.textContent()) === before && performance.now() - since < 30_000);
  return Math.round(performance.now() - since);
}
