import process from 'node:process';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { tellUnsent } from '../../cli/outgoing.ts';

let said = '';
const code = process.exitCode;

beforeEach(() => {
  said = '';
  process.exitCode = undefined;
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    said += String(text);
    return true;
  });
});

afterEach(() => {
  vi.restoreAllMocks();
  process.exitCode = code;
});

describe('messages that a command could not send', () => {
  it('make it fail, since somebody has to look', () => {
    tellUnsent('out', { waiting: 2, beingSent: 0, problems: ['cannot send it: no room'] });
    expect(process.exitCode).toBe(2);
    expect(said).toBe(
      'latchkey: cannot send it: no room\nlatchkey: 2 alerts or mails wait in `out/unsent`: the next `scan` or `check` sends them\n',
    );
  });

  it('are reported without failure if another command is sending them', () => {
    tellUnsent('out', { waiting: 1, beingSent: 1, problems: [] });
    expect([process.exitCode, said]).toEqual([
      undefined,
      'latchkey: another command is sending 1 alert or mail of `out`\n',
    ]);
    tellUnsent('out', { waiting: 3, beingSent: 2, problems: [] });
    expect(process.exitCode).toBe(2);
    expect(said).toContain('another command is sending 2 alerts or mails of `out`\n');
    expect(said).toContain('1 alert or mail waits in `out/unsent`');
  });

  it('are not mentioned if nothing is waiting', () => {
    tellUnsent('out', { waiting: 0, beingSent: 0, problems: [] });
    expect([process.exitCode, said]).toEqual([undefined, '']);
  });
});
