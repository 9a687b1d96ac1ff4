import type { Problem } from '../policy/problem.ts';
import type { AccountSource, SourceAnswer } from '../ports/account-source.ts';
import type { Clock } from '../ports/clock.ts';
import type { Progress } from '../ports/progress.ts';
import type { CoverageEntry, KeptAnswer } from '../snapshot/snapshot.ts';
import { type AwsCall, CALLS, callName } from './calls.ts';
import { type Fields, fieldsOf, type Note } from './fields.ts';
import { type DuplicateKeys, duplicatesByDocument } from './policy-record.ts';

/** A reading of an account under way: where it reads from, and what it has noted so far. */
export interface Reading {
  readonly source: AccountSource;
  readonly clock: Clock;
  readonly progress: Progress;
  readonly coverage: CoverageEntry[];
  readonly problems: Problem[];
  readonly kept: KeptAnswer[];
}

/** An answer that could be read, ready to be taken apart. `note` records an item of it that is left out. */
export interface Answer {
  readonly fields: Fields;
  readonly duplicates: DuplicateKeys;
  readonly note: Note;
}

export function startReading(source: AccountSource, progress: Progress, clock: Clock): Reading {
  return { source, progress, clock, coverage: [], problems: [], kept: [] };
}

/** The row of the table for a name such as `ec2.describe-instances`. */
function callNamed(name: string): AwsCall {
  const call = CALLS.find((one) => callName(one) === name);
  if (call === undefined) throw new Error(`\`${name}\` is not in the table of calls`);
  return call;
}

/**
 * Makes one call and takes its answer apart with `take`, which gives the value (null: unreadable), how many items it
 * holds, and where a part of the answer is not there (`gap`) what is not. Whatever happens is in coverage afterwards; null means that there is nothing to use.
 */
export async function readCall<T>(
  reading: Reading,
  name: string,
  region: string | null,
  take: (answer: Answer) => {
    readonly value: T | null;
    readonly items: number | null;
    readonly gap?: string | null;
  },
): Promise<T | null> {
  const call = callNamed(name);
  const argument = call.argument?.kind === 'values' ? call.argument.values[0] : undefined;
  const askedAt = reading.clock.now().toISOString();
  const answer = await ask(reading, call, region, argument);
  const entry = { call: name, region, items: null, askedAt, readAt: null };
  if (answer.status !== 'collected') {
    const rests = answer.status === 'unreadable' ? `; ${notKnown(call)}` : '';
    reading.coverage.push({ ...entry, status: answer.status, detail: `${answer.detail}${rests}` });
    return null;
  }
  const fields = fieldsOf(answer.data);
  const missing = call.lists.filter((key) => !Array.isArray(fields?.[key]));
  if (fields === null || (missing.length > 0 && missing.length === call.lists.length)) {
    reading.coverage.push({ ...entry, status: 'unreadable', detail: foreign(call, region, argument) });
    return null;
  }
  const cut = cutOff(fields, call);
  const place = placeOf(name, region, argument);
  const before = reading.problems.length;
  const { inDocuments, elsewhere } = duplicatesByDocument(answer.duplicateKeys);
  const note: Note = (path, message) => reading.problems.push({ path: `${place} ${path}`, message });
  for (const path of elsewhere) note(path, 'the key stands twice in the file: the last one was taken');
  const { value, items, gap = null } = take({ fields, duplicates: inDocuments, note });
  const details = [
    ...(missing.length ? [`${quoted(missing)} is not in the answer`] : []),
    ...(cut === null ? [] : [cut]),
    ...(gap === null ? [] : [gap]),
    ...leftOut(reading.problems.slice(before)),
  ];
  const status =
    missing.length || cut !== null || gap !== null || value === null ? 'unreadable' : 'collected';
  const readAt = status === 'collected' ? askedAt : null;
  reading.coverage.push({ ...entry, status, detail: details.join('; '), items, readAt });
  return value;
}

/** Makes one call for no other reason than to have its answer. */
export async function ask(
  reading: Reading,
  call: AwsCall,
  region: string | null,
  argument?: string,
): Promise<SourceAnswer> {
  reading.progress.step(`reading ${placeOf(callName(call), region, argument)}`);
  const { service, operation } = call;
  return reading.source.read({ service, operation, region, ...(argument === undefined ? {} : { argument }) });
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

function leftOut(problems: readonly Problem[]): string[] {
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
