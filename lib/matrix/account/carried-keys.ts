import { remembered } from '../../memory/remembered.ts';
import { type ActionDetail, actionDetail } from '../../reference/action-details.ts';

/**
 * The service's own keys that a request of an action on a resource may contain, lower case, up to a variable part;
 * null if they are not known.
 */
export type CarriedKeys = readonly string[] | null;

/** by action and type of resource */
const known = new WeakMap<ActionDetail, Map<string, readonly string[]>>();

/**
 * A request on several resources is evaluated for each of them, with the keys of that resource: an
 * `ec2:AttachVolume` has no `ec2:InstanceType` where it is about the volume.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
 */
export function carriedKeys(action: string, arn: string): CarriedKeys {
  const detail = actionDetail(action);
  if (!detail) return null;
  const type = typeOf(arn);
  const ofAction = remembered(known, detail, () => new Map<string, readonly string[]>());
  return remembered(ofAction, Object.hasOwn(detail.resourceTypes, type) ? type : '', () =>
    listed(detail, type),
  );
}

/** Of the type of resource; of every type of the action, if it is not one of these. */
function listed({ keys, resourceTypes }: ActionDetail, type: string): readonly string[] {
  const own = resourceTypes[type];
  const types = own ? [own] : Object.values(resourceTypes);
  return [...keys, ...types.flatMap((one) => one.keys)].map((key) =>
    key.toLowerCase().replace(/\$\{.*$/, '*'),
  );
}

/** `instance` of `arn:aws:ec2:us-east-1:111122223333:instance/i-1`. */
function typeOf(arn: string): string {
  let start = 0;
  for (let i = 0; i < 5; i += 1) {
    start = arn.indexOf(':', start) + 1;
    if (start === 0) return '';
  }
  const end = arn.slice(start).search(/[/:]/);
  return end < 0 ? '' : arn.slice(start, start + end);
}

/** By type of resource, the given keys (canonical) that the action's requests may contain. Equal texts mean equal keys. */
export function carriedAmong(action: string, keys: readonly string[]): string {
  const detail = actionDetail(action);
  const types = ['', ...Object.keys(detail?.resourceTypes ?? {})];
  const among = (type: string): readonly string[] => {
    const carried = detail ? listed(detail, type) : null;
    return keys.filter((key) => isCarried(key, carried));
  };
  return JSON.stringify(types.map((type) => [type, among(type)]));
}

/**
 * A key of the service that the action does not list is never in its request (`ec2:osuser` in an SSM action). Nor is
 * a tag, if the action has no tags.
 */
export function isCarried(key: string, carried: CarriedKeys): boolean {
  const prefix = key.slice(0, key.indexOf(':'));
  if (!carried || prefix === '') return true;
  if (prefix === 'aws' && !isRequestTag(key)) return true;
  return carried.some((one) => (one.endsWith('*') ? key.startsWith(one.slice(0, -1)) : one === key));
}

/** The tags in a request. */
export function isRequestTag(key: string): boolean {
  return key === 'aws:tagkeys' || key.startsWith('aws:requesttag/');
}
