import { evaluateClause } from '../../evaluator/conditions/evaluate-clause.ts';
import type { KeyState } from '../../evaluator/context.ts';
import type { Instance } from '../../snapshot/snapshot.ts';
import type { Account } from '../account.ts';
import { tagStates } from '../request-keys.ts';
import { instanceKeys } from '../requests.ts';
import { ArnFeatures } from './arn-features.ts';
import { formulaKey } from './formula-key.ts';
import { isPlaceKey, type Relevant, type RelevantClause } from './relevant.ts';

/**
 * The instances of an account in classes: no policy can tell the members of a class apart, so that one of each (the
 * first) stands for all.
 */
export interface Universe {
  readonly representatives: readonly Instance[];
  /** the class of each instance */
  readonly classOf: Uint32Array;
  /** features of the ARNs that a path asks about, by resource type */
  readonly features: ResourceFeatures;
}

export interface ResourceFeatures {
  readonly volume: ArnFeatures;
  readonly networkInterface: ArnFeatures;
  readonly securityGroup: ArnFeatures;
  readonly role: ArnFeatures;
  /** does any condition on passing a role ask for its tags? */
  readonly roleTags: boolean;
  /** how the conditions on a private address come out */
  readonly privateAddress: (address: string) => string;
  /** does any condition on passing a role ask which instance it is for? */
  readonly passedTo: boolean;
}

export function classify(account: Account, instances: readonly Instance[], relevant: Relevant): Universe {
  const prefix = `arn:${account.snapshot.partition}:ec2:`;
  const features = {
    volume: new ArnFeatures(relevant.patterns, prefix, 'volume/'),
    networkInterface: new ArnFeatures(relevant.patterns, prefix, 'network-interface/'),
    securityGroup: new ArnFeatures(relevant.patterns, prefix, 'security-group/'),
    role: new ArnFeatures(relevant.patterns, `arn:${account.snapshot.partition}:iam:`, 'role/', true),
    roleTags: relevant.clauses.some(
      ({ keys, service }) => service === 'iam' && keys.some((key) => key.includes('resourcetag/')),
    ),
    privateAddress: addressFeature(relevant),
    passedTo: relevant.clauses.some(({ keys }) => keys.includes('iam:associatedresourcearn')),
  };
  const arns = new ArnFeatures(relevant.patterns, prefix, 'instance/');
  const keyFeature = keyFeatures(relevant);
  const classOf = new Uint32Array(instances.length);
  const numbers = new Map<string, number>();
  const representatives: Instance[] = [];
  for (const [i, instance] of instances.entries()) {
    const key = [
      instance.region,
      instance.platform,
      endpointVpc(instance, account),
      arns.of(instance.arn),
      keyFeature(instance),
      setOf(instance.privateIps.map(features.privateAddress)),
      attached(instance, account, features),
    ].join('\n');
    let number = numbers.get(key);
    if (number === undefined) {
      number = representatives.length;
      numbers.set(key, number);
      representatives.push(instance);
    }
    classOf[i] = number;
  }
  return { representatives, classOf, features };
}

function endpointVpc(instance: Instance, account: Account): string {
  const endpoints = account.regions.get(instance.region)?.connectEndpoints;
  return endpoints?.some((endpoint) => endpoint.vpcId === instance.vpcId) ? (instance.vpcId ?? '') : '';
}

function attached(instance: Instance, account: Account, features: ResourceFeatures): string {
  const { partition, accountId } = account.snapshot;
  const arn = (type: string, id: string): string =>
    `arn:${partition}:ec2:${instance.region}:${accountId}:${type}/${id}`;
  const of = (kind: ArnFeatures, type: string, id: string): string =>
    kind.isBlind ? '' : kind.of(arn(type, id));
  const groups = account.regions.get(instance.region)?.securityGroups ?? [];
  return [
    setOf(instance.volumes.map(({ id, root }) => `${root} ${of(features.volume, 'volume', id)}`)),
    setOf(instance.networkInterfaces.map((id) => of(features.networkInterface, 'network-interface', id))),
    setOf(instance.securityGroups.map((id) => groupFeature(arn('security-group', id), groups, id, features))),
  ].join('\t');
}

function setOf(list: readonly string[]): string {
  return list.length < 2 ? list.join() : [...new Set(list)].sort().join('|');
}

