import type { ParsedEvent } from '../cloudtrail/change-event.ts';
import type { EventResult, OpenEvent } from './sort-events.ts';

export const inPlace = (results: readonly EventResult[]): readonly EventResult[] =>
  results.toSorted((a, b) => a.index - b.index);

export const auditedResult = ({ index }: OpenEvent): EventResult => ({ index, outcome: 'audited' });

export const unsentResult = ({ index }: OpenEvent): EventResult => ({
  index,
  outcome: 'unsent',
  reason: 'alerts about it could not be sent yet: they wait in `unsent/`, and whatever runs next sends them',
});

export const otherGroupResult = ({ index, event }: OpenEvent): EventResult => ({
  index,
  outcome: 'ignored',
  reason: `group \`${event.touches.directoryGroups[0]}\` holds no permission set in the account`,
});

export const waitingResult = (parsed: ParsedEvent, index: number): EventResult =>
  parsed.ok
    ? { index, outcome: 'ignored', reason: 'there is no scan yet: it is looked at after the first one' }
    : { index, outcome: 'unreadable', reason: parsed.reason };
