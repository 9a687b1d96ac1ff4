import type { SourceGap } from '../../ports/account-source.ts';
import type { GapReason } from '../../snapshot/snapshot.ts';
import { NotAnAnswer } from './whole-answer.ts';

/** Names under which the services refuse a caller, a region or a session. */
const DENIED =
  /^(Access[-_]?Denied|Unauthorized|AuthFailure|OptInRequired|UnrecognizedClient|InvalidClientTokenId|ExpiredToken|RequestExpired|SignatureDoesNotMatch|AuthorizationError|NotAuthorized)/i;

/**
 * Which kind of policy a refusal says it comes from. Not every service says.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
 */
const REFUSED_BY =
  /with an explicit deny in an? ([a-z][a-z -]*?(?:policy|boundary))|because no ([a-z][a-z -]*?(?:policy|boundary)) allows/i;

/** What a collecting role can be granted with: a refusal by anything else is not fixed by a grant. */
const OWN = /^(?:identity-based|session) policy$/i;

/** A session that is over or was never one: a grant does not help. */
const NO_SESSION =
  /^(UnrecognizedClient|InvalidClientTokenId|ExpiredToken|RequestExpired|SignatureDoesNotMatch)/i;

/** What the SDK says of credentials that it could not get, or not again. */
const PROVIDER = /^(Credentials|Token)ProviderError$/;

/**
 * Is the session over, whatever is asked next? `perhaps`: a region that is switched off answers so, too, and so does EC2
 * once a session is over.
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
  const reason = reasonOf(name, message);
  const why = reason && { reason };
  if (!DENIED.test(name) && isOver(error) === 'no')
    return { status: 'failed', ...why, detail: `${name}: ${message}` };
  return { status: 'denied', ...why, detail: `${adviceOn(name, message, action)}: ${name}: ${message}` };
}

const REASONS: readonly (readonly [RegExp, GapReason])[] = [
  [/^(?:service|resource) control policy$/i, 'guardrail'],
  [/boundary$/i, 'boundary'],
  [OWN, 'identity'],
];

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html */
const THROTTLED = /^(?:Throttl|RequestLimitExceeded|TooManyRequests|SlowDown|RequestThrottled)/;
const UNSUPPORTED = /^(?:UnsupportedOperation|InvalidAction|UnknownOperation|UnknownEndpoint)|ENOTFOUND/;

function reasonOf(name: string, message: string): GapReason | undefined {
  if (NO_SESSION.test(name) || PROVIDER.test(name)) return 'session';
  if (THROTTLED.test(name)) return 'throttled';
  if (UNSUPPORTED.test(name) || /getaddrinfo ENOTFOUND/.test(message)) return 'unsupported';
  const [, denies, allows] = REFUSED_BY.exec(message) ?? [];
  const policy = denies ?? allows;
  return policy === undefined ? undefined : REASONS.find(([form]) => form.test(policy))?.[1];
}

function adviceOn(name: string, message: string, action: string): string {
  if (NO_SESSION.test(name) || PROVIDER.test(name))
    return 'the credentials are not valid, or not any more: get new ones';
  const [, denies, allows] = REFUSED_BY.exec(message) ?? [];
  if (denies !== undefined) {
    const next = OWN.test(denies)
      ? 'take the deny out'
      : 'leave this region out, or let the collecting role pass';
    return `${anA(denies)} denies \`${action}\`: ${next}`;
  }
  if (allows !== undefined && !OWN.test(allows)) {
    return `no ${allows} allows \`${action}\`: leave this region out, or let the collecting role pass`;
  }
  return `allow \`${action}\` for the collecting role`;
}

const anA = (noun: string): string => `${/^[aeiou]/i.test(noun) ? 'an' : 'a'} ${noun}`;

/** The service's own error code where there is one, else the class's name; the message on one line of 300 characters. */
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
