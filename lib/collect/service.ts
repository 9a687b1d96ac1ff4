import type { RegionSnapshot } from '../snapshot/snapshot.ts';
import { askEach } from './ask-each.ts';
import { type AwsCall, nameInService, type Reader } from './aws-call.ts';
import { CALLS } from './calls.ts';
import { argumentsOf, entryWithoutList } from './each.ts';
import { idsIn } from './found-ids.ts';
import type { AnswerPlace } from './instances.ts';
import { collectKept, type Wish } from './kept.ts';
import type { Taking } from './pages.ts';
import { type Reading, readCall } from './reading.ts';

/** The data of one service in one region; with a wish only that part. */
export async function collectService(
  reading: Reading,
  place: AnswerPlace,
  service: string,
  wish: Wish | null = null,
): Promise<Partial<RegionSnapshot>> {
  const part: Record<string, unknown> = {};
  for (const call of CALLS) {
    const { reader } = call;
    if (call.service !== service || typeof reader === 'string') continue;
    if (wish?.calls?.includes(nameInService(call)) === false) continue;
    part[reader.field] = await readField(reading, call, reader, place);
  }
  await collectKept(reading, service, place.region, wish);
  return part;
}

async function readField(
  reading: Reading,
  call: AwsCall,
  reader: Reader,
  place: AnswerPlace,
): Promise<unknown> {
  if (call.argument?.kind === 'each') return readEach(reading, call, reader, place);
  return readCall(reading, call, place.region, takingOf(reader, place));
}

/** Lists are joined; other answers have one page. */
const takingOf = (reader: Reader, place: AnswerPlace): Taking<unknown, unknown> => ({
  take: (answer) => {
    const value = reader.take(answer, place);
    return { value, items: Array.isArray(value) ? value.length : null };
  },
  join: (pages) => (Array.isArray(pages[0]) ? pages.flat() : pages[0]),
});

/** The lists of all answers, joined. Null: the list that names the subjects is missing. */
async function readEach(
  reading: Reading,
  call: AwsCall,
  reader: Reader,
  place: AnswerPlace,
): Promise<readonly unknown[] | null> {
  const { region } = place;
  const askedAt = reading.clock.now().toISOString();
  const { wanted, most } = argumentsOf(reading, call, region);
  if (wanted === null) {
    reading.coverage.push(entryWithoutList(reading, call, region, askedAt));
    return null;
  }
  const outcomes = await askEach(reading, call, { region, wanted, most }, takingOf(reader, place));
  // without subjects, the lists of the call are empty as well
  reading.found.add([idsIn(call, { region, argument: null }, {})]);
  return [...outcomes.values()].flatMap(({ value }) => (Array.isArray(value) ? value : []));
}
