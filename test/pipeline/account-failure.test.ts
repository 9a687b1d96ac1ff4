import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import '../fixed-seed.ts';
import { failureText } from '../../lib/pipeline/account-failure.ts';

/** The cause of a function's error in Node. https://docs.aws.amazon.com/lambda/latest/dg/nodejs-exceptions.html */
const causeOf = (errorType: string, errorMessage: string): string =>
  JSON.stringify({ errorType, errorMessage, trace: [`${errorType}: ${errorMessage}`, '    at x'] });

const refused =
  'AccessDenied: User: arn:aws:sts::111122223333:assumed-role/collect/x is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::222233334444:role/LatchkeyCollect';

/** Names and messages as AWS documents them, with the page in the table of kinds. */
const CASES = [
  [
    'collect',
    'InputError',
    causeOf('InputError', `nothing says which account this is: \`sts.get-caller-identity\`: ${refused}`),
    /^it could not be collected: the role `arn:aws:iam::222233334444:role\/LatchkeyCollect` cannot be assumed \(nothing says/,
    /deploy `infrastructure\/member-account\.yml`/,
  ],
  [
    'collect',
    'NoMemberRole',
    causeOf(
      'NoMemberRole',
      'account `222233334444` is not this one: deploy with the parameter `MemberRoleName`',
    ),
    /names no role for other accounts/,
    /set `MemberRoleName`/,
  ],
  [
    'collect',
    'CredentialsProviderError',
    causeOf('CredentialsProviderError', 'Could not load credentials'),
    /credentials were refused or expired/,
    /scan again/,
  ],
  [
    'collect',
    'Sandbox.Timedout',
    causeOf('Sandbox.Timedout', 'RequestId: 1 Error: Task timed out after 900.00 seconds'),
    /more time than the function has \(.*900\.00 seconds\)/,
    /continues with what was read/,
  ],
  [
    'audit',
    'Lambda.Unknown',
    'The cause could not be determined because Lambda did not return an error type. Returned payload: {"errorMessage":"2026-08-23 Task timed out after 900.00 seconds"}',
    /^it was collected, but could not be audited: it needs more time/,
    /FunctionMemory/,
  ],
  [
    'audit',
    'Runtime.ExitError',
    causeOf('Runtime.ExitError', 'RequestId: 1 Error: Runtime exited with error: signal: killed'),
    /more memory/,
    /raise `FunctionMemory`/,
  ],
  ['audit', 'Runtime.OutOfMemory', causeOf('Runtime.OutOfMemory', 'out'), /more memory/, /FunctionMemory/],
  ['collect', 'Lambda.TooManyRequestsException', 'Rate Exceeded.', /too many at once/, /quota/],
  [
    'audit',
    'AccessDenied',
    causeOf('AccessDenied', 'User: x is not authorized to perform: kms:Decrypt on this resource'),
    /it may not call `kms:Decrypt`/,
    /allow `kms:Decrypt` for the role of audit/,
  ],
  [undefined, 'no outcome', undefined, /^it could not be audited: it did not end \(no outcome\)$/, /map run/],
  [undefined, 'PENDING', undefined, /did not end/, /map run/],
  [undefined, 'States.DataLimitExceeded', 'too large', /could not pass on its result/, /map run/],
  [
    'audit',
    'TypeError',
    causeOf('TypeError', 'x is not a function'),
    /: an error \(TypeError: x is/,
    /log of the function `audit`/,
  ],
] as const;

describe('a failed account', () => {
  test.each(CASES)('in %s with %s says why, and what to do', (step, error, cause, failure, next) => {
    const said = failureText({ step, error, cause });
    expect(said.failure).toMatch(failure);
    expect(said.next).toMatch(next);
  });

  test('names its message, wherever the state machine cut its cause', () => {
    const cause = causeOf('InputError', `a "quoted" \u{1f600} ${refused}`);
    for (let end = 0; end <= cause.length; end++) {
      const { failure } = failureText({ step: 'collect', error: 'InputError', cause: cause.slice(0, end) });
      expect(failure).toMatch(/^it could not be collected: /);
      expect(failure).not.toContain('errorMessage');
      expect(failure).not.toContain('trace');
    }
  });

  test('has a short reason and a next step, whatever the error is', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary' }),
        fc.string({ unit: 'binary', maxLength: 500 }),
        (error, cause) => {
          const { failure, next } = failureText({ error, cause });
          expect(Array.from(failure).length).toBeLessThanOrEqual(500);
          expect(next.length).toBeGreaterThan(5);
        },
      ),
    );
  });
});
