import type { CoverageEntry } from '../snapshot/snapshot.ts';
import { type AwsCall, type CallArgument, callName, type EachArgument } from './aws-call.ts';
import { fieldsOf, text } from './fields.ts';
import type { Found, Reading } from './reading.ts';

/** The operation that lists what a call is about. */
export const sourceOf = (argument: CallArgument | null): string =>
  argument?.kind === 'each' ? argument.of : '';

/** What to ask about, each a call of its own; `wanted` is null where the list that names them was not collected. */
export function argumentsOf(
  reading: Reading,
  { service, argument }: AwsCall,
  region: string | null,
): { readonly wanted: readonly (string | null)[] | null; readonly most: number } {
  if (argument === null) return { wanted: [null], most: 1 };
  if (argument.kind === 'values') return { wanted: argument.values, most: argument.values.length };
  if (argument.kind !== 'each') return { wanted: null, most: 0 };
  const place = `${region === null ? '' : `${region}/`}${service}.${argument.of}`;
  const found = reading.found.get(place);
  if (found === undefined) return { wanted: null, most: argument.most };
  const ids = found.flatMap((one) => idOf(argument, one));
  return { wanted: [...new Set(ids)].sort(), most: argument.most };
}

function idOf({ list, id, only }: EachArgument, { list: of, of: parent, item }: Found): readonly string[] {
  if (of !== list || only?.(item) === false) return [];
  const own = id === null ? item : text(fieldsOf(item), id);
  if (typeof own !== 'string' || own === '') return [];
  return [parent === null ? own : `${parent}.${own}`];
}

/** The list that names what the call is about was not collected. */
export function entryWithoutList(
  reading: Reading,
  call: AwsCall,
  region: string | null,
  askedAt: string,
): CoverageEntry {
  const source = `${call.service}.${sourceOf(call.argument)}`;
  const detail = `needs the answer of \`${source}\`, which is not there`;
  const list = reading.coverage.find((entry) => entry.call === source && entry.region === region);
  const status = list === undefined || list.status === 'collected' ? 'not-collected' : list.status;
  return { call: callName(call), region, status, detail, items: null, askedAt, readAt: null };
}

/** Why one of the calls gave nothing. */
export type Gap = Pick<CoverageEntry, 'status' | 'reason' | 'detail'>;

interface Count {
  readonly wanted: number;
  readonly most: number;
  readonly read: number;
  readonly gaps: readonly Gap[];
}

/** What coverage says of a call that is made once per thing. */
export function eachEntry(
  call: AwsCall,
  region: string | null,
  askedAt: string,
  count: Count,
): CoverageEntry {
  const gap = statusOf(count);
  const readAt = gap.status === 'collected' ? askedAt : null;
  return { call: callName(call), region, ...gap, items: count.read, askedAt, readAt };
}

function statusOf({ wanted, most, read, gaps }: Count): Gap {
  const [first] = gaps;
  if (wanted > most) {
    const detail = `${read} of ${wanted} read: at most ${most} are asked for in one region`;
    return { status: 'not-collected', detail };
  }
  if (first === undefined) return { status: 'collected', detail: '' };
  const { status, reason } = first;
  return {
    ...{ status, ...(reason && { reason }) },
    detail: wanted === 1 ? first.detail : `${read} of ${wanted} read: ${first.detail}`,
  };
}
