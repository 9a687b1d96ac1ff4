import { expect, test } from 'vitest';
import { runSteps, type Step } from '../../tools/run-steps.ts';

const node = (name: string, code: string, seconds = 20): Step => ({
  name,
  command: [process.execPath, '-e', code],
  seconds,
});

test('a failing step is reported and the steps after it still run', async () => {
  const said: string[] = [];
  const results = await runSteps(
    [node('good', ''), node('bad', 'process.exit(3)'), node('after', '')],
    (line) => said.push(line),
  );
  expect(results.map(({ name, passed }) => [name, passed])).toEqual([
    ['good', true],
    ['bad', false],
    ['after', true],
  ]);
  expect(said.join('\n')).toContain('bad failed: exit code 3');
});

test('a step that hangs, or whose command does not exist, fails', async () => {
  const said: string[] = [];
  const results = await runSteps(
    [
      node('hangs', 'setInterval(() => {}, 1000)', 0.3),
      { name: 'missing', command: ['latchkey-no-such-command'], seconds: 5 },
    ],
    (line) => said.push(line),
  );
  expect(results.map(({ passed }) => passed)).toEqual([false, false]);
  expect(said.join('\n')).toContain('hangs failed: it did not end within 0.3 s');
});
