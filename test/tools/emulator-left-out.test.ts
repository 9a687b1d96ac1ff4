import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { MINISTACK } from '../emulator/ministack.ts';
import { pythonEnvironment } from '../python/environment.ts';
import { findPython, pythonLeftOut } from '../python/python.ts';

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

  test('the emulator suite is skipped, with the reason', () => {
    expect(findPython()).toBeNull();
    expect(pythonLeftOut({})).toMatch(/^no Python 3\.10 or newer/);
  });

  test('with CI=true it is not skipped and fails', async () => {
    expect(pythonLeftOut({ CI: 'true' })).toBeNull();
    await expect(pythonEnvironment(MINISTACK, empty)).rejects.toThrow(
      'ministack-1.5.33 cannot run: no Python 3.10',
    );
  });
});
