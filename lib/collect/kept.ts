import type { Fields } from '../policy/fields.ts';
import type { KeptAnswer } from '../snapshot/snapshot.ts';
import { sortBy } from '../snapshot/sort-by.ts';
import { cutOff, foreign } from './answer-words.ts';
import { type AwsCall, callName, nameInService } from './aws-call.ts';
import { CALLS } from './calls.ts';
import { argumentsOf, type CallGap, eachEntry, entryWithoutList, sourceOf } from './each.ts';
import { fieldsOf } from './fields.ts';
import { idsIn } from './found-ids.ts';
import { makeCall, type Reading } from './reading.ts';

/** The part of a service that is read again. */
export interface Wish {
  /** by their names in the service; null: all except kept ones that are made once per thing */
  readonly calls: readonly string[] | null;
  /** things whose attributes are read, in addition to those already known */
  readonly named: readonly string[];
  readonly before: readonly KeptAnswer[];
}

/**
 * Reads the calls of one service that have no typed field yet (`reader: 'kept'` in the table), and stores the answers
 * unchanged. With a wish: only the lists that hold the named things, and the attributes of these; other attributes are
 * copied from the previous reading.
 */
export async function collectKept(
  reading: Reading,
  service: string,
  region: string | null,
  wish: Wish | null = null,
): Promise<void> {
  const own = CALLS.filter((call) => call.reader === 'kept' && call.service === service);
  const wished = own.filter((call) => isAboutNamed(call, wish) || isAsked(call, wish));
  const lists = new Set(wished.map(({ argument }) => sourceOf(argument)));
  for (const call of own) {
    if (wish === null || wished.includes(call) || lists.has(call.operation))
      await keep(reading, call, region, wish);
  }
}

const isAsked = (call: AwsCall, wish: Wish | null): boolean =>
  wish !== null && (wish.calls?.includes(nameInService(call)) ?? call.argument?.kind !== 'each');

const isAboutNamed = ({ argument }: AwsCall, wish: Wish | null): boolean =>
  argument?.kind === 'each' && wish !== null && namesOne(argument.begins, wish.named);

const namesOne = (begins: string | null, named: readonly string[]): boolean =>
  begins !== null && named.some((id) => id.startsWith(begins));

/** The previous answer about a thing that is not named: nothing has changed it. */
function answeredBefore(
  call: string,
  region: string | null,
  argument: string | null,
  wish: Wish | null,
): KeptAnswer | null {
  if (wish === null || argument === null || wish.named.includes(argument)) return null;
  const isIt = (one: KeptAnswer): boolean =>
    one.call === call && one.region === region && one.argument === argument;
  return wish.before.find(isIt) ?? null;
}

async function keep(
  reading: Reading,
  call: AwsCall,
  region: string | null,
  wish: Wish | null,
): Promise<void> {
  const askedAt = reading.clock.now().toISOString();
  const { wanted, most } = argumentsOf(reading, call, region);
  if (wanted === null) {
    reading.coverage.push(entryWithoutList(reading, call, region, askedAt));
    return;
  }
  const gaps: CallGap[] = [];
  let read = 0;
  for (const argument of wanted.slice(0, most)) {
    const answer = await keptAnswer(reading, call, { region, argument }, wish);
    if ('detail' in answer) {
      gaps.push(answer);
      continue;
    }
    const fields = fieldsOf(answer.data) ?? {};
    const cut = cutOff(fields, call);
    if (cut !== null) gaps.push({ status: 'unreadable', detail: cut });
    reading.kept.push(answer);
    reading.found.add([idsIn(call, { region, argument }, fields)]);
    read += call.lists.length === 0 ? 1 : itemsIn(fields, call.lists);
  }
  reading.coverage.push(eachEntry(call, region, askedAt, { wanted: wanted.length, most, read, gaps }));
}

/** One answer to store, or why it is missing. */
async function keptAnswer(
  reading: Reading,
  call: AwsCall,
  { region, argument }: { readonly region: string | null; readonly argument: string | null },
  wish: Wish | null,
): Promise<KeptAnswer | CallGap> {
  const name = callName(call);
  const earlier = answeredBefore(name, region, argument, wish);
  if (earlier !== null) return earlier;
  const answer = await makeCall(reading, call, { region, argument });
  if (answer.status !== 'collected') return answer;
  const data = fieldsOf(answer.data);
  if (data === null || !isAnswerOf(call, data))
    return { status: 'unreadable', detail: foreign(call, region, argument ?? undefined) };
  return { call: name, region, argument, data: inOrder(data, call.lists) };
}

/** False: it is a message, or the answer of another call. One of nothing, for a thing that does not exist, is empty. */
function isAnswerOf({ lists, holds, absentOn }: AwsCall, data: Fields): boolean {
  if (absentOn !== null && Object.keys(data).length === 0) return true;
  if (lists.length > 0) return lists.some((key) => Array.isArray(data[key]));
  return holds === undefined || data[holds] !== undefined;
}

/** AWS promises no order for its lists, and the creation time of a report is no change of the account. */
function inOrder(data: Fields, lists: readonly string[]): Fields {
  const members = Object.entries(data)
    .filter(([key]) => key !== 'GeneratedTime')
    .map(([key, value]) => {
      const sortable = lists.includes(key) && Array.isArray(value);
      return [key, sortable ? sortBy(value, (item) => JSON.stringify(item)) : value];
    });
  return Object.fromEntries(members);
}

function itemsIn(data: Fields, lists: readonly string[]): number {
  return lists.reduce((sum, key) => sum + (Array.isArray(data[key]) ? data[key].length : 0), 0);
}
