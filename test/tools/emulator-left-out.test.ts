import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { installedMinistack } from '../emulator/ministack.ts';
import { emulatorLeftOut, findPython } from '../emulator/python.ts';

describe('on a machine without Python', () => {
  let empty = '';

  beforeEach(() => {
    empty = mkdtempSync(path.join(tmpdir(), 'latchkey-no-python-'));
    vi.stubEnv('PATH', empty);
  });

  afterEach(() => {
    vi.unstubAllEnvs();
    rmSync(empty, { recursive: true });
  });

  test('the emulator suite is left out, with the reason', () => {
    expect(findPython()).toBeNull();
    expect(emulatorLeftOut({})).toMatch(/^no Python 3\.10 or newer/);
  });

  test('with CI=true it stays in and fails', async () => {
    expect(emulatorLeftOut({ CI: 'true' })).toBeNull();
    await expect(installedMinistack(empty)).rejects.toThrow('the emulator cannot run: no Python 3.10');
  });
});
