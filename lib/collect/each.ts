import type { CoverageEntry } from '../snapshot/snapshot.ts';
import { type AwsCall, type CallArgument, callName } from './aws-call.ts';
import type { Reading } from './reading.ts';

/** The operation that lists the subjects of a call. */
export const sourceOf = (argument: CallArgument | null): string =>
  argument?.kind === 'each' ? argument.of : '';

/** The subjects of a call; `wanted` is null if the list that names them was not collected. */
export function argumentsOf(
  reading: Reading,
  call: AwsCall,
  region: string | null,
): { readonly wanted: readonly (string | null)[] | null; readonly most: number } {
  const { argument } = call;
  if (argument === null) return { wanted: [null], most: 1 };
  if (argument.kind === 'values') return { wanted: argument.values, most: argument.values.length };
  if (argument.kind !== 'each') return { wanted: null, most: 0 };
  return { wanted: reading.found.of(call, region), most: argument.most };
}

/** The coverage entry if the list that names the subjects was not collected. */
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

/** Why one of the calls returned nothing. */
export type CallGap = Pick<CoverageEntry, 'status' | 'reason' | 'detail'>;

interface Count {
  readonly wanted: number;
  readonly most: number;
  readonly read: number;
  readonly gaps: readonly CallGap[];
}

/** The coverage entry of a call that is made once per thing. */
export function eachEntry(
  call: AwsCall,
  region: string | null,
  askedAt: string,
  count: Count,
): CoverageEntry {
  const gap = statusOf(count, region);
  const readAt = gap.status === 'collected' ? askedAt : null;
  return { call: callName(call), region, ...gap, items: count.read, askedAt, readAt };
}

function statusOf({ wanted, most, read, gaps }: Count, region: string | null): CallGap {
  const [first] = gaps;
  if (wanted > most) {
    const where = region === null ? '' : ' in one region';
    const detail = `${read} of ${wanted} read: at most ${most} are asked for${where}`;
    return { status: 'not-collected', detail };
  }
  if (first === undefined) return { status: 'collected', detail: '' };
  const { status, reason } = first;
  return {
    ...{ status, ...(reason && { reason }) },
    detail: wanted === 1 ? first.detail : `${read} of ${wanted} read: ${first.detail}`,
  };
}
