import type { Fields } from '../policy/fields.ts';
import type {
  Association,
  AssociationDetail,
  MaintenanceWindow,
  RunTarget,
  WindowTarget,
  WindowTask,
} from '../snapshot/services.ts';
import { type Answer, itemsOf } from './answer.ts';
import { boolean, fieldsOf, list, notGiven, objectsOf, text } from './fields.ts';

/** What Systems Manager runs by itself: associations of State Manager and tasks of maintenance windows. */

export function takeAssociations(answer: Answer): Association[] {
  return itemsOf(answer, 'Associations', ['AssociationId', 'Name'], (item, at, [id, document]) => {
    const targets = runTargets(answer, item, at);
    const instance = text(item, 'InstanceId');
    if (instance === null) notGiven(item, ['Targets'], at, answer.note);
    const own = instance === null || targets.length > 0 ? [] : [{ key: 'InstanceIds', values: [instance] }];
    return {
      id,
      document,
      documentVersion: text(item, 'DocumentVersion'),
      targets: [...targets, ...own],
      schedule: text(item, 'ScheduleExpression'),
    };
  });
}

/** https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_AssociationDescription.html */
export function takeAssociationDetail(answer: Answer): AssociationDetail[] | null {
  const item = fieldsOf(answer.fields.AssociationDescription);
  const id = text(item, 'AssociationId');
  if (item === null || id === null) {
    answer.note('$.AssociationDescription', 'it has no `AssociationId`');
    return null;
  }
  const parameters = Object.entries(fieldsOf(item.Parameters) ?? {}).map(([name, values]) => ({
    name,
    values: Array.isArray(values) ? values.filter((one) => typeof one === 'string') : [],
  }));
  return [{ id, parameters, onlyAtCronInterval: boolean(item, 'ApplyOnlyAtCronInterval') ?? false }];
}

export function takeWindows(answer: Answer): MaintenanceWindow[] {
  return itemsOf(answer, 'WindowIdentities', ['WindowId'], (item, at, [id]) => {
    notGiven(item, ['Enabled'], at, answer.note);
    return { id, name: text(item, 'Name') ?? '', enabled: boolean(item, 'Enabled') ?? true };
  });
}

export function takeWindowTargets(answer: Answer): WindowTarget[] {
  return itemsOf(answer, 'Targets', ['WindowTargetId'], (item, at, [id]) => {
    notGiven(item, ['ResourceType', 'Targets'], at, answer.note);
    return {
      windowId: text(item, 'WindowId') ?? answer.argument ?? '',
      id,
      resourceType: text(item, 'ResourceType') ?? '',
      targets: runTargets(answer, item, at),
    };
  });
}

export function takeWindowTasks(answer: Answer): WindowTask[] {
  return itemsOf(answer, 'Tasks', ['WindowTaskId', 'TaskArn'], (item, at, [id, task]) => {
    // a task without targets has none:
    // https://docs.aws.amazon.com/systems-manager/latest/userguide/maintenance-windows-targetless-tasks.html
    notGiven(item, ['Type'], at, answer.note);
    return {
      windowId: text(item, 'WindowId') ?? answer.argument ?? '',
      id,
      type: text(item, 'Type') ?? '',
      task,
      targets: runTargets(answer, item, at),
      serviceRole: text(item, 'ServiceRoleArn'),
    };
  });
}

/** The targets of a command: pairs of a key and its values, in the list called `name`. */
export function runTargets(answer: Answer, item: Fields, at: string, name = 'Targets'): RunTarget[] {
  const targets: RunTarget[] = [];
  for (const { item: target, at: place } of objectsOf(item, name, at, answer.note)) {
    const key = text(target, 'Key');
    notGiven(target, ['Values'], place, answer.note);
    const values = list(target, 'Values', place, answer.note).filter((one) => typeof one === 'string');
    if (key === null) answer.note(place, 'left out: it has no `Key`');
    else targets.push({ key, values });
  }
  return targets;
}
