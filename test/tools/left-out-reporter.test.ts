import { expect, test } from 'vitest';
import type { TestModule } from 'vitest/node';
import { leftOutReporter } from '../../tools/left-out-reporter.ts';

/** The part of a test module that the reporter reads. */
function moduleWith(...notes: readonly (string | undefined)[]): TestModule {
  const tests = notes.map((note, at) => ({
    fullName: `test ${at}`,
    result: () => ({ state: 'skipped', note }),
  }));
  return { children: { allTests: () => tests } } as unknown as TestModule;
}

function report(reasons: readonly string[], modules: readonly TestModule[]): string {
  const said: string[] = [];
  leftOutReporter(reasons, (text) => said.push(text)).onTestRunEnd?.(modules, [], 'passed');
  return said.join('\n');
}

test('skipped tests are named with their reason', () => {
  const text = report(['the emulator suite: no Python'], [moduleWith('no Chromium', undefined)]);
  expect(text).toContain('LEFT OUT');
  expect(text).toContain('  - the emulator suite: no Python');
  expect(text).toContain('  - test 0: no Chromium');
});

test('nothing is printed if no test was skipped', () => {
  expect(report([], [moduleWith(undefined)])).toBe('');
});
