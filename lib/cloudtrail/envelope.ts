import { type Fields, isObject, own } from '../policy/fields.ts';
import { parseJson } from '../policy/json.ts';
import { plain, quoted } from '../policy/quoted.ts';

export type Unwrapped =
  | { readonly ok: true; readonly record: Fields; readonly envelope: Fields | null }
  | { readonly ok: false; readonly reason: string };

/** EventBridge in SNS in SQS, and some more. */
const MAX_LAYERS = 8;

/** Members that hold a record or a further envelope, as JSON text or as an object. */
const LAYERS = [
  'detail',
  'body',
  'Body',
  'Sns',
  'Message',
  'CloudTrailEvent',
  'eventJson',
  'message',
] as const;

/**
 * Members that hold many: of a trail's log file, of `lookup-events`, of `filter-log-events` and subscriptions of CloudWatch Logs, of
 * `get-query-results` of CloudTrail Lake, where each row is a list of columns.
 */
const MANY = ['Records', 'Events', 'events', 'logEvents', 'QueryResultRows'] as const;

/** The events of a file: one, those of a list, or those of an envelope that holds many. */
export function recordsIn(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value.flatMap(recordsIn);
  if (!isObject(value) || isRecord(value)) return [value];
  const name = MANY.find((one) => Array.isArray(member(value, one)));
  if (name === undefined) return [value];
  const items = member(value, name) as readonly unknown[];
  return items.map((item) => (Array.isArray(item) ? Object.assign({}, ...item.filter(isObject)) : item));
}

/**
 * Finds the CloudTrail record in a delivered event: the record itself, an EventBridge event with it in
 * `detail`, an SQS or SNS message with either as text, a trail's file or batch with one record.
 */
export function unwrap(delivered: unknown): Unwrapped {
  let value = delivered;
  let envelope: Fields | null = null;
  for (let layer = 0; layer < MAX_LAYERS; layer++) {
    if (isObject(value) && isRecord(value)) return { ok: true, record: value, envelope };
    if (isObject(value) && isObject(member(value, 'detail'))) envelope = value;
    const inner: Inner = typeof value === 'string' ? parse(value) : unwrapOne(value);
    if (!inner.ok) return { ok: false, reason: otherForm(value) ?? kindOf(envelope) ?? inner.reason };
    value = inner.value;
  }
  return { ok: false, reason: `the event is wrapped more than ${MAX_LAYERS} times` };
}

interface OtherForm {
  readonly is: (value: unknown) => boolean;
  readonly says: string;
}

/**
 * What else CloudTrail and the buckets of its trails write, and what to do.
 * https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-insights-fields-trails.html
 * https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-validation-digest-file-structure.html
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
 */
const OTHER_FORMS: readonly OtherForm[] = [
  {
    is: (value) => text(value, 'eventType') === 'AwsCloudTrailInsight',
    says: 'an event of CloudTrail Insights counts calls and is none, so it changes nothing: hand over the calls themselves',
  },
  {
    is: (value) => text(value, 'digestStartTime') !== null,
    says: 'a digest file of CloudTrail holds no events: hand over a log file that it names',
  },
  {
    is: (value) => isObject(member(value, 's3')),
    says: 'a notification of S3 holds no events: hand over the log file that it names',
  },
];

/** What a value is that is of another form; null: it is of none of them. */
const otherForm = (value: unknown): string | null => OTHER_FORMS.find(({ is }) => is(value))?.says ?? null;

/** An event of EventBridge whose details are no record says of what kind it is. */
function kindOf(envelope: Fields | null): string | null {
  const kind = text(envelope, 'detail-type');
  return kind === null ? null : `${quoted(kind)} is no CloudTrail record`;
}

type Inner = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly reason: string };

function parse(value: string): Inner {
  const parsed = parseJson(value);
  return parsed.ok ? parsed : { ok: false, reason: `the event is ${plain(parsed.problem.message)}` };
}

function unwrapOne(value: unknown): Inner {
  if (!isObject(value)) return { ok: false, reason: 'the event is not a JSON object' };
  const batch = member(value, 'Records');
  if (Array.isArray(batch)) {
    if (batch.length === 1) return { ok: true, value: batch[0] };
    return { ok: false, reason: `\`Records\` holds ${batch.length} records: hand over one` };
  }
  const name = LAYERS.find((one) => isObject(member(value, one)) || typeof member(value, one) === 'string');
  return name
    ? { ok: true, value: member(value, name) }
    : { ok: false, reason: kindOf(value) ?? NOT_A_RECORD };
}

const NOT_A_RECORD =
  'neither a CloudTrail record (`eventSource`, `eventName`) nor an envelope with one in `detail` or `body`';

/** Messages of SQS and S3 also have an `eventSource`, `aws:sqs` and `aws:s3`, and those of S3 an `eventName`. */
function isRecord(fields: Fields): boolean {
  const source = text(fields, 'eventSource') ?? '';
  return (
    source.endsWith('.amazonaws.com') || (!source.startsWith('aws:') && text(fields, 'eventName') !== null)
  );
}

export function member(fields: unknown, name: string): unknown {
  return isObject(fields) ? own(fields, name) : undefined;
}

/** A member that is a non-empty text, else null. */
export function text(fields: unknown, name: string): string | null {
  const value = member(fields, name);
  return typeof value === 'string' && value !== '' ? value : null;
}
