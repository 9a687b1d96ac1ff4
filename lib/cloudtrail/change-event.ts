import type { Fields } from '../policy/fields.ts';
import { plain } from '../policy/quoted.ts';
import { member, text, unwrap } from './envelope.ts';
import { type Touches, touchesOf } from './touches.ts';

/** A CloudTrail record, reduced to what drift and collecting need: the call, the actor, and the resources. */
export interface ChangeEvent {
  readonly eventId: string;
  /** `iam.amazonaws.com` */
  readonly eventSource: string;
  readonly eventName: string;
  /** ISO 8601, UTC */
  readonly time: string;
  readonly region: string;
  /** the account of the trail; null if the record does not say */
  readonly accountId: string | null;
  /** the actor, with the role session or calling service; null if the record does not say */
  readonly actor: string | null;
  /** the name of the actor's role session; null: not a session, or the record does not say */
  readonly session: string | null;
  readonly sourceIp: string | null;
  readonly mfa: boolean | null;
  /** a failed call changed nothing */
  readonly errorCode: string | null;
  readonly touches: Touches;
}

export type ParsedEvent =
  | { readonly ok: true; readonly event: ChangeEvent }
  | { readonly ok: false; readonly reason: string };

/**
 * Parses a CloudTrail record, bare or in its envelopes. Only source, name, id, time and region are required;
 * everything else may be missing, cut short or of an unknown form. Never throws.
 * https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
 */
export function parseChangeEvent(delivered: unknown): ParsedEvent {
  const unwrapped = unwrap(delivered);
  if (!unwrapped.ok) return unwrapped;
  const { record, envelope } = unwrapped;
  const eventSource = text(record, 'eventSource');
  const eventName = text(record, 'eventName');
  const eventId = text(record, 'eventID') ?? text(record, 'eventId') ?? text(envelope, 'id');
  const time = isoTime(text(record, 'eventTime') ?? text(envelope, 'time'));
  const region = text(record, 'awsRegion') ?? text(envelope, 'region');
  if (eventSource === null) return missing('eventSource');
  if (eventName === null) return missing('eventName');
  if (eventId === null) return missing('eventID');
  if (time === null) return missing('eventTime', ' that is a time in ISO 8601');
  if (region === null) return missing('awsRegion');
  const source = eventSource.toLowerCase();
  return {
    ok: true,
    event: {
      eventId,
      eventSource: source,
      eventName,
      time,
      region,
      accountId: accountOf(record, envelope),
      ...actorOf(member(record, 'userIdentity')),
      sourceIp: text(record, 'sourceIPAddress'),
      mfa: mfaOf(record),
      errorCode: text(record, 'errorCode'),
      touches: touchesOf(
        [
          member(record, 'requestParameters'),
          member(record, 'responseElements'),
          member(record, 'resources'),
        ],
        source,
      ),
    },
  };
}

function missing(name: string, what = ''): ParsedEvent {
  return { ok: false, reason: `the CloudTrail record has no \`${name}\`${what}` };
}

function isoTime(value: string | null): string | null {
  if (value === null || !/^\d{4}-\d\d-\d\dT/.test(value)) return null;
  const at = Date.parse(value);
  return Number.isNaN(at) ? null : new Date(at).toISOString();
}

/** A caller from another account (`AWSAccount`) says nothing about whose trail this is. */
function accountOf(record: Fields, envelope: Fields | null): string | null {
  const said = text(record, 'recipientAccountId') ?? text(envelope, 'account');
  const identity = member(record, 'userIdentity');
  return said ?? (text(identity, 'type') === 'AWSAccount' ? null : text(identity, 'accountId'));
}

function mfaOf(record: Fields): boolean | null {
  const session = member(member(record, 'userIdentity'), 'sessionContext');
  const value = member(member(session, 'attributes'), 'mfaAuthenticated');
  if (value === 'true' || value === true) return true;
  return value === 'false' || value === false ? false : null;
}

/**
 * The actor, in a form that leads to a person: the role of an assumed role with the session's name, the user,
 * the root user or the service; with the service that called on their behalf. `session`: that name alone.
 */
function actorOf(identity: unknown): Pick<ChangeEvent, 'actor' | 'session'> {
  const invokedBy = text(identity, 'invokedBy');
  const { who, session } = callerOf(identity);
  if (who === null) return { actor: invokedBy === null ? null : plain(invokedBy), session: null };
  const through = invokedBy === null || invokedBy === who ? '' : ` through ${plain(invokedBy)}`;
  return { actor: `${plain(who, 500)}${through}`, session: session === null ? null : plain(session) };
}

interface Caller {
  readonly who: string | null;
  readonly session: string | null;
}

function callerOf(identity: unknown): Caller {
  const arn = text(identity, 'arn');
  const context = member(identity, 'sessionContext');
  const issuer = text(member(context, 'sessionIssuer'), 'arn');
  if (issuer === null) {
    const who = arn ?? text(identity, 'userName') ?? text(identity, 'principalId');
    return { who: who ?? text(identity, 'accountId'), session: null };
  }
  const session = lastPart(arn, '/') ?? lastPart(text(identity, 'principalId'), ':');
  const source = text(context, 'sourceIdentity');
  const details = [
    ...(session === null ? [] : [`session ${session}`]),
    ...(source === null ? [] : [`source identity ${source}`]),
  ];
  return { who: details.length === 0 ? issuer : `${issuer} (${details.join(', ')})`, session };
}

function lastPart(value: string | null, separator: string): string | null {
  if (value?.includes(separator) !== true) return null;
  return value.slice(value.lastIndexOf(separator) + 1) || null;
}
