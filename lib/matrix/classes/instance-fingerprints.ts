import { evaluateClause } from '../../evaluator/conditions/evaluate-clause.ts';
import type { KeyState } from '../../evaluator/context.ts';
import { formulaKey } from '../../evaluator/formula-key.ts';
import type { ResourcePattern } from '../../evaluator/match-resource.ts';
import { remembered } from '../../memory/remembered.ts';
import type { Instance } from '../../snapshot/snapshot.ts';
import type { Account } from '../account/account.ts';
import { tagStates } from '../account/request-context.ts';
import { instanceKeys } from '../account/targets.ts';
import { ipv6Of } from '../paths/reachable.ts';
import { ArnFeatures } from './arn-features.ts';
import { type KeyReader, keyReader } from './key-reader.ts';
import { isPlaceKey, type Relevant } from './relevant.ts';
import { RequestFingerprints } from './request-fingerprints.ts';

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
  readonly requests: RequestFingerprints;
}

/** What policies may see of an instance beside its tags and other condition keys. */
const BESIDE = [
  'region',
  'platform',
  'endpoint',
  'arn',
  'addresses',
  'volumes',
  'network-interfaces',
  'security-groups',
] as const;

/** What policies see of an instance: no policy can tell two apart that look the same. */
export class InstanceFingerprints {
  readonly features: ResourceFeatures;
  /** of what policies see: BESIDE, and the condition keys that they ask for */
  readonly names: readonly string[];
  readonly #account: Account;
  readonly #arns: ArnFeatures;
  readonly #readers: readonly KeyReader[];

  constructor(account: Account, relevant: Relevant) {
    this.#account = account;
    this.features = resourceFeatures(account, relevant);
    this.#arns = new ArnFeatures(relevant.patterns, `arn:${account.snapshot.partition}:ec2:`, 'instance/');
    const clauses = relevant.clauses.filter(({ keys }) => keys.some(isPlaceKey));
    const keys = [...new Set(clauses.flatMap((one) => one.keys.filter(isPlaceKey)))].filter(isOfInstance);
    this.names = [...BESIDE, ...keys];
    this.#readers = keys.map((key) =>
      keyReader(
        key,
        clauses.filter((one) => one.keys.includes(key)),
      ),
    );
  }

  /** One text for each of `names`. */
  of(instance: Instance): readonly string[] {
    const tags = tagStates(instance.tags);
    const own = new Map(
      Object.entries(instanceKeys(instance)).map(([key, value]) => [key.toLowerCase(), { values: [value] }]),
    );
    own.set(PASSED_FOR, { values: [instance.arn] });
    const beside = this.#beside(instance);
    return [...BESIDE.map((name) => beside[name]), ...this.#readers.map((read) => read(tags, own))];
  }

  /** Does a pattern of resources tell instances apart by their ARN? */
  tellsApart(pattern: ResourcePattern): boolean {
    return this.#arns.asksFor(pattern);
  }

  #beside(instance: Instance): Readonly<Record<(typeof BESIDE)[number], string>> {
    const { region, platform, privateIps, volumes, networkInterfaces, securityGroups } = instance;
    const { partition, accountId } = this.#account.snapshot;
    const { features } = this;
    const arn = (type: string, id: string): string =>
      `arn:${partition}:ec2:${region}:${accountId}:${type}/${id}`;
    const of = (kind: ArnFeatures, type: string, id: string): string =>
      kind.isBlind ? 'any' : kind.of(arn(type, id));
    const groups = this.#account.regions.get(region)?.securityGroups ?? [];
    return {
      ...{ region, platform, arn: this.#arns.of(instance.arn) },
      endpoint: endpointVpc(instance, this.#account),
      addresses: [privateIps, ipv6Of(instance)]
        .map((addresses) => setOf(addresses.map(features.privateAddress)))
        .join('; '),
      volumes: setOf(volumes.map(({ id, root }) => `${root} ${of(features.volume, 'volume', id)}`)),
      'network-interfaces': setOf(
        networkInterfaces.map((id) => of(features.networkInterface, 'network-interface', id)),
      ),
      'security-groups': setOf(
        securityGroups.map((id) => groupFeature(arn('security-group', id), groups, id, features)),
      ),
    };
  }
}

/** The key that tells for which instance a role is passed. */
export const PASSED_FOR = 'iam:associatedresourcearn';

function resourceFeatures(account: Account, relevant: Relevant): ResourceFeatures {
  const prefix = `arn:${account.snapshot.partition}:ec2:`;
  return {
    volume: new ArnFeatures(relevant.patterns, prefix, 'volume/'),
    networkInterface: new ArnFeatures(relevant.patterns, prefix, 'network-interface/'),
    securityGroup: new ArnFeatures(relevant.patterns, prefix, 'security-group/'),
    role: new ArnFeatures(relevant.patterns, `arn:${account.snapshot.partition}:iam:`, 'role/', true),
    roleTags: relevant.clauses.some(
      ({ keys, service }) => service === 'iam' && keys.some((key) => key.includes('resourcetag/')),
    ),
    privateAddress: addressFeature(relevant),
    passedTo: relevant.clauses.some(({ keys }) => keys.includes(PASSED_FOR)),
    requests: new RequestFingerprints(account, relevant),
  };
}

function endpointVpc(instance: Instance, account: Account): string {
  const endpoints = account.regions.get(instance.region)?.connectEndpoints;
  return endpoints?.some((endpoint) => endpoint.vpcId === instance.vpcId) ? (instance.vpcId ?? '') : '';
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
  return remembered(
    tagCaches,
    groups,
    () => new Map(groups.map((group) => [group.id, JSON.stringify(group.tags)])),
  );
}

/** Region and account are in the class already, and addresses are asked for beside it. */
function isOfInstance(key: string): boolean {
  return (
    key.startsWith('aws:resourcetag/') ||
    key.startsWith('ec2:instance') ||
    key.startsWith('ec2:metadata') ||
    key === 'ec2:rootdevicetype' ||
    key === PASSED_FOR
  );
}

const ADDRESS = 'ec2-instance-connect:privateipaddress';

/** Addresses under which every condition comes out the same are alike; with a variable in a condition none are. */
function addressFeature(relevant: Relevant): (address: string) => string {
  const clauses = relevant.clauses.filter(({ keys }) => keys.includes(ADDRESS));
  if (clauses.length === 0) return () => 'any';
  if (clauses.some(({ hasVariables }) => hasVariables)) return (address) => address;
  return (address) => {
    const lookup = (key: string): KeyState => (key === ADDRESS ? { values: [address] } : null);
    return clauses
      .map(({ clause, service }) => formulaKey(evaluateClause(clause, { service, lookup })))
      .join();
  };
}
