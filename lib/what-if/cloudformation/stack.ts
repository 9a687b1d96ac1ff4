import { instancesOf } from '../../snapshot/instances-of.ts';
import type { Snapshot, Tags } from '../../snapshot/snapshot.ts';

/** The properties of a stack that no template contains. */
export interface StackOptions {
  /** the name of the stack; null: not given */
  readonly name: string | null;
  /** null: the only region with instances, if there is only one */
  readonly region: string | null;
  readonly parameters: ReadonlyMap<string, string>;
}

export type StackKind = 'role' | 'user' | 'group' | 'policy' | 'profile' | 'instance' | 'security-group';

interface Member {
  /** a name, or an id for resources that others refer to by id */
  readonly name: string;
  readonly arn: string;
  readonly tags: Tags;
}

/** The account that a template is deployed into. */
export class TemplateStack {
  readonly accountId: string;
  readonly partition: string;
  /** null: not known */
  readonly region: string | null;
  readonly options: StackOptions;
  readonly #members: { readonly [K in StackKind]: readonly Member[] };

  constructor(snapshot: Snapshot, options: StackOptions) {
    this.accountId = snapshot.accountId;
    this.partition = snapshot.partition;
    this.options = options;
    const used = snapshot.regions.filter(({ instances }) => instances === null || instances.length > 0);
    this.region = options.region ?? (used.length === 1 ? (used[0]?.region ?? null) : null);
    this.#members = membersOf(snapshot);
  }

  byName(kind: StackKind, name: string): Member | undefined {
    return this.#members[kind].find((one) => one.name === name);
  }

  /**
   * The resources that the stack created without a name of their own: by CloudFormation's tags, or by the form of
   * generated names. https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-resource-tags.html
   */
  madeFor(kind: StackKind, id: string): readonly Member[] {
    const { name: stack } = this.options;
    if (stack === null) return [];
    return this.#members[kind].filter(({ name, tags }) => {
      const [tagged, logical] = ['stack-name', 'logical-id'].map(
        (key) => tags.find((tag) => tag.key === `aws:cloudformation:${key}`)?.value,
      );
      if (tagged !== undefined && logical !== undefined) return tagged === stack && logical === id;
      const made = name.startsWith(`${stack}-${id}-`) ? name.slice(stack.length + id.length + 2) : '';
      return /^[A-Za-z0-9]{8,14}$/.test(made);
    });
  }
}

function membersOf(snapshot: Snapshot): { readonly [K in StackKind]: readonly Member[] } {
  const { users, roles, groups, policies, instanceProfiles, regions } = snapshot;
  const untagged = ({ name, arn }: { readonly name: string; readonly arn: string }): Member => ({
    ...{ name, arn, tags: [] },
  });
  return {
    user: users,
    role: roles,
    group: groups.map(untagged),
    policy: policies
      .filter(({ kind }) => kind === 'customer-managed')
      .map(({ id, name }) => ({ name, arn: id, tags: [] })),
    profile: instanceProfiles.map(untagged),
    instance: instancesOf(snapshot).map(({ id, arn, tags }) => ({ name: id, arn, tags })),
    'security-group': regions
      .flatMap(({ securityGroups }) => securityGroups ?? [])
      .map(({ id, tags }) => ({ name: id, arn: id, tags })),
  };
}
