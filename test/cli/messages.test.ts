import { describe, expect, it } from 'vitest';
import { oneLine, usageMessage } from '../../cli/messages.ts';

describe('messages', () => {
  it('stay on one line and cannot move the cursor', () => {
    expect(oneLine('a\n b\u001b[2Jc\u202e')).toBe('a: b\\u{1b}[2Jc\\u{202e}');
  });
  it('put what was typed into backticks and say where to read on', () => {
    expect(usageMessage("error: unknown option '--form'\n(Did you mean --from?)", 'scan')).toBe(
      'unknown option `--form` (did you mean `--from`?): see `latchkey scan --help`',
    );
    expect(usageMessage("error: required option '--in <dir>' not specified", undefined)).toBe(
      'required option `--in <dir>` not specified: name the folder that `scan --out` wrote, or set `LATCHKEY_IN`: see `latchkey --help`',
    );
  });
});
