import {
  GetTopicAttributesCommand,
  type MessageAttributeValue,
  PublishCommand,
  SNSClient,
} from '@aws-sdk/client-sns';
import type { Alert, Notifier } from '../../ports/notifier.ts';
import { awsClient } from './clients.ts';

export const snsClient = (region: string): SNSClient => awsClient(SNSClient, { region });

/** `chat`: subscriptions by HTTPS, such as those of AWS's chat client, get the form that it shows. */
export type AlertForm = 'text' | 'chat';

/** Publishes alerts to their topics, with their attributes for subscription filters. */
export const snsNotifier = (client: SNSClient, form: AlertForm = 'text'): Notifier => ({
  async publish(alert) {
    const { topic, subject, attributes } = alert;
    await client.send(
      new PublishCommand({
        TopicArn: topic,
        Subject: subject,
        ...bodyOf(alert, form),
        MessageAttributes: Object.fromEntries(
          Object.entries(attributes).flatMap(([name, value]) => {
            const typed = attributeValue(value);
            return typed === null ? [] : [[name, typed]];
          }),
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

/**
 * One text for each protocol, so that one topic serves mail, queues and chat: AWS's chat client subscribes by HTTPS.
 * https://docs.aws.amazon.com/sns/latest/dg/sns-send-custom-platform-specific-payloads-mobile-devices.html
 */
function bodyOf({ message, chat }: Alert, form: AlertForm): { Message: string; MessageStructure?: 'json' } {
  if (form === 'text' || chat === undefined) return { Message: message };
  return { Message: JSON.stringify({ default: message, https: chat }), MessageStructure: 'json' };
}

/**
 * Null: SNS rejects an attribute without a value. https://docs.aws.amazon.com/sns/latest/dg/sns-message-attributes.html
 */
function attributeValue(value: string | readonly string[]): MessageAttributeValue | null {
  if (value.length === 0) return null;
  return typeof value === 'string'
    ? { DataType: 'String', StringValue: value }
    : { DataType: 'String.Array', StringValue: JSON.stringify(value) };
}
