import { describe, expect, it } from 'vitest';
import { changesNothing, EVENT_TABLE, READS } from '../../lib/cloudtrail/event-table.ts';
import { nameInService } from '../../lib/collect/aws-call.ts';
import { CALLS } from '../../lib/collect/calls.ts';

describe('the table of events', () => {
  it('names each call of a source once', () => {
    const names = EVENT_TABLE.flatMap((row) => row.names.map((name) => `${row.source} ${name}`));
    expect(names.filter((name, at) => names.indexOf(name) !== at)).toEqual([]);
    for (const name of names) expect(name).toMatch(/^[a-z0-9-]+\.amazonaws\.com [A-Z][A-Za-z0-9]+$/);
  });

  it('contains no call that is known to change nothing', () => {
    const calls = EVENT_TABLE.flatMap(({ source, names }) => names.map((name) => ({ source, name })));
    expect(calls.filter(({ source, name }) => changesNothing(source, name))).toEqual([]);
  });

  it('reads again only services with calls, the same ones for all calls of a source', () => {
    // of `configuration` nothing is read of the account
    const services = new Set<string>([...CALLS.map((call) => call.service), 'configuration']);
    for (const { source, reads } of EVENT_TABLE) {
      expect(reads.filter((service) => !services.has(service))).toEqual([]);
      expect(reads).toEqual(READS.get(source));
    }
  });

  it('reads again only existing calls, each with the list that names its subjects', () => {
    for (const { reads, calls = [] } of EVENT_TABLE) {
      if (typeof calls === 'string') continue;
      const own = CALLS.filter(({ service }) => reads.some((one) => one === service));
      for (const name of calls) {
        const call = own.find((one) => nameInService(one) === name);
        expect(call, name).toBeDefined();
        if (call?.argument?.kind === 'each') expect(calls).toContain(call.argument.of);
      }
    }
  });
});
