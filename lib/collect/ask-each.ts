import type { AwsCall } from './aws-call.ts';
import { type CallGap, eachEntry } from './each.ts';
import type { Taking } from './pages.ts';
import { type CallResult, type Reading, takeCall } from './reading.ts';

/** Makes a call for each of these things, but at most `most` calls, with one entry in coverage. */
export async function askEach<T>(
  reading: Reading,
  call: AwsCall,
  about: {
    readonly region: string | null;
    readonly wanted: readonly (string | null)[];
    readonly most: number;
  },
  taking: Taking<unknown, T>,
): Promise<ReadonlyMap<string | null, CallResult<T>>> {
  const { region, wanted, most } = about;
  const askedAt = reading.clock.now().toISOString();
  const outcomes = new Map<string | null, CallResult<T>>();
  const gaps: CallGap[] = [];
  for (const argument of wanted.slice(0, most)) {
    const outcome = await takeCall(reading, call, { region, argument }, taking);
    if (outcome.status !== 'collected') gaps.push(outcome);
    outcomes.set(argument, outcome);
  }
  const read = Math.min(wanted.length, most) - gaps.length;
  const readBy = [...outcomes.values()].find((outcome) => outcome.readBy !== undefined)?.readBy;
  const entry = eachEntry(call, region, askedAt, { wanted: wanted.length, most, read, gaps });
  reading.coverage.push({ ...entry, ...(readBy !== undefined && { readBy }) });
  return outcomes;
}
