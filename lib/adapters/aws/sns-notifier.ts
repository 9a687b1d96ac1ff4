import { GetTopicAttributesCommand, PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import type { Notifier } from '../../ports/notifier.ts';
import { awsClient } from './clients.ts';

export const snsClient = (region: string): SNSClient => awsClient(SNSClient, { region });

/** Alerts as messages of the topic that each names, with its attributes for subscription filters. */
export const snsNotifier = (client: SNSClient): Notifier => ({
  async publish({ topic, subject, message, attributes }) {
    await client.send(
      new PublishCommand({
        TopicArn: topic,
        Subject: subject,
        Message: message,
        MessageAttributes: Object.fromEntries(
          // SNS refuses an attribute without a value
          Object.entries(attributes)
            .filter(([, value]) => value !== '')
            .map(([name, value]) => [name, { DataType: 'String', StringValue: value }]),
        ),
      }),
    );
  },
  async hasReceivers(topic) {
    const { Attributes } = await client.send(new GetTopicAttributesCommand({ TopicArn: topic }));
    const confirmed = Attributes?.SubscriptionsConfirmed;
    if (confirmed === undefined) throw new Error(`SNS does not say who is subscribed to \`${topic}\``);
    return Number(confirmed) !== 0;
  },
});
