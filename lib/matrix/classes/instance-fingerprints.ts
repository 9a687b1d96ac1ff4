import type { KeyState } from '../../evaluator/context.ts';
import type { ResourcePattern } from '../../evaluator/match-resource.ts';
import { remembered } from '../../memory/remembered.ts';
import type { Instance } from '../../snapshot/snapshot.ts';
import { enteredCluster } from '../account/access-entries.ts';
import type { Account } from '../account/account.ts';
import { ATTACHED, attachedTo } from '../account/attached.ts';
import { endpointsOfVpc } from '../account/connect-endpoints.ts';
import { readTags, tagsAmong } from '../account/request-context.ts';
import { INSTANCE_KEYS, instanceKeys, stateOf } from '../account/resource-facts.ts';
import { targetsOf } from '../account/targets.ts';
import { ipv6Of } from '../paths/reachable.ts';
import { kindRow, PASSED_FOR, type ResourceKind } from '../paths/resource-kinds.ts';
import { ArnFeatures } from './arn-features.ts';
import { type KeyReader, keyReader } from './key-reader.ts';
import { isPlaceKey, type Relevant } from './relevant.ts';
import { ResourceFingerprints } from './resource-fingerprints.ts';

/** What policies may read of an instance besides its tags and other condition keys. */
const BESIDE = [
  'region',
  'platform',
  'state',
  'endpoint',
  'arn',
  'addresses',
  'volumes',
  'network-interfaces',
  'security-groups',
  'cluster',
] as const;

/** A fact about attached resources (`account/attached.ts`), and the kinds of resource that depend on it. */
interface Fact {
  readonly name: string;
  readonly kinds: readonly ResourceKind[];
}

/** What policies read of an instance. Every policy treats instances with equal fingerprints alike. */
export class InstanceFingerprints {
  readonly features: ResourceFingerprints;
  /** names of the parts: BESIDE, facts, and the condition keys that policies read */
  readonly names: readonly string[];
  readonly #account: Account;
  readonly #arns: ArnFeatures;
  readonly #facts: readonly Fact[];
  readonly #readers: readonly KeyReader[];
  /** the tags that conditions read */
  readonly #tags: ReadonlyMap<string, string>;
  /** true if conditions read other keys than tags */
  readonly #asksForOwn: boolean;
  /** by region and fact: a short name for each text */
  readonly #belongings = new Map<string, Map<string, Map<string, string>>>();
  readonly #names = new Map<string, string>();

  constructor(account: Account, relevant: Relevant) {
    this.#account = account;
    this.features = new ResourceFingerprints(account, relevant);
    this.#arns = new ArnFeatures(relevant.patterns, `arn:${account.snapshot.partition}:ec2:`, 'instance/');
    this.#facts = factsOf(relevant);
    const clauses = relevant.clauses.filter(({ keys }) => keys.some(isPlaceKey));
    const keys = [...new Set(clauses.flatMap((one) => one.keys.filter(isPlaceKey)))].filter(isOfInstance);
    this.#tags = tagsAmong(keys);
    this.#asksForOwn = keys.length > this.#tags.size;
    this.names = [...BESIDE, ...this.#facts.map(({ name }) => name), ...keys];
    this.#readers = keys.map((key) =>
      keyReader(
        key,
        clauses.filter((one) => one.keys.includes(key)),
      ),
    );
  }

