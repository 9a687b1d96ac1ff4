import {
  type EventBridgeClient,
  ListRulesCommand,
  ListTargetsByRuleCommand,
} from '@aws-sdk/client-eventbridge';
import { type Operation, regional } from './operation.ts';

const events = regional((clients) => clients.eventBridge);

/** As large as the service allows. */
const PAGE = 100;

/** The SDK has no paginators for these. */
export const RULE_OPERATIONS: Readonly<Record<string, Operation>> = {
  'events.list-rules': events((client) => rules(client)),
  'events.list-targets-by-rule': events((client, rule) => targets(client, rule)),
};

async function* rules(client: EventBridgeClient): AsyncGenerator<object> {
  let next: string | undefined;
  do {
    const page = await client.send(new ListRulesCommand({ Limit: PAGE, NextToken: next }));
    yield page;
    next = page.NextToken;
  } while (next !== undefined);
}

async function* targets(client: EventBridgeClient, rule: string): AsyncGenerator<object> {
  let next: string | undefined;
  do {
    const asked = { Rule: rule, Limit: PAGE, NextToken: next };
    const page = await client.send(new ListTargetsByRuleCommand(asked));
    yield page;
    next = page.NextToken;
  } while (next !== undefined);
}
