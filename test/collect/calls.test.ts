import { describe, expect, it } from 'vitest';
import { callName } from '../../lib/collect/aws-call.ts';
import { CALLS } from '../../lib/collect/calls.ts';

describe('the table of calls', () => {
  it('names each call once, and uses subjects of an earlier call only', () => {
    const names = CALLS.map(callName);
    expect(new Set(names).size).toBe(names.length);
    for (const [index, call] of CALLS.entries()) {
      if (call.argument?.kind !== 'each') continue;
      const source = `${call.service}.${call.argument.of}`;
      expect(names.slice(0, index)).toContain(source);
      expect(CALLS[names.indexOf(source)]?.lists).toContain(call.argument.list);
    }
  });
});
