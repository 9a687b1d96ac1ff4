import { once } from '../../memory/once.ts';
import { didYouMean } from '../../policy/nearest.ts';
import { quoted } from '../../policy/quoted.ts';
import { instancesById, instancesOf } from '../../snapshot/instances-of.ts';
import type {
  Group,
  Instance,
  InstanceProfile,
  PolicyRecord,
  RegionSnapshot,
  Role,
  SecurityGroup,
  Snapshot,
  Tags,
  User,
} from '../../snapshot/snapshot.ts';

/** A plan names something that the account does not have, or has twice. The message says what and why. */
export class NotPossible extends Error {}

/** The account of policies that get their ARN when they are deployed. */
const NO_ACCOUNT = '000000000000';

type Kind = 'user' | 'role' | 'group';
type Owner = { user: User; role: Role; group: Group };

/** A copy of an account in which single things can be replaced. */
export class Draft {
  readonly #base: Snapshot;
  readonly policies: Map<string, PolicyRecord>;
  readonly #owners: { readonly [K in Kind]: Map<string, Owner[K]> };
  readonly #before = once(() => instancesById(this.#base));
  /** instances with a change; null: removed */
  readonly #instances = new Map<string, Instance | null>();
  readonly #groups = new Map<string, SecurityGroup>();
  readonly #profiles = new Map<string, InstanceProfile>();
  readonly #added: Instance[] = [];

