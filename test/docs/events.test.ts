import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import type { EventRow } from '../../lib/cloudtrail/event-row.ts';
import { EVENT_TABLE } from '../../lib/cloudtrail/event-table.ts';

const page = readFileSync(new URL('../../docs/deploy.md', import.meta.url), 'utf8');

const callsOf = ({ reads, calls }: EventRow): string => {
  if (calls === 'tagged') return 'the list of what was tagged';
  return calls ? calls.map((call) => `\`${call}\``).join(', ') : `all of ${reads.join(', ')}`;
};

const eventsOf = ({ source, names, wholeSource }: EventRow): string => {
  const service = source.replace('.amazonaws.com', '');
  if (wholeSource) return `${service}: all changes`;
  const shown = names.slice(0, names.length > 3 ? 2 : 3).map((name) => `\`${name}\``);
  const more = names.length > 3 ? ` and ${names.length - 2} more` : '';
  return `${service}: ${shown.join(', ')}${more}`;
};

it('docs/deploy.md says which calls each kind of event makes again', () => {
  const ofAccount = EVENT_TABLE.filter(({ changes }) => changes !== 'expected-file');
  const rows = new Set(ofAccount.map((row) => `| ${eventsOf(row)} | ${callsOf(row)} |`));
  const section = page.split('### What an event reads again')[1] ?? '';
  const table = /\| events[^\n]*\n\|[-|]*\n((?:\|[^\n]*\n)+)/.exec(section)?.[1];
  expect(table?.trim().split('\n')).toEqual([...rows]);
});
