import type { Named, RuleCommand } from '../snapshot/services.ts';
import { type Answer, itemsOf } from './answer.ts';
import { runTargets } from './automation.ts';
import { fieldsOf, objectsOf, text } from './fields.ts';

/** Commands that rules of EventBridge run on instances. */

/** A managed rule belongs to the service that created it; a disabled rule runs nothing. */
export function mayRun(item: unknown): boolean {
  const rule = fieldsOf(item);
  return text(rule, 'ManagedBy') === null && text(rule, 'State') !== 'DISABLED';
}

export function takeRules(answer: Answer): Named[] {
  return itemsOf(answer, 'Rules', ['Name'], (_item, _, [id]) => ({ id }));
}

/** https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_RunCommandParameters.html */
export function takeRuleCommands(answer: Answer): RuleCommand[] {
  const found: RuleCommand[] = [];
  for (const { item, at } of objectsOf(answer.fields, 'Targets', '$', answer.note)) {
    const [id, document] = [text(item, 'Id'), text(item, 'Arn')];
    const command = fieldsOf(item.RunCommandParameters);
    if (command === null) continue;
    if (id === null || document === null) {
      answer.note(at, 'left out: it has no `Id` or no `Arn`');
      continue;
    }
    const targets = runTargets(answer, command, at, 'RunCommandTargets');
    found.push({ rule: answer.argument ?? '', id, document, targets });
  }
  return found;
}