  constructor(base: Snapshot) {
    this.#base = base;
    this.policies = new Map(base.policies.map((policy) => [policy.id, policy]));
    this.#owners = {
      user: byArn(base.users),
      role: byArn(base.roles),
      group: byArn(base.groups),
    };
  }

  /** `arn:PARTITION:iam::ACCOUNT:` */
  arn(resource: string): string {
    return `arn:${this.#base.partition}:iam::${this.#base.accountId}:${resource}`;
  }

  /** The id of a managed policy that this account may have: its own, one of AWS, or one that has no ARN yet. */
  policyArn(text: string): string {
    const account = /^arn:[\w-]+:iam::(aws|\d{12}):policy\/(?:.*\/)?[^/]+$/.exec(text)?.[1];
    if (account === undefined) throw new NotPossible(`${quoted(text)} is no ARN of a managed policy`);
    if (![this.#base.accountId, 'aws', NO_ACCOUNT].includes(account))
      throw new NotPossible(`${quoted(text)} is of another account: IAM attaches only policies of its own`);
    return text;
  }

  put<K extends Kind>(kind: K, owner: Owner[K]): void {
    this.#owners[kind].set(owner.arn, owner);
  }

  delete(kind: Kind, arn: string): void {
    this.#owners[kind].delete(arn);
  }

  /** Names differ by more than their case. */
  isTaken(kind: Kind, name: string): boolean {
    const wanted = name.toLowerCase();
    return this.#owners[kind].values().some((owner) => owner.name.toLowerCase() === wanted);
  }

  /** The one user, role or group of these kinds that a text names. */
  find<K extends Kind>(text: string, ...kinds: readonly K[]): { readonly kind: K; readonly owner: Owner[K] } {
    const found = kinds.flatMap((kind) =>
      [...this.#owners[kind].values()]
        .filter(({ arn, name }) => [arn, name, `${kind}/${name}`].includes(text))
        .map((owner) => ({ kind, owner })),
    );
    const [one, other] = found;
    if (!one)
      throw new NotPossible(
        `this audit has no ${kinds.join(', ').replace(/, (\w+)$/, ' or $1')} \`${text}\`${didYouMean(text, this.#named(text, kinds))}`,
      );
    if (other)
      throw new NotPossible(
        `\`${text}\` names ${found.map(({ owner }) => `\`${owner.arn}\``).join(' and ')}`,
      );
    return one;
  }

  /** The names of these kinds, in the form of the given text. */
  #named(text: string, kinds: readonly Kind[]): readonly string[] {
    return kinds.flatMap((kind) =>
      [...this.#owners[kind].values()].map(({ arn, name }) =>
        text.startsWith('arn:') ? arn : text.includes('/') ? `${kind}/${name}` : name,
      ),
    );
  }

  /** The id of the one managed policy or guardrail that a text names; null: there is none. */
  policyId(text: string, isOf: (record: PolicyRecord) => boolean): string | null {
    const found = [...this.policies.values()].filter(
      (record) => isOf(record) && (record.id === text || record.name === text),
    );
    if (found.length > 1)
      throw new NotPossible(`\`${text}\` names ${found.map(({ id }) => `\`${id}\``).join(' and ')}`);
    return found[0]?.id ?? null;
  }

  /** The one instance with this id, or with this Name tag. */
  instance(text: string): Instance {
    const known = this.#now(text);
    if (known) return known;
    const all = instancesOf(this.#base).flatMap(({ id }) => this.#now(id) ?? []);
    const named = (one: Instance) => one.tags.find(({ key }) => key === 'Name')?.value;
    const found = all.filter((one) => named(one) === text);
    const [one, other] = found;
    if (!one) {
      const names = all.flatMap((each) => [each.id, named(each) ?? each.id]);
      throw new NotPossible(`this audit has no instance \`${text}\`${didYouMean(text, names)}`);
    }
    if (other) throw new NotPossible(`\`${text}\` names ${found.map(({ id }) => `\`${id}\``).join(' and ')}`);
    return one;
  }

  hasInstance(id: string): boolean {
    return this.#added.some((one) => one.id === id) || this.#before().has(id);
  }

  /** Null or undefined: there is no such instance, or it was removed. */
  #now(id: string): Instance | null | undefined {
    const changed = this.#instances.get(id);
    return changed === undefined ? this.#before().get(id) : changed;
  }

  putInstance(instance: Instance): void {
    this.#instances.set(instance.id, instance);
  }

  addInstance(instance: Instance): void {
    this.#added.push(instance);
    this.#instances.set(instance.id, instance);
  }

  removeInstance(id: string): void {
    this.#instances.set(id, null);
  }

  instanceProfile(text: string): string {
    const found = this.findInstanceProfile(text);
    if (!found) {
      const names = this.#instanceProfiles.map(({ name }) => name);
      throw new NotPossible(`this audit has no instance profile \`${text}\`${didYouMean(text, names)}`);
    }
    return found.arn;
  }

  findInstanceProfile(text: string): InstanceProfile | undefined {
    return this.#instanceProfiles.find(({ arn, name }) => arn === text || name === text);
  }

  putInstanceProfile(profile: InstanceProfile): void {
    this.#profiles.set(profile.arn, profile);
  }

  securityGroup(id: string): SecurityGroup {
    const found =
      this.#groups.get(id) ??
      this.#base.regions.flatMap(({ securityGroups }) => securityGroups ?? []).find((one) => one.id === id);
    if (!found) {
      const ids = this.#base.regions
        .flatMap(({ securityGroups }) => securityGroups ?? [])
        .map((one) => one.id);
      throw new NotPossible(`this audit has no security group \`${id}\`${didYouMean(id, ids)}`);
    }
    return found;
  }

  putSecurityGroup(group: SecurityGroup): void {
    this.#groups.set(group.id, group);
  }

  /** The changed account. */
  done(): Snapshot {
    return {
      ...this.#base,
      policies: [...this.policies.values()],
      users: [...this.#owners.user.values()],
      roles: [...this.#owners.role.values()],
      groups: [...this.#owners.group.values()],
      instanceProfiles: this.#instanceProfiles,
      regions: this.#regions,
    };
  }

  // both return the same object if nothing was replaced, so that a comparison is cheap
  get #instanceProfiles(): Snapshot['instanceProfiles'] {
    if (this.#profiles.size === 0) return this.#base.instanceProfiles;
    return [...new Map([...byArn(this.#base.instanceProfiles), ...this.#profiles]).values()];
  }

  get #regions(): Snapshot['regions'] {
    const isSame = this.#instances.size === 0 && this.#groups.size === 0 && this.#added.length === 0;
    return isSame ? this.#base.regions : this.#base.regions.map((region) => this.#region(region));
  }

  #region(region: RegionSnapshot): RegionSnapshot {
    const added = this.#added.filter((one) => one.region === region.region);
    return {
      ...region,
      instances:
        region.instances &&
        [...region.instances, ...added].flatMap((one) => {
          const is = this.#instances.get(one.id);
          return is === undefined ? [one] : (is ?? []);
        }),
      securityGroups: region.securityGroups?.map((one) => this.#groups.get(one.id) ?? one) ?? null,
    };
  }
}

const byArn = <T extends { readonly arn: string }>(all: readonly T[]): Map<string, T> =>
  new Map(all.map((one) => [one.arn, one]));

/** Tags with some set and some removed. */
export function retagged(
  tags: Tags,
  set: Readonly<Record<string, string>>,
  removed: readonly string[],
): Tags {
  const kept = tags.filter(({ key }) => !(key in set) && !removed.includes(key));
  return [...kept, ...Object.entries(set).map(([key, value]) => ({ key, value }))];
}
