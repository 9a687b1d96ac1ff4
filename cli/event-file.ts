import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { decodedText, isCompressed } from '../lib/adapters/local/text-of-bytes.ts';
import { member, recordsIn, text } from '../lib/cloudtrail/envelope.ts';
import { signOfMore } from '../lib/collect/answer-words.ts';
import { isObject } from '../lib/policy/fields.ts';
import { parseJson } from '../lib/policy/json.ts';
import { InputError } from '../lib/ports/input-error.ts';
import { documentsIn } from '../lib/snapshot/answer-pages.ts';
import { codeOf } from './folders.ts';

/** A log file of CloudTrail has some 50 MB unpacked at most. */
const LARGEST = 500_000_000;

export interface EventFile {
  readonly events: readonly unknown[];
  /** the sign that there are more events than the file has; null: none */
  readonly more: string | null;
}

/**
 * The events in the file of `--event`: one as EventBridge delivers it, or several, as a log file of CloudTrail or
 * `aws cloudtrail lookup-events` has them. Throws an InputError.
 */
export async function readEventFile(file: string): Promise<EventFile> {
  const bytes = await readFile(file).catch((error: unknown) => {
    throw new InputError(
      `--event: cannot read \`${file}\` (${codeOf(error)}): name a file with one CloudTrail event`,
    );
  });
  const content = decodedText(isCompressed(bytes) ? await unpacked(file, bytes) : bytes);
  if (content === null) throw new InputError(`--event: \`${file}\` is not UTF-8 text`);
  const values = await Promise.all(valuesIn(file, content).map((value) => logsIn(file, value)));
  const events = values.flatMap(recordsIn);
  if (events.length === 0)
    throw new InputError(`--event: \`${file}\` holds no event: name a file with one CloudTrail event`);
  const last = values.at(-1);
  return { events, more: isObject(last) ? signOfMore(last) : null };
}

/**
 * What CloudWatch Logs sends to a subscriber, unpacked; any other value as it is.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/SubscriptionFilters.html
 */
async function logsIn(file: string, value: unknown): Promise<unknown> {
  const packed = text(member(value, 'awslogs'), 'data');
  if (packed === null) return value;
  const bytes = await unpacked(file, Buffer.from(packed, 'base64'));
  return valuesIn(file, decodedText(bytes) ?? '')[0];
}

async function unpacked(file: string, bytes: Buffer): Promise<Buffer> {
  try {
    return await promisify(gunzip)(bytes, { maxOutputLength: LARGEST });
  } catch (error) {
    throw new InputError(`--event: \`${file}\` cannot be unpacked (${codeOf(error)}): name a whole file`);
  }
}

/** One JSON value, or several one after another. */
function valuesIn(file: string, text: string): readonly unknown[] {
  const whole = parseJson(text);
  if (whole.ok) return [whole.value];
  const parsed = (documentsIn(text) ?? []).map(parseJson);
  const values = parsed.flatMap((one) => (one.ok ? [one.value] : []));
  if (values.length < 2 || values.length < parsed.length)
    throw new InputError(
      `--event: \`${file}\` is not JSON: ${whole.problem.message.replace(/^not valid JSON: /, '')}: name a file with one CloudTrail event`,
    );
  return values;
}
