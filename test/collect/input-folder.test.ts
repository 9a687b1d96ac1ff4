import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CALLS } from '../../lib/collect/calls.ts';

const page = readFileSync(join(import.meta.dirname, '../../docs/input-folder.md'), 'utf8');

describe('docs/input-folder.md', () => {
  it.each(CALLS.map((call) => [`${call.service}.${call.operation}`, call] as const))(
    'has the file and the options of %s',
    (name, call) => {
      expect(page).toContain(call.argument === null ? `${name}.json` : `${name}.`);
      for (const option of call.options.split(' ').filter((word) => word.startsWith('--')))
        expect(page).toContain(option);
    },
  );
});
