import type { Fields } from '../policy/fields.ts';
import type { AutoScalingGroup, TemplateUse } from '../snapshot/services.ts';
import { type Answer, itemsOf } from './answer.ts';
import { fieldsOf, list, notGiven, tagsOf, text, textsOf } from './fields.ts';

/** https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_AutoScalingGroup.html */
export function takeAutoScalingGroups(answer: Answer): AutoScalingGroup[] {
  return itemsOf(
    answer,
    'AutoScalingGroups',
    ['AutoScalingGroupName', 'AutoScalingGroupARN'],
    (item, at, [name, arn]) => {
      notGiven(item, ['Instances', 'SuspendedProcesses', 'Tags'], at, answer.note);
      return {
        name,
        arn,
        templates: templatesOf(answer, item, at),
        launchConfiguration: text(item, 'LaunchConfigurationName'),
        instances: textsOf(list(item, 'Instances', at, answer.note), 'InstanceId'),
        serviceRole: text(item, 'ServiceLinkedRoleARN'),
        suspended: textsOf(list(item, 'SuspendedProcesses', at, answer.note), 'ProcessName'),
        tags: tagsOf(item, at, answer.note),
      };
    },
  );
}

/**
 * The group's template, or that of its mixed instances policy with the templates of its overrides. Without a version it
 * is the default one. https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_LaunchTemplateSpecification.html
 */
function templatesOf(answer: Answer, group: Fields, at: string): TemplateUse[] {
  const mixed = fieldsOf(fieldsOf(group.MixedInstancesPolicy)?.LaunchTemplate);
  const overrides = list(mixed, 'Overrides', `${at}.MixedInstancesPolicy.LaunchTemplate`, answer.note);
  const named = [
    group.LaunchTemplate,
    mixed?.LaunchTemplateSpecification,
    ...overrides.map((one) => fieldsOf(one)?.LaunchTemplateSpecification),
  ];
  const uses = named.flatMap((value) => {
    const fields = fieldsOf(value);
    if (fields === null) return [];
    const id = text(fields, 'LaunchTemplateId');
    const name = text(fields, 'LaunchTemplateName');
    return [{ id, name, version: text(fields, 'Version') ?? '$Default' }];
  });
  return [...new Map(uses.map((use) => [JSON.stringify(use), use])).values()];
}
