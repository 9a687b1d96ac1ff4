import { isObject } from '../../policy/fields.ts';
import { quoted } from '../../policy/quoted.ts';
import type { KeptAnswer, Snapshot } from '../../snapshot/snapshot.ts';
import type { Facts } from '../facts.ts';
import type { PlaceHit, Rule } from '../rule.ts';
import { accountPlace } from './account-place.ts';

const CALL = 'ec2.get-managed-resource-visibility';

/** A list that leaves out what a service manages looks like a whole one. */
export const hiddenManaged: Rule = {
  id: 'HIDDEN-MANAGED',
  severity: 'medium',
  title: 'the lists of instances may lack those that a service manages',
  fires:
    'the account hides managed resources in a region, and nothing says that its instances were read with `--include-managed-resources`: the list has no managed instance, and `IncludeManagedResources` is not in the answer',
  risk: 'instances of Amazon EKS Auto Mode, Amazon ECS and other services run in the account, and access to a hidden one is not judged',
  verify:
    '`aws ec2 describe-instances --include-managed-resources --filters Name=operator.managed,Values=true` lists what is missing',
  remediation:
    'read the instances with `aws ec2 describe-instances --include-managed-resources`, or with `latchkey collect`, and scan again',
  references: [
    'https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ManagedResourceVisibilitySettings.html',
    'https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInstances.html',
  ],
  paths: [],
  find: findHidden,
  unseen: ({ snapshot }, { regions }) =>
    regions.every((region) => snapshot.kept?.some((one) => one.call === CALL && one.region === region))
      ? null
      : `${quoted(CALL)} was not collected`,
};

function* findHidden(facts: Facts): Generator<PlaceHit> {
  const { snapshot } = facts;
  const regions = (snapshot.kept ?? [])
    .filter(isHidden)
    .flatMap(({ region }) => (region !== null && mayLack(snapshot, region) ? region : []))
    .sort();
  if (regions.length === 0) return;
  yield {
    ...accountPlace(facts, hiddenManaged, 'coverage'),
    title: `${hiddenManaged.title}, in ${regions.length === 1 ? quoted(regions[0] ?? '') : `${regions.length} regions`}`,
    regions,
    evidence: regions.map(
      (region) =>
        `${quoted(region)}: the account hides managed resources, and no instance in the list is managed`,
    ),
  };
}

/** True if lists of that region hide what a service manages, and the answer does not say that it was asked for. */
function isHidden({ call, data }: KeptAnswer): boolean {
  if (call !== CALL || !isObject(data) || data.IncludeManagedResources === true) return false;
  return isObject(data.Visibility) && data.Visibility.DefaultVisibility === 'hidden';
}

/** A managed instance is in the list of an account that hides them only if it was asked for. */
function mayLack({ regions }: Snapshot, name: string): boolean {
  const instances = regions.find(({ region }) => region === name)?.instances ?? null;
  return instances?.every(({ keys }) => (keys?.['ec2:ManagedResourceOperator'] ?? null) === null) ?? false;
}
