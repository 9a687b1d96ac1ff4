import type { SourceGap } from '../../ports/account-source.ts';
import { GUARDRAIL_ADVICE } from '../../snapshot/guardrails.ts';
import type { GapReason } from '../../snapshot/snapshot.ts';
import { NotAnAnswer } from './whole-answer.ts';

/** Error names of a refused caller, region or session. */
const DENIED =
  /^(Access[-_]?Denied|Unauthorized|AuthFailure|OptInRequired|UnrecognizedClient|InvalidClientTokenId|ExpiredToken|RequestExpired|SignatureDoesNotMatch|AuthorizationError|NotAuthorized)/i;

/**
 * The kind of policy that refused the call, according to the message. Not every service names it.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
 */
const REFUSED_BY =
  /with an explicit deny in an? ([a-z][a-z -]*?(?:policy|boundary))|because no ([a-z][a-z -]*?(?:policy|boundary)) allows/i;

/**
 * The action that was refused, according to the message. An answer that takes several calls lacks the first of them.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
 */
const REFUSED_ACTION = /not authorized to perform:? ([a-z0-9-]+:[A-Za-z0-9]+)\b/;

/** The policies that grant something to the collecting role: a refusal by any other is not fixed by a grant. */
const OWN = /^(?:identity-based|session) policy$/i;

/** A session that has ended or never existed: a grant does not help. */
const NO_SESSION =
  /^(UnrecognizedClient|InvalidClientTokenId|ExpiredToken|RequestExpired|SignatureDoesNotMatch)/i;

/** Errors of the SDK if it cannot get credentials, or cannot renew them. */
const PROVIDER = /^(Credentials|Token)ProviderError$/;

/**
 * Whether the session has ended, for all further calls. `perhaps`: a disabled region gives the same error, and so does
 * EC2 after the end of a session.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_iam-temporary-credentials.html
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
 */
export function isOver(error: unknown): 'yes' | 'perhaps' | 'no' {
  const { name } = nameAndMessage(error);
  if (/^ExpiredToken(Exception)?$/.test(name) || PROVIDER.test(name)) return 'yes';
  return NO_SESSION.test(name) || name === 'AuthFailure' ? 'perhaps' : 'no';
}

/** A failed call as an answer: `denied`, `unreadable` or `failed`, with the error's name and what to do next. */
export function gapOf(error: unknown, action: string): SourceGap {
  const { name, message } = nameAndMessage(error);
  if (error instanceof NotAnAnswer) return { status: 'unreadable', detail: message };
  const refusal = refusalIn(message);
  const reason = reasonOf(name, message, refusal);
  const why = reason && { reason };
  if (!DENIED.test(name) && isOver(error) === 'no')
    return { status: 'failed', ...why, detail: `${name}: ${message}` };
  const [, refused = action] = REFUSED_ACTION.exec(message) ?? [];
  return { status: 'denied', ...why, detail: `${adviceOn(reason, refusal, refused)}: ${name}: ${message}` };
}

const REASONS: readonly (readonly [RegExp, GapReason])[] = [
  [/^(?:service|resource) control policy$/i, 'guardrail'],
  [/boundary$/i, 'boundary'],
  [OWN, 'identity'],
];

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html */
const THROTTLED = /^(?:Throttl|RequestLimitExceeded|TooManyRequests|SlowDown|RequestThrottled)/;

/** True if the service says that there are too many calls. */
export const isThrottled = (error: unknown): boolean => THROTTLED.test(nameAndMessage(error).name);

const UNSUPPORTED = /^(?:UnsupportedOperation|InvalidAction|UnknownOperation|UnknownEndpoint)|ENOTFOUND/;

/** The kind of policy that refused, and whether it denies or only does not allow. */
interface Refusal {
  readonly policy: string;
  readonly denies: boolean;
}

function refusalIn(message: string): Refusal | null {
  const [, denies, allows] = REFUSED_BY.exec(message) ?? [];
  const policy = denies ?? allows;
  return policy === undefined ? null : { policy, denies: denies !== undefined };
}

function reasonOf(name: string, message: string, refusal: Refusal | null): GapReason | undefined {
  if (NO_SESSION.test(name) || PROVIDER.test(name)) return 'session';
  if (THROTTLED.test(name)) return 'throttled';
  if (UNSUPPORTED.test(name) || /getaddrinfo ENOTFOUND/.test(message)) return 'unsupported';
  return refusal === null ? undefined : REASONS.find(([form]) => form.test(refusal.policy))?.[1];
}

function adviceOn(reason: GapReason | undefined, refusal: Refusal | null, action: string): string {
  if (reason === 'session') return 'the credentials expired or are not valid: get new ones';
  const isOwn = refusal !== null && OWN.test(refusal.policy);
  if (refusal === null || (isOwn && !refusal.denies)) return `allow \`${action}\` for the collecting role`;
  const { policy, denies } = refusal;
  const says = denies ? `${anA(policy)} denies` : `no ${policy} allows`;
  const next = isOwn ? 'remove the Deny' : GUARDRAIL_ADVICE;
  return `${says} \`${action}\`: ${next}`;
}

const anA = (noun: string): string => `${/^[aeiou]/i.test(noun) ? 'an' : 'a'} ${noun}`;

/** The service's own error code if there is one, else the class's name; the message on one line of 300 characters. */
export function nameAndMessage(error: unknown): { name: string; message: string } {
  if (!(error instanceof Error)) return { name: 'Error', message: oneLine(String(error)) };
  const code = (error as { Code?: unknown; code?: unknown }).Code ?? (error as { code?: unknown }).code;
  const name = error.name !== 'Error' && error.name !== '' ? error.name : String(code ?? 'Error');
  return { name, message: oneLine(error.message) };
}

function oneLine(text: string): string {
  return text
    .replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ')
    .trim()
    .slice(0, 300);
}
