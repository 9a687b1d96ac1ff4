import {
  DescribeRuleCommand,
  EventBridgeClient,
  ListRulesCommand,
  PutEventsCommand,
  PutRuleCommand,
} from '@aws-sdk/client-eventbridge';
import { emulated } from './stack.ts';

/** A CloudTrail record with the given members; the rest is as CloudTrail writes it. */
export interface Change {
  readonly eventID: string;
  readonly eventSource: string;
  readonly eventName: string;
  readonly requestParameters: unknown;
}

export const ACTOR = 'arn:aws:iam::000000000000:role/Operations';

const recordOf = (change: Change, accountId: string): object => ({
  eventVersion: '1.11',
  userIdentity: {
    type: 'AssumedRole',
    principalId: 'AROAEXAMPLEROLEID0001:mara',
    arn: `arn:aws:sts::${accountId}:assumed-role/Operations/mara`,
    accountId,
    sessionContext: {
      sessionIssuer: { type: 'Role', arn: ACTOR, accountId, userName: 'Operations' },
      attributes: { creationDate: '2026-08-23T09:58:11Z', mfaAuthenticated: 'true' },
    },
  },
  eventTime: new Date().toISOString(),
  awsRegion: 'us-east-1',
  sourceIPAddress: '203.0.113.24',
  userAgent: 'aws-cli/2.31.0',
  responseElements: null,
  readOnly: false,
  eventType: 'AwsApiCall',
  managementEvent: true,
  recipientAccountId: accountId,
  eventCategory: 'Management',
  ...change,
});

/**
 * Only AWS may put events of a source `aws.*` on a bus, and the emulator has the same rule. So each deployed rule
 * also accepts the same events of `emulated.*`; the rest of its pattern stays as deployed.
 */
export async function takeEmulatedEvents(endpoint: string, rules: readonly string[]): Promise<void> {
  const client = new EventBridgeClient(emulated(endpoint));
  for (const Name of rules) {
    const { EventPattern = '{}' } = await client.send(new DescribeRuleCommand({ Name }));
    const pattern = JSON.parse(EventPattern);
    const source = pattern.source.flatMap((name: string) => [name, name.replace(/^aws\./, 'emulated.')]);
    await client.send(new PutRuleCommand({ Name, EventPattern: JSON.stringify({ ...pattern, source }) }));
  }
  const { Rules = [] } = await client.send(new ListRulesCommand({}));
  const left = Rules.filter(
    ({ Name = '', EventPattern = '' }) => rules.includes(Name) && !EventPattern.includes('emulated.'),
  );
  if (left.length > 0) throw new Error(`the rule \`${left[0]?.Name}\` was not changed`);
}

/** Puts the CloudTrail event of a change on the default bus. */
export async function putChange(endpoint: string, accountId: string, change: Change): Promise<void> {
  const { FailedEntryCount, Entries } = await new EventBridgeClient(emulated(endpoint)).send(
    new PutEventsCommand({
      Entries: [
        {
          Source: `emulated.${change.eventSource.split('.')[0]}`,
          DetailType: 'AWS API Call via CloudTrail',
          Detail: JSON.stringify(recordOf(change, accountId)),
        },
      ],
    }),
  );
  if (FailedEntryCount !== 0) throw new Error(`the bus refused the event: ${Entries?.[0]?.ErrorMessage}`);
}
