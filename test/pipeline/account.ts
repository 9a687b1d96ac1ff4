import { auditStep } from '../../lib/pipeline/audit.ts';
import { collectStep } from '../../lib/pipeline/collect.ts';
import { publishStep } from '../../lib/pipeline/publish.ts';
import { allow } from '../fixtures/account.ts';
import { type FileAccount, inputFiles } from '../fixtures/input-files.ts';
import { memorySource } from './memory-source.ts';
import { memoryStore } from './memory-store.ts';
import { keptAlerts, keptMail, quiet, tickingClock } from './ports.ts';

export const instanceId = 'i-0123456789abcdef0';
export const alice = 'arn:aws:iam::111122223333:user/alice';
export const bob = 'arn:aws:iam::111122223333:user/bob';

/** Alice may start a session on the one instance; bob may do nothing. */
export const before: FileAccount = {
  users: [{ name: 'alice', policy: allow('ssm:StartSession') }, { name: 'bob' }],
  instances: [{ id: instanceId, tags: { Name: 'web' } }],
};

/** The same account, in which bob may also run any command. */
export const after: FileAccount = {
  ...before,
  users: [
    { name: 'alice', policy: allow('ssm:StartSession') },
    { name: 'bob', policy: allow('ssm:SendCommand') },
  ],
};

/** All ports of a pipeline in memory, with a whole scan as one call. */
export function workbench(account: FileAccount) {
  const ports = {
    source: memorySource(inputFiles(account)),
    store: memoryStore(),
    clock: tickingClock(),
    progress: quiet,
    notifier: keptAlerts(),
    mailer: keptMail(),
    invocation: 'one',
  };
  const scan = async (run: string) => {
    const collected = await collectStep(ports, { run, prefix: '' });
    const audited = await auditStep(ports, { run, prefix: '' });
    const published = await publishStep(ports, {
      run,
      accounts: [{ prefix: '' }],
      topic: 'alerts',
      mail: { from: 'latchkey@example.com', to: ['you@example.com'] },
    });
    return { collected, audited, published };
  };
  const json = async <T>(key: string): Promise<T> =>
    JSON.parse((await ports.store.get(key))?.body ?? 'null') as T;
  return { ports, scan, json };
}

/** The CloudTrail event of a policy for bob, as EventBridge delivers it. */
export const putUserPolicy = (eventID: string, more: object = {}) => ({
  version: '0',
  id: '3f0c8b2e-0000-4000-8000-000000000000',
  'detail-type': 'AWS API Call via CloudTrail',
  source: 'aws.iam',
  account: '111122223333',
  time: '2026-08-23T10:20:00Z',
  region: 'us-east-1',
  resources: [],
  detail: {
    eventVersion: '1.10',
    userIdentity: {
      type: 'IAMUser',
      principalId: 'AIDAADMIN',
      arn: 'arn:aws:iam::111122223333:user/admin',
      accountId: '111122223333',
      userName: 'admin',
    },
    eventTime: '2026-08-23T10:20:00Z',
    eventSource: 'iam.amazonaws.com',
    eventName: 'PutUserPolicy',
    awsRegion: 'us-east-1',
    sourceIPAddress: '203.0.113.9',
    requestParameters: { userName: 'bob', policyName: 'access', policyDocument: '{}' },
    responseElements: null,
    eventID,
    readOnly: false,
    eventType: 'AwsApiCall',
    recipientAccountId: '111122223333',
    ...more,
  },
});
