import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { findChromium } from './chromium.ts';

test('the browser that the environment names comes before one on the PATH', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'latchkey-chromium-'));
  const browser = path.join(folder, 'chromium');
  try {
    writeFileSync(browser, '');
    chmodSync(browser, 0o755);
    expect(findChromium({ PATH: folder })).toBe(browser);
    expect(findChromium({ PATH: folder, CHROMIUM: '/opt/browser' })).toBe('/opt/browser');
  } finally {
    rmSync(folder, { recursive: true });
  }
});
