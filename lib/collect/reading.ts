import type { Problem } from '../policy/problem.ts';
import type { AccountSource, EachPage, SourceAnswer, SourceCall } from '../ports/account-source.ts';
import type { Clock } from '../ports/clock.ts';
import type { Progress } from '../ports/progress.ts';
import type { CoverageEntry, GapReason, KeptAnswer } from '../snapshot/snapshot.ts';
import { answerPlace, foreign, notKnown } from './answer-words.ts';
import { type AwsCall, callName } from './aws-call.ts';
import { fieldsOf } from './fields.ts';
import { type About, FoundIds } from './found-ids.ts';
import { Pages, type Taking } from './pages.ts';
import type { KeptParts } from './part-scope.ts';

/** A reading of an account in progress: its source, and what it has noted so far. */
export interface Reading {
  readonly source: AccountSource;
  readonly clock: Clock;
  readonly progress: Progress;
  readonly coverage: CoverageEntry[];
  readonly problems: Problem[];
  readonly kept: KeptAnswer[];
  /** subjects of calls that are made once per thing, by the `placeOf` of each call, if a list named them */
  readonly found: FoundIds;
  /** what was read before and is kept; absent: nothing */
  readonly parts?: KeptParts;
}

export function startReading(
  source: AccountSource,
  progress: Progress,
  clock: Clock,
  parts?: KeptParts,
): Reading {
  const noted = { coverage: [], problems: [], kept: [], found: new FoundIds() };
  return { source, progress, clock, ...noted, ...(parts && { parts }) };
}

/** The result of one call: a value, or the reason why there is none. */
export interface CallResult<T> {
  readonly value: T | null;
  readonly status: CoverageEntry['status'];
  readonly reason?: GapReason;
  readonly detail: string;
  readonly items: number | null;
  /** the account that made the call, if it is another one */
  readonly readBy?: string;
}

/**
 * Makes one call and reads its answer. The result is always recorded in coverage; null means that there is nothing to
 * use.
 */
export async function readCall<Page, T>(
  reading: Reading,
  call: AwsCall,
  region: string | null,
  taking: Taking<Page, T>,
): Promise<T | null> {
  const argument = call.argument?.kind === 'values' ? (call.argument.values[0] ?? null) : null;
  const askedAt = reading.clock.now().toISOString();
  const { value, ...outcome } = await takeCall(reading, call, { region, argument }, taking);
  const readAt = outcome.status === 'collected' ? askedAt : null;
  reading.coverage.push({ call: callName(call), region, ...outcome, askedAt, readAt });
  return value;
}

/** Makes one call and reads its answer, without an entry in coverage. */
export async function takeCall<Page, T>(
  reading: Reading,
  call: AwsCall,
  about: About,
  taking: Taking<Page, T>,
): Promise<CallResult<T>> {
  const { region, argument } = about;
  const named = argument ?? undefined;
  const pages = new Pages(call, about, taking);
  const answer = await makeCall(reading, call, about, (data) => pages.add(data));
  if (answer.status !== 'collected') {
    const rests = answer.status === 'unreadable' ? `; ${notKnown(call)}` : '';
    return { value: null, ...answer, detail: `${answer.detail}${rests}`, items: null };
  }
  if (pages.count === 0) pages.add(fieldsOf(answer.data), answer.duplicateKeys);
  if (pages.isForeign)
    return { value: null, status: 'unreadable', detail: foreign(call, region, named), items: null };
  const { value, items, gaps, problems, ids } = pages.end();
  reading.problems.push(...problems);
  reading.found.add(ids);
  const status = gaps.length > 0 || value === null ? 'unreadable' : 'collected';
  const { readBy } = answer;
  const detail = [...gaps, ...leftOutTexts(problems)].join('; ');
  return { value, status, detail, items, ...(readBy !== undefined && { readBy }) };
}

/** Makes one call and returns its answer. */
export async function makeCall(
  reading: Reading,
  call: AwsCall,
  { region, argument }: About,
  eachPage?: EachPage,
): Promise<SourceAnswer> {
  const named = argument ?? undefined;
  reading.progress.step(`reading ${answerPlace(callName(call), region, named)}`);
  return reading.source.read(sourceCall(call, region, named), eachPage);
}

/** A row of the table as a request to a source. */
export function sourceCall(call: AwsCall, region: string | null, argument?: string): SourceCall {
  const { service, operation, lists, absentOn } = call;
  const action = call.grants.at(-1)?.actions.at(-1);
  return {
    ...{ service, operation, region, lists },
    ...(argument === undefined ? {} : { argument }),
    ...(absentOn === null ? {} : { absentOn }),
    ...(action === undefined ? {} : { action }),
  };
}

/** The items that are left out, as coverage lists them. */
export function leftOutTexts(problems: readonly Problem[]): string[] {
  const [first] = problems;
  if (first === undefined) return [];
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : '';
  return [`not everything in it could be read: ${first.path}: ${first.message}${more}`];
}
