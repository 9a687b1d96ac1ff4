import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { simulateLine } from '../../lib/evaluator/simulate.ts';

test('the example of the evaluator is what it answers', () => {
  const page = readFileSync(path.join(import.meta.dirname, '..', '..', 'docs', 'evaluator.md'), 'utf8');
  const [question = '', answer = ''] = [...page.matchAll(/^```json\n([^`]*)^```$/gm)].map(
    ([, block]) => block,
  );
  expect(simulateLine(JSON.stringify(JSON.parse(question)))).toEqual(JSON.parse(answer));
});