  /** One text for each of `names`. */
  of(instance: Instance): readonly string[] {
    const tags = readTags(instance.tags, this.#tags);
    const own = this.#asksForOwn ? ownKeys(instance) : NO_KEYS;
    const beside = this.#beside(instance);
    return [
      ...BESIDE.map((name) => beside[name]),
      ...this.#facts.map((fact) => this.#belonging(fact, instance)),
      ...this.#readers.map((read) => read(tags, own)),
    ];
  }

  /** True if a resource pattern separates instances by their ARN. */
  tellsApart(pattern: ResourcePattern): boolean {
    return this.#arns.asksFor(pattern);
  }

  #beside(instance: Instance): Readonly<Record<(typeof BESIDE)[number], string>> {
    const { region, platform, privateIps, volumes, networkInterfaces, securityGroups } = instance;
    return {
      ...{
        region,
        platform,
        state: instance.state === 'stopped' ? 'stopped' : '',
        arn: this.#arns.of(instance.arn),
      },
      endpoint: endpointVpc(instance, this.#account),
      cluster: enteredCluster(instance, this.#account),
      addresses: [privateIps, ipv6Of(instance)]
        .map((addresses) => setOf(addresses.map((address) => this.features.value(ADDRESS, address))))
        .join('; '),
      volumes: [
        this.#attached(
          'root-volume',
          volumes.some(({ root }) => root),
          instance,
        ),
        this.#attached('volumes', volumes.length > 0, instance),
      ].join('; '),
      'network-interfaces': this.#attached('network-interfaces', networkInterfaces.length > 0, instance),
      'security-groups': remembered(this.#known('security-groups', region), securityGroups.join(), () =>
        this.#nameOf(this.#attached('security-groups', securityGroups.length > 0, instance)),
      ),
    };
  }

  /** The resources of the instance. Thousands of instances have the same ones. */
  #belonging({ name, kinds }: Fact, instance: Instance): string {
    const value = attachedTo(name, instance, this.#account, this.features.asksFor);
    if (value === '') return '';
    // instances may all differ in this, for example in their snapshots
    if (kinds.length === 1 && kinds.every((kind) => this.features.isBlind(kind)))
      return value === '?' ? value : 'any';
    return remembered(this.#known(name, instance.region), value, () =>
      this.#nameOf(kinds.map((kind) => this.#someOf(kind, instance)).join('; ')),
    );
  }

  #known(fact: string, region: string): Map<string, string> {
    const here = remembered(this.#belongings, region, () => new Map<string, Map<string, string>>());
    return remembered(here, fact, () => new Map<string, string>());
  }

  /**
   * A number instead of a long text: a host may have a task of every team, and all instances of a fleet the same
   * ones.
   */
  #nameOf(text: string): string {
    return remembered(this.#names, text, () => String(this.#names.size));
  }

  /** Its resources of a kind. If no policy separates any of them, only whether it has some. */
  #someOf(kind: ResourceKind, instance: Instance): string {
    if (!this.features.isBlind(kind)) return this.#setOf(kind, instance);
    return setOf(targetsOf(kind, instance, this.#account, null).map(({ missing }) => missing ?? 'any'));
  }

  /** What is attached to it; if no policy separates any, only whether there is something. */
  #attached(kind: ResourceKind, areSome: boolean, instance: Instance): string {
    if (!areSome) return '';
    return this.features.isBlind(kind) ? 'any' : this.#setOf(kind, instance);
  }

  #setOf(kind: ResourceKind, instance: Instance): string {
    return setOf(
      targetsOf(kind, instance, this.#account, null).map((target) => this.features.of(kind, target)),
    );
  }
}

/** The facts that decide the resources of the requests; others, as the VPC for most, separate no instances. */
function factsOf({ kinds }: Relevant): readonly Fact[] {
  return Object.keys(ATTACHED)
    .map((name) => ({ name, kinds: [...kinds].filter((kind) => kindRow(kind).observes.includes(name)) }))
    .filter((fact) => fact.kinds.length > 0);
}

const NO_KEYS: ReadonlyMap<string, KeyState> = new Map();

/** Condition keys of an instance besides tags. */
function ownKeys(instance: Instance): ReadonlyMap<string, KeyState> {
  const own = new Map(
    Object.entries(instanceKeys(instance)).map(([key, value]) => [key.toLowerCase(), stateOf(value)]),
  );
  return own.set(PASSED_FOR, { values: [instance.arn] });
}

const ADDRESS = 'ec2-instance-connect:privateipaddress';

function endpointVpc(instance: Instance, account: Account): string {
  const endpoints = endpointsOfVpc(instance, account);
  if (endpoints === null) return '?';
  return endpoints.length > 0 ? (instance.vpcId ?? '') : '';
}

function setOf(list: readonly string[]): string {
  return list.length < 2 ? list.join() : [...new Set(list)].sort().join('|');
}

/** Region and account separate classes anyway, and addresses are handled separately. */
function isOfInstance(key: string): boolean {
  return key.startsWith('aws:resourcetag/') || INSTANCE_KEYS.has(key) || key === PASSED_FOR;
}
