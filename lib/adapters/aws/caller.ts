import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { nameAndMessage } from './call-error.ts';
import { awsClient } from './clients.ts';

/**
 * Why no call can be made: nobody is signed in, the session has ended, AWS does not know the keys, or AWS cannot be
 * reached.
 */
export interface NoCaller {
  readonly why: 'none' | 'expired' | 'unknown' | 'unreachable';
  /** the message of the SDK or the service */
  readonly detail: string;
}

/** By the name of an error and its message; the first row that matches counts. */
const REASONS: readonly (readonly [NoCaller['why'], name: RegExp, message?: RegExp])[] = [
  // https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_iam-temporary-credentials.html
  ['expired', /^(ExpiredToken|RequestExpired)/],
  ['expired', /^(Credentials|Token)ProviderError$/, /expired|refresh|sso login|log ?in again/i],
  ['none', /^(Credentials|Token)ProviderError$/],
  ['unknown', /^(InvalidClientTokenId|UnrecognizedClient|SignatureDoesNotMatch)/],
  ['unreachable', /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|ENETUNREACH|EHOSTUNREACH|ETIMEDOUT|TimeoutError)$/],
];

/** A person waits for the first output. */
const IMPATIENT = { maxAttempts: 2, connectionMs: 4_000, requestMs: 15_000, silenceMs: 10_000 };

/**
 * Requests the caller's identity, which needs no permission; null: there is a caller. Other failures are left to the
 * calls that follow.
 */
export async function noCaller(region: string): Promise<NoCaller | null> {
  const sts = awsClient(STSClient, { region }, { patience: IMPATIENT });
  try {
    await sts.send(new GetCallerIdentityCommand({}));
    return null;
  } catch (error) {
    const { name, message } = nameAndMessage(error);
    const code = String((error as { code?: unknown } | null)?.code ?? name);
    const reason = REASONS.find(
      ([, names, messages]) =>
        [name, code].some((one) => names.test(one)) && (messages?.test(message) ?? true),
    );
    return reason ? { why: reason[0], detail: `${name}: ${message}` } : null;
  } finally {
    sts.destroy();
  }
}