export function groupFeature(
  arn: string,
  groups: readonly { readonly id: string; readonly tags: Instance['tags'] }[],
  id: string,
  features: ResourceFeatures,
): string {
  const tags = groups.length === 0 ? null : (tagCache(groups).get(id) ?? null);
  return `${features.securityGroup.of(arn)} ${tags}`;
}

const tagCaches = new WeakMap<object, ReadonlyMap<string, string>>();

function tagCache(
  groups: readonly { readonly id: string; readonly tags: Instance['tags'] }[],
): ReadonlyMap<string, string> {
  let cache = tagCaches.get(groups);
  if (!cache) {
    cache = new Map(groups.map((group) => [group.id, JSON.stringify(group.tags)]));
    tagCaches.set(groups, cache);
  }
  return cache;
}

/**
 * What conditions see of an instance's tags and other keys. Where every condition on a key is fixed, only how these come
 * out counts, not the value: a thousand values of `Name` are two classes under `Name` like `web-*`.
 */
function keyFeatures(relevant: Relevant): (instance: Instance) => string {
  const clauses = relevant.clauses.filter(({ keys }) => keys.some(isPlaceKey));
  const keys = [...new Set(clauses.flatMap((one) => one.keys.filter(isPlaceKey)))].filter(isOfInstance);
  const readers = keys.map((key) =>
    keyReader(
      key,
      clauses.filter((one) => one.keys.includes(key)),
    ),
  );
  return (instance) => {
    const tags = tagStates(instance.tags);
    const own = new Map(
      Object.entries(instanceKeys(instance)).map(([key, value]) => [key.toLowerCase(), { values: [value] }]),
    );
    own.set('iam:associatedresourcearn', { values: [instance.arn] });
    return readers.map((read) => read(tags, own)).join('\t');
  };
}

/** Region and account are in the class already, and addresses are asked for beside it. */
function isOfInstance(key: string): boolean {
  return (
    key.startsWith('aws:resourcetag/') ||
    key.startsWith('ec2:instance') ||
    key.startsWith('ec2:metadata') ||
    key === 'ec2:rootdevicetype' ||
    key === 'iam:associatedresourcearn'
  );
}

type States = ReadonlyMap<string, KeyState>;

/** Fleets share their tags: what was read of a tag's value once is not written out again. */
function keyReader(key: string, clauses: readonly RelevantClause[]): (tags: States, own: States) => string {
  const byValue = new Map<string, string>();
  const read = stateReader(key, clauses);
  return (tags, own) => {
    const state = tags.get(key) ?? own.get(key) ?? null;
    const value = state === null ? '' : state.values[0];
    if (value === undefined || state?.otherCase !== undefined || (state?.values.length ?? 1) > 1)
      return read(state);
    const name = state === null ? 'none' : `=${value}`;
    let feature = byValue.get(name);
    if (feature === undefined) {
      feature = read(state);
      byValue.set(name, feature);
    }
    return feature;
  };
}

function stateReader(key: string, clauses: readonly RelevantClause[]): (state: KeyState) => string {
  const isFixed = clauses.every(({ hasVariables, keys }) => !hasVariables && keys.length === 1);
  const seen = new Map<string, string>();
  const numbers = new Map<string, string>();
  return (state) => {
    const raw = JSON.stringify(state);
    if (!isFixed) return raw;
    let feature = seen.get(raw);
    if (feature === undefined) {
      const answers = clauses.map(({ clause, service }) =>
        evaluateClause(clause, { service, lookup: (asked) => (asked === key ? state : null) }),
      );
      const name = answers.map(formulaKey).join();
      // there may be hundreds of conditions on a key and a hundred thousand instances
      feature = numbers.get(name) ?? String(numbers.size);
      numbers.set(name, feature);
      seen.set(raw, feature);
    }
    return feature;
  };
}

const ADDRESS = 'ec2-instance-connect:privateipaddress';

/** Addresses under which every condition comes out the same are alike; with a variable in a condition none are. */
function addressFeature(relevant: Relevant): (address: string) => string {
  const clauses = relevant.clauses.filter(({ keys }) => keys.includes(ADDRESS));
  if (clauses.length === 0) return () => '';
  if (clauses.some(({ hasVariables }) => hasVariables)) return (address) => address;
  return (address) => {
    const lookup = (key: string): KeyState => (key === ADDRESS ? { values: [address] } : null);
    return clauses
      .map(({ clause, service }) => formulaKey(evaluateClause(clause, { service, lookup })))
      .join();
  };
}
