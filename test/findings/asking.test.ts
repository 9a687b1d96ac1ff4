import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { decisionOn, type FreeRequest } from '../../lib/findings/asking.ts';
import { ACCOUNT_ID } from '../fixtures/account.ts';
import { anyAccount } from '../matrix/arbitrary-account.ts';

const runs = Number(process.env.LATCHKEY_FUZZ_RUNS ?? 100);
vi.setConfig({ testTimeout: 60_000 + runs * 2_000 });

const region = 'us-east-1';
const REQUESTS: readonly FreeRequest[] = [
  { action: 'ssm:StartSession', resource: `arn:aws:ec2:${region}:${ACCOUNT_ID}:instance/i-0`, region },
  { action: 'iam:PutUserPolicy', resource: `arn:aws:iam::${ACCOUNT_ID}:user/ada`, region, tags: null },
  { action: 'ec2:StopInstances', resource: '*', region, tags: [{ key: 'team', value: 'web' }] },
];

test('an answer does not depend on earlier questions about other principals', () => {
  fc.assert(
    fc.property(anyAccount, (snapshot) => {
      for (const { arn } of [...snapshot.users, ...snapshot.roles]) {
        const alone = { ...snapshot };
        for (const request of REQUESTS)
          expect(decisionOn(snapshot, arn, request)).toEqual(decisionOn(alone, arn, request));
      }
    }),
    { numRuns: Math.ceil(runs / 5) },
  );
});
