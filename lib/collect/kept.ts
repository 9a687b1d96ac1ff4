import { sortBy } from '../snapshot/canonical.ts';
import type { CoverageEntry, CoverageStatus, KeptAnswer } from '../snapshot/snapshot.ts';
import { type AwsCall, CALLS, type CallArgument, callName } from './calls.ts';
import { type Fields, fieldsOf, textsOf } from './fields.ts';
import { ask, cutOff, type Reading } from './reading.ts';

/** What of the kept calls is read: attributes of things that are named, on top of what was known before. */
export interface KeptWish {
  readonly named: readonly string[];
  readonly before: readonly KeptAnswer[];
}

/**
 * Reads what no typed field holds yet (`use: 'kept'` in the table) of one service, and stores it as it is. With a wish
 * only that: the lists that hold what is named, and its attributes; those of the others are taken from before.
 */
export async function collectKept(
  reading: Reading,
  service: string,
  region: string | null,
  wish: KeptWish | null = null,
): Promise<void> {
  const own = CALLS.filter((call) => call.use === 'kept' && call.service === service);
  const wished = own.filter((call) => isAboutNamed(call, wish));
  const lists = new Set(wished.map(({ argument }) => sourceOf(argument)));
  for (const call of own) {
    if (wish === null || wished.includes(call) || lists.has(call.operation))
      await keep(reading, call, region, wish);
  }
}

const isAboutNamed = ({ argument }: AwsCall, wish: KeptWish | null): boolean =>
  argument?.kind === 'each' && wish !== null && wish.named.some((id) => id.startsWith(argument.begins));

/** The answer of before about something that is not named: nothing has changed it. */
function answeredBefore(
  call: string,
  region: string | null,
  argument: string | null,
  wish: KeptWish | null,
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
  wish: KeptWish | null,
): Promise<void> {
  const name = callName(call);
  const askedAt = reading.clock.now().toISOString();
  const { wanted, most } = argumentsOf(reading, call, region);
  if (wanted === null) {
    noteNoList(reading, call, region, askedAt);
    return;
  }
  const gaps: { status: CoverageStatus; detail: string }[] = [];
  let read = 0;
  for (const argument of wanted.slice(0, most)) {
    const answer = await keptAnswer(reading, call, { region, argument }, wish);
    if ('detail' in answer) gaps.push(answer);
    else {
      const cut = cutOff(fieldsOf(answer.data) ?? {}, call);
      if (cut !== null) gaps.push({ status: 'unreadable', detail: cut });
      reading.kept.push(answer);
      read += call.lists.length === 0 ? 1 : itemsIn(fieldsOf(answer.data) ?? {}, call.lists);
    }
  }
  const entry = entryOf(name, region, { wanted: wanted.length, most, read, gaps });
  const readAt = entry.status === 'collected' ? askedAt : null;
  reading.coverage.push({ ...entry, askedAt, readAt });
}

/** The list that names what the call is about was not collected. */
function noteNoList(reading: Reading, call: AwsCall, region: string | null, askedAt: string): void {
  const source = `${call.service}.${sourceOf(call.argument)}`;
  const detail = `needs the answer of \`${source}\`, which is not there`;
  const list = reading.coverage.find((entry) => entry.call === source && entry.region === region);
  const status = list === undefined || list.status === 'collected' ? 'not-collected' : list.status;
  reading.coverage.push({ call: callName(call), region, status, detail, items: null, askedAt, readAt: null });
}

/** One answer to store, or why there is none. */
async function keptAnswer(
  reading: Reading,
  call: AwsCall,
  { region, argument }: { readonly region: string | null; readonly argument: string | null },
  wish: KeptWish | null,
): Promise<KeptAnswer | { readonly status: CoverageStatus; readonly detail: string }> {
  const name = callName(call);
  const earlier = answeredBefore(name, region, argument, wish);
  if (earlier !== null) return earlier;
  const answer = await ask(reading, call, region, argument ?? undefined);
  if (answer.status !== 'collected') return answer;
  const data = fieldsOf(answer.data);
  if (data === null) return { status: 'unreadable', detail: 'the answer is not an object' };
  return { call: name, region, argument, data: inOrder(data, call.lists) };
}

/** AWS promises no order for its lists, and a report's own time is no news of the account. */
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

function entryOf(
  call: string,
  region: string | null,
  count: {
    readonly wanted: number;
    readonly most: number;
    readonly read: number;
    readonly gaps: readonly { status: CoverageStatus; detail: string }[];
  },
): CoverageEntry {
  const [first] = count.gaps;
  if (count.wanted > count.most) {
    const detail = `${count.read} of ${count.wanted} read: at most ${count.most} are asked for in one region`;
    return { call, region, status: 'not-collected', detail, items: count.read };
  }
  if (first === undefined) return { call, region, status: 'collected', detail: '', items: count.read };
  const detail = count.wanted === 1 ? first.detail : `${count.read} of ${count.wanted} read: ${first.detail}`;
  return { call, region, status: first.status, detail, items: count.read };
}

const sourceOf = (argument: CallArgument | null): string => (argument?.kind === 'each' ? argument.of : '');

/** What to ask about, each a call of its own; `wanted` is null where the list that names them was not collected. */
function argumentsOf(
  reading: Reading,
  call: AwsCall,
  region: string | null,
): { readonly wanted: readonly (string | null)[] | null; readonly most: number } {
  const { argument } = call;
  if (argument === null) return { wanted: [null], most: 1 };
  if (argument.kind === 'values') return { wanted: argument.values, most: argument.values.length };
  if (argument.kind !== 'each') return { wanted: null, most: 0 };
  const source = reading.kept.find(
    (kept) => kept.call === `${call.service}.${argument.of}` && kept.region === region,
  );
  const things = fieldsOf(source?.data)?.[argument.list];
  if (!Array.isArray(things)) return { wanted: null, most: argument.most };
  return { wanted: [...new Set(textsOf(things, argument.id))].sort(), most: argument.most };
}
