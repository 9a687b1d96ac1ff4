import { clip } from '../render/escape.ts';

/** A failed step, as the state machine passes it on. */
export interface StepFailure {
  /** left out: not known */
  readonly step?: string | undefined;
  /** the error's name */
  readonly error: string;
  /** the beginning of what Step Functions calls the cause; left out or empty: there is none */
  readonly cause?: string | undefined;
}

/** What people read about a failed account: which step failed and why, and what to do next. */
export interface FailureText {
  readonly failure: string;
  readonly next: string;
}

interface FailureKind {
  /** on the error's name and the cause's message; a group is the name of what was refused */
  readonly matches: RegExp;
  readonly why: (found: string) => string;
  readonly next: (step: string, found: string) => string;
}

/** The error of an account that needs a role, if the settings name none. */
export const NO_MEMBER_ROLE = 'NoMemberRole';

const STEPS: Readonly<Record<string, string>> = {
  collect: 'it could not be collected',
  audit: 'it was collected, but could not be audited',
};

const LOOK = 'look at the map run of this scan in the console of Step Functions, then scan again';
const again = (step: string): string => `read the log of the function \`${step}\`, then scan again`;

/**
 * The first that matches. The names are those of Lambda and Step Functions, the messages those of IAM and Lambda.
 * https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
 * https://docs.aws.amazon.com/step-functions/latest/dg/bp-lambda-serviceexception.html
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
 * https://docs.aws.amazon.com/lambda/latest/dg/troubleshooting-invocation.html
 */
const KINDS: readonly FailureKind[] = [
  {
    matches: /sts:AssumeRole on resource: (arn:[\w+=,.@:/-]+)/,
    why: (role) => `the role \`${role}\` cannot be assumed`,
    next: () =>
      'deploy `infrastructure/member-account.yml` into this account, with the role name and external id of the deployment',
  },
  {
    matches: new RegExp(`^${NO_MEMBER_ROLE}\\b`),
    why: () => 'the deployment names no role for other accounts',
    next: () => 'deploy `infrastructure/member-account.yml` into this account, then set `MemberRoleName`',
  },
  {
    matches: /CredentialsProviderError|ExpiredToken|InvalidClientTokenId/,
    why: () => 'the credentials were refused or expired',
    next: () => 'scan again; if that fails too, deploy `infrastructure/member-account.yml` again',
  },
  {
    matches: /Runtime\.OutOfMemory|signal: killed|heap out of memory|heap limit/,
    why: () => 'it needs more memory than the function has',
    next: () => 'raise `FunctionMemory`, then scan again',
  },
  {
    matches: /Sandbox\.Timedout|States\.Timeout|Task timed out/,
    why: () => 'it needs more time than the function has',
    next: () =>
      'scan again, which continues with what was read; then raise `FunctionMemory`, or name `Regions`',
  },
  {
    matches: /Lambda\.TooManyRequestsException|^(?:Throttl|TooManyRequests|RequestLimitExceeded)/,
    why: () => 'AWS refused the call: too many at once',
    next: () => 'scan again; if it happens often, raise the quota of concurrent Lambda executions',
  },
  {
    matches: /not authorized to perform:? ([a-z0-9-]+:[A-Za-z0-9]+)/,
    why: (action) => `it may not call \`${action}\``,
    next: (step, action) => `allow \`${action}\` for the role of ${step}, then scan again`,
  },
  {
    matches: /^(?:no outcome|PENDING|ABORTED|TIMED_OUT|States\.ExceedToleratedFailureThreshold)\b/,
    why: () => 'it did not end',
    next: () => LOOK,
  },
  { matches: /^States\./, why: () => 'the state machine could not pass on its result', next: () => LOOK },
];

const ELSE: Omit<FailureKind, 'matches'> = { why: () => 'an error', next: again };

const LONGEST = 500;

/** Names of errors that say nothing. */
const NAMELESS: ReadonlySet<string> = new Set(['Error', 'InputError']);

/** In words. Texts out of an account stay as they are: the renderer escapes them. */
export function failureText({ step, error, cause = '' }: StepFailure): FailureText {
  const message = messageIn(cause);
  const said = [NAMELESS.has(error) ? '' : error, message].filter((part) => part !== '').join(': ') || error;
  const found = KINDS.map((kind) => ({ kind, match: kind.matches.exec(said) })).find(({ match }) => match);
  const { why, next } = found?.kind ?? ELSE;
  const where = STEPS[step ?? ''] ?? 'it could not be audited';
  const name = found?.match?.[1] ?? '';
  return {
    failure: clip(`${where}: ${why(name)} (${said})`, LONGEST),
    next: next(step ?? 'collect', name),
  };
}

const ERROR_MESSAGE = /"errorMessage":\s*"((?:[^"\\]|\\.)*)/;

/**
 * The message of a function's error. Its cause is JSON, of which the end may be cut off; other causes are text.
 * https://docs.aws.amazon.com/lambda/latest/dg/nodejs-exceptions.html
 */
function messageIn(cause: string): string {
  const [, quoted] = ERROR_MESSAGE.exec(cause) ?? [];
  if (quoted === undefined) return cause.startsWith('{') ? '' : cause;
  try {
    return String(JSON.parse(`"${quoted}"`));
  } catch {
    // a control character that is not escaped, or half of an escape
    return quoted;
  }
}
