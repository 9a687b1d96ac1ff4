import type { Reporter, TestModule } from 'vitest/node';

/**
 * Reports at the very end which tests did not run on this machine and why: `reasons` for whole suites, and the note of
 * every test that skipped itself with `skip('why')`.
 */
export function leftOutReporter(
  reasons: readonly string[],
  say: (text: string) => void = console.error,
): Reporter {
  return {
    onTestRunEnd(modules) {
      const all = [...new Set([...reasons, ...modules.flatMap((module) => notesOf(module))])];
      if (all.length === 0) return;
      const bar = '='.repeat(80);
      say(
        ['', bar, 'LEFT OUT, so not shown to work here:', ...all.map((why) => `  - ${why}`), bar].join('\n'),
      );
    },
  };
}

function notesOf(module: TestModule): readonly string[] {
  return [...module.children.allTests('skipped')].flatMap((test) => {
    const result = test.result();
    return result.state === 'skipped' && result.note ? [`${test.fullName}: ${result.note}`] : [];
  });
}
