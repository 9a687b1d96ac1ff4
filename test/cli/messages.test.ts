import { describe, expect, it } from 'vitest';
import { faultMessage, oneLine, usageMessage } from '../../cli/messages.ts';

describe('messages', () => {
  it('stay on one line and cannot move the cursor', () => {
    expect(oneLine('a\n b\u001b[2Jc\u202e')).toBe('a: b\\u{1b}[2Jc\\u{202e}');
  });
  it("quote the user's words in backticks, and say where to read on", () => {
    expect(usageMessage("error: unknown option '--form'\n(Did you mean --from?)", 'scan')).toBe(
      'unknown option `--form` (did you mean `--from`?): see `latchkey scan --help`',
    );
    expect(usageMessage("error: required option '--in <dir>' not specified", undefined)).toBe(
      'required option `--in <dir>` not specified: name the folder that `scan --out` wrote, or set `LATCHKEY_IN`: see `latchkey --help`',
    );
  });
  it('quote words that are too many', () => {
    const said = "error: too many arguments for 'runs'. Expected 0 arguments but got 2: extra, more.";
    expect(usageMessage(said, 'runs')).toBe(
      'too many words for `runs`: leave out `extra, more`: see `latchkey runs --help`',
    );
  });

  it('name an argument as the usage does', () => {
    const said =
      "error: command-argument value 'foo' is invalid for argument 'what'. Allowed choices are a, b.";
    expect(usageMessage(said, 'export')).toBe(
      '<what>: `foo` is none of them: there are a, b: see `latchkey export --help`',
    );
  });
  it.each([
    [{ code: 'ENOSPC' }, 'no space is left on the disk: free some, and run it again'],
    [
      { code: 'EACCES', path: 'out/run\u001b.json' },
      'cannot use `out/run\\u{1b}.json`: permission denied: check its permissions, or name another folder',
    ],
    [{ code: 'ECONNRESET' }, 'what it said: more'],
  ])('say what to do about an error of the disk: %j', (facts, said) => {
    expect(faultMessage(Object.assign(new Error('what it said\nmore'), facts))).toBe(said);
  });
});
