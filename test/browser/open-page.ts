import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

/** A page opened from a file, without a network, and everything that it should not do. */
export interface OpenPage {
  readonly page: Page;
  readonly noise: readonly string[];
  readonly close: () => Promise<void>;
}

export class Pages {
  readonly #folder = mkdtempSync(path.join(tmpdir(), 'latchkey-page-'));
  #browser: Browser | null = null;

  async start(executablePath: string): Promise<void> {
    // these pages are our own, and a container has no user namespaces for a sandbox
    this.#browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
  }

  async stop(): Promise<void> {
    await this.#browser?.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** `address`: the part after `#`. */
  async open(markup: string, address = '', options: BrowserContextOptions = {}): Promise<OpenPage> {
    const file = path.join(this.#folder, `${Math.random()}.html`);
    writeFileSync(file, markup);
    const url = pathToFileURL(file).href;
    const context = await this.#browser!.newContext({
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
      // the worker is the page's own script
      if (request.url() !== url && !request.url().startsWith('blob:'))
        noise.push(`request: ${request.url()}`);
    });
    await page.goto(`${url}${address === '' ? '' : `#${address}`}`);
    return { page, noise, close: () => context.close() };
  }
}

/** The address of every kind of view, for the report with something of everything. */
export const ADDRESSES = {
  summary: 'summary',
  findings: 'findings',
  matrix: 'matrix',
  instances: 'instances',
  principals: 'principals',
  drift: 'drift',
  exceptions: 'exceptions',
  coverage: 'coverage',
  method: 'method',
} as const;
