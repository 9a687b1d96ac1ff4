import { ListRulesCommand, ListTargetsByRuleCommand } from '@aws-sdk/client-eventbridge';
import { type Operation, PAGE, regional } from './operation.ts';

const events = regional((clients) => clients.eventBridge);

export const RULE_OPERATIONS: Readonly<Record<string, Operation>> = {
  'events.list-rules': events((client) => byToken((page) => client.send(new ListRulesCommand(page)))),
  'events.list-targets-by-rule': events((client, rule) =>
    byToken((page) => client.send(new ListTargetsByRuleCommand({ ...page, Rule: rule }))),
  ),
};

interface Page {
  readonly Limit: number;
  readonly NextToken: string | undefined;
}

/** The SDK has no paginators for these. */
async function* byToken<T extends { NextToken?: string | undefined }>(
  ask: (page: Page) => Promise<T>,
): AsyncGenerator<T> {
  let next: string | undefined;
  do {
    const page = await ask({ Limit: PAGE, NextToken: next });
    yield page;
    next = page.NextToken;
  } while (next !== undefined);
}
