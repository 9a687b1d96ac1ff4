import type { SourceAnswer } from '../../ports/account-source.ts';

type Gap = Exclude<SourceAnswer, { status: 'collected' }>;

/** Names under which the services refuse a caller, a region or a session. */
const DENIED =
  /^(Access[-_]?Denied|Unauthorized|AuthFailure|OptInRequired|UnrecognizedClient|InvalidClientTokenId|ExpiredToken|SignatureDoesNotMatch|AuthorizationError|NotAuthorized)/i;

/** A failed call as an answer: `denied` or `failed`, with the error's name and what to do next. */
export function gapOf(error: unknown, action: string): Gap {
  const { name, message } = nameAndMessage(error);
  if (DENIED.test(name)) {
    return { status: 'denied', detail: `${name}: allow \`${action}\` for the collecting role: ${message}` };
  }
  return { status: 'failed', detail: `${name}: ${message}` };
}

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
