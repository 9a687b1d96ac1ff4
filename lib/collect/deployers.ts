import type {
  AccessEntry,
  AccessPolicy,
  ContainerInstance,
  ContainerService,
  DeploymentGroup,
  KubernetesCluster,
  Named,
  RoleUse,
  Stack,
  TagFilter,
} from '../snapshot/services.ts';
import { type Answer, itemsOf } from './answer.ts';
import { fieldsOf, list, notGiven, text, textsOf } from './fields.ts';

/** Stacks, clusters, deployments, functions and state machines, and their roles. */

/** A deleted stack stays in the list for a while. */
export function takeStacks(answer: Answer): Stack[] {
  return itemsOf(answer, 'Stacks', ['StackId', 'StackName'], (item, at, [arn, name]) => {
    notGiven(item, ['StackStatus'], at, answer.note);
    return { arn, name, status: text(item, 'StackStatus') ?? '', role: text(item, 'RoleARN') };
  });
}

/** The texts of a list. */
export const takeNames =
  (key: string) =>
  (answer: Answer): Named[] => {
    const items = list(answer.fields, key, '$', answer.note);
    return items.filter((one) => typeof one === 'string').map((id) => ({ id }));
  };

export function takeContainerInstances(answer: Answer): ContainerInstance[] {
  return itemsOf(answer, 'containerInstances', ['containerInstanceArn'], (item, at, [arn]) => {
    notGiven(item, ['ec2InstanceId', 'status'], at, answer.note);
    return {
      ...{ cluster: answer.argument ?? '', arn, status: text(item, 'status') ?? '' },
      instance: text(item, 'ec2InstanceId'),
    };
  });
}

export function takeContainerServices(answer: Answer): ContainerService[] {
  const cluster = answer.argument ?? '';
  return takeNames('serviceArns')(answer).map(({ id }) => ({ cluster, arn: id }));
}

/** `ec2TagSet` is a list of lists, of which each must match; `ec2TagFilters` is one such list. */
export function takeDeploymentGroups(answer: Answer): DeploymentGroup[] {
  return itemsOf(answer, 'deploymentGroupsInfo', ['deploymentGroupName'], (item, at, [name]) => {
    const set = list(fieldsOf(item.ec2TagSet), 'ec2TagSetList', `${at}.ec2TagSet`, answer.note);
    notGiven(item, ['serviceRoleArn', 'autoScalingGroups'], at, answer.note);
    const note = (): void => answer.note(at, 'a tag filter without a `Type` is left out');
    const lists = [item.ec2TagFilters, ...set]
      .map((value) => filtersOf(value, note))
      .filter((filters) => filters.length > 0);
    return {
      application: text(item, 'applicationName') ?? answer.argument ?? '',
      name,
      serviceRole: text(item, 'serviceRoleArn'),
      tags: lists,
      autoScalingGroups: textsOf(list(item, 'autoScalingGroups', at, answer.note), 'name'),
      hasDeployed: fieldsOf(item.lastSuccessfulDeployment) !== null,
    };
  });
}

function filtersOf(value: unknown, note: () => void): TagFilter[] {
  const items = Array.isArray(value) ? value : [];
  return items.flatMap((one) => {
    const fields = fieldsOf(one);
    const type = text(fields, 'Type');
    if (type === null) note();
    return type === null ? [] : [{ type, key: text(fields, 'Key'), value: text(fields, 'Value') }];
  });
}

/** https://docs.aws.amazon.com/eks/latest/APIReference/API_DescribeCluster.html */
export function takeKubernetesCluster(answer: Answer): KubernetesCluster[] | null {
  const cluster = fieldsOf(answer.fields.cluster);
  const name = text(cluster, 'name');
  const arn = text(cluster, 'arn');
  if (cluster === null || name === null || arn === null) {
    answer.note('$.cluster', 'it has no `name` or no `arn`');
    return null;
  }
  notGiven(cluster, ['accessConfig'], '$.cluster', answer.note);
  const authenticationMode = text(fieldsOf(cluster.accessConfig), 'authenticationMode');
  return [{ name, arn, authenticationMode }];
}

export function takeAccessEntries(answer: Answer): AccessEntry[] {
  const cluster = answer.argument ?? '';
  return takeNames('accessEntries')(answer).map(({ id }) => ({ cluster, principal: id }));
}

/** The subject of the call is the cluster and the principal, joined by a dot; names of clusters have no dots. */
export function takeAccessPolicies(answer: Answer): AccessPolicy[] {
  const [cluster = '', ...rest] = (answer.argument ?? '').split('.');
  const principal = rest.join('.');
  return itemsOf(answer, 'associatedAccessPolicies', ['policyArn'], (item, at, [policy]) => {
    const scope = text(fieldsOf(item.accessScope), 'type');
    if (scope === null) answer.note(at, 'its `accessScope` has no `type`');
    return { cluster, principal, policy, scope: scope ?? '' };
  });
}

export function takeFunctions(answer: Answer): RoleUse[] {
  return itemsOf(answer, 'Functions', ['FunctionArn', 'FunctionName'], (item, at, [arn, name]) => {
    notGiven(item, ['Role'], at, answer.note);
    return { arn, name, role: text(item, 'Role') };
  });
}

export function takeStateMachines(answer: Answer): Named[] {
  return itemsOf(answer, 'stateMachines', ['stateMachineArn'], (_item, _, [id]) => ({ id }));
}

/** https://docs.aws.amazon.com/step-functions/latest/apireference/API_DescribeStateMachine.html */
export function takeStateMachine(answer: Answer): RoleUse[] | null {
  const arn = text(answer.fields, 'stateMachineArn');
  if (arn === null) {
    answer.note('$', 'it has no `stateMachineArn`');
    return null;
  }
  notGiven(answer.fields, ['roleArn'], '$', answer.note);
  return [{ arn, name: text(answer.fields, 'name') ?? '', role: text(answer.fields, 'roleArn') }];
}
