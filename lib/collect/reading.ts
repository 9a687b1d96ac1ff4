import type { Fields } from '../policy/fields.ts';
import type { Problem } from '../policy/problem.ts';
import type { AccountSource, SourceAnswer, SourceCall } from '../ports/account-source.ts';
import type { Clock } from '../ports/clock.ts';
import type { Progress } from '../ports/progress.ts';
import type { CoverageEntry, GapReason, KeptAnswer } from '../snapshot/snapshot.ts';
import type { Answer } from './answer.ts';
import { type AwsCall, callName } from './aws-call.ts';
import { fieldsOf, type Note } from './fields.ts';
import { duplicatesByDocument } from './policy-record.ts';

/** A reading of an account under way: where it reads from, and what it has noted so far. */
export interface Reading {
  readonly source: AccountSource;
  readonly clock: Clock;
  readonly progress: Progress;
  readonly coverage: CoverageEntry[];
  readonly problems: Problem[];
  readonly kept: KeptAnswer[];
  /** items of lists that calls made once per thing take their ids out of, by `placeOf` of the call */
  readonly found: Map<string, Found[]>;
}

/** An item of a list, and what the call that lists it was about. */
export interface Found {
  readonly list: string;
  readonly of: string | null;
  readonly item: unknown;
}

export function startReading(source: AccountSource, progress: Progress, clock: Clock): Reading {
  return { source, progress, clock, coverage: [], problems: [], kept: [], found: new Map() };
}

/** What came of one call: a value, or none and why. */
export interface Outcome<T> {
  readonly value: T | null;
  readonly status: CoverageEntry['status'];
  readonly reason?: GapReason;
  readonly detail: string;
  readonly items: number | null;
}

/** What `take` makes of an answer: null is unreadable; `gap` says which part of the answer is not there. */
export type Take<T> = (answer: Answer) => {
  readonly value: T | null;
  readonly items: number | null;
  readonly gap?: string | null;
};

/**
 * Makes one call and takes its answer apart. Whatever happens is in coverage afterwards; null means that there is nothing
 * to use.
 */
export async function readCall<T>(
  reading: Reading,
  call: AwsCall,
  region: string | null,
  take: Take<T>,
): Promise<T | null> {
  const argument = call.argument?.kind === 'values' ? (call.argument.values[0] ?? null) : null;
  const askedAt = reading.clock.now().toISOString();
  const { value, ...outcome } = await takeCall(reading, call, { region, argument }, take);
  const readAt = outcome.status === 'collected' ? askedAt : null;
  reading.coverage.push({ call: callName(call), region, ...outcome, askedAt, readAt });
  return value;
}

/** Makes one call and takes its answer apart, without a word in coverage. */
export async function takeCall<T>(
  reading: Reading,
  call: AwsCall,
  { region, argument }: { readonly region: string | null; readonly argument: string | null },
  take: Take<T>,
): Promise<Outcome<T>> {
  const named = argument ?? undefined;
  const answer = await ask(reading, call, region, named);
  if (answer.status !== 'collected') {
    const rests = answer.status === 'unreadable' ? `; ${notKnown(call)}` : '';
    return { value: null, ...answer, detail: `${answer.detail}${rests}`, items: null };
  }
  const fields = fieldsOf(answer.data);
  const missing = call.lists.filter((key) => !Array.isArray(fields?.[key]));
  if (fields === null || (missing.length > 0 && missing.length === call.lists.length)) {
    return { value: null, status: 'unreadable', detail: foreign(call, region, named), items: null };
  }
  const place = placeOf(callName(call), region, named);
  const before = reading.problems.length;
  const { inDocuments, elsewhere } = duplicatesByDocument(answer.duplicateKeys);
  const note: Note = (path, message) => reading.problems.push({ path: `${place} ${path}`, message });
  for (const path of elsewhere) note(path, 'the key stands twice in the file: the last one was taken');
  const { value, items, gap = null } = take({ fields, argument, duplicates: inDocuments, note });
  const absent = missing.length > 0 ? `${quoted(missing)} is not in the answer` : null;
  const gaps = [absent, cutOff(fields, call), gap].filter((one) => one !== null);
  const status = gaps.length > 0 || value === null ? 'unreadable' : 'collected';
  const detail = [...gaps, ...leftOut(reading.problems.slice(before))].join('; ');
  noteFound(reading, call, { region, argument }, fields);
  return { value, status, detail, items };
}

/** Remembers the items that later calls are about. */
export function noteFound(
  reading: Reading,
  call: AwsCall,
  { region, argument }: { readonly region: string | null; readonly argument: string | null },
  fields: Fields,
): void {
  const place = placeOf(callName(call), region, undefined);
  const found = reading.found.get(place) ?? [];
  for (const list of call.lists) {
    const items = fields[list];
    if (Array.isArray(items)) for (const item of items) found.push({ list, of: argument, item });
  }
  reading.found.set(place, found);
}

/** Makes one call for no other reason than to have its answer. */
export async function ask(
  reading: Reading,
  call: AwsCall,
  region: string | null,
  argument?: string,
): Promise<SourceAnswer> {
  reading.progress.step(`reading ${placeOf(callName(call), region, argument)}`);
  return reading.source.read(sourceCall(call, region, argument));
}

/** A row of the table as a source is asked for it. */
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

/** The answer's place as its file is named: `us-east-1/ec2.describe-image-attribute.ami-1`. */
function placeOf(name: string, region: string | null, argument: string | undefined): string {
  return `${region === null ? '' : `${region}/`}${name}${argument === undefined ? '' : `.${argument}`}`;
}

function foreign(call: AwsCall, region: string | null, argument: string | undefined): string {
  const shape = call.lists.length > 0 ? `an object with ${quoted(call.lists)}` : 'an object';
  return `the answer is not ${shape}: write it again with \`${commandOf(call, region, argument)}\``;
}

const quoted = (keys: readonly string[]): string => keys.map((key) => `\`${key}\``).join(', ');

/** The items that are left out, as coverage tells it. */
export function leftOut(problems: readonly Problem[]): string[] {
  const [first] = problems;
  if (first === undefined) return [];
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : '';
  return [`not everything in it could be read: ${first.path}: ${first.message}${more}`];
}

/** What rests on a call. */
const notKnown = (call: AwsCall): string => `not known, or not all of it: ${call.purpose}`;

const MARKERS = ['NextToken', 'nextToken', 'Marker', 'NextMarker'] as const;

/**
 * What an answer says of itself that there is more of it: the CLI puts pages together and leaves no marker behind.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountAuthorizationDetails.html
 */
export function cutOff(fields: Fields, call: AwsCall): string | null {
  const marker = MARKERS.find((key) => typeof fields[key] === 'string' && fields[key] !== '');
  const said = fields.IsTruncated === true ? '`IsTruncated` is true' : marker && `it has a \`${marker}\``;
  if (!said) return null;
  return `the answer is cut off (${said}); ${notKnown(call)}: write it again without \`--max-items\` and \`--no-paginate\``;
}

/** The command that writes the answer as a file. */
function commandOf(call: AwsCall, region: string | null, argument: string | undefined): string {
  const options = argument === undefined ? call.options : call.options.replace('<argument>', argument);
  const parts = ['aws', call.service, call.operation, options, region === null ? '' : `--region ${region}`];
  return `${parts.filter((part) => part !== '').join(' ')} --output json`;
}
