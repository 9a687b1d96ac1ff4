import type {
  ConnectEndpoint,
  Instance,
  RegionSnapshot,
  SecurityGroup,
  SecurityGroupRule,
} from '../../snapshot/snapshot.ts';

/** True if a rule is about the TCP port. */
function lets(rule: SecurityGroupRule, port: number): boolean {
  if (rule.protocol === '-1') return true;
  if (rule.protocol !== 'tcp' && rule.protocol !== '6') return false;
  return (rule.fromPort ?? 0) <= port && port <= (rule.toPort ?? 65535);
}

/**
 * False if the outbound rules of an Instance Connect endpoint's groups certainly lead to none of the ports of an
 * instance in the groups `to`: none is about a port, or only about other groups. Null if a group was not read, or if
 * there is no outbound rule at all: every group begins with one, so the list may have been left out.
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/eice-security-groups.html
 */
export function isLetOut(
  { securityGroups }: Pick<ConnectEndpoint, 'securityGroups'>,
  known: ReadonlyMap<string, SecurityGroup>,
  to: readonly string[],
  ports: readonly number[],
): boolean | null {
  const groups = securityGroups.map((id) => known.get(id));
  const rules = groups.flatMap((group) => group?.egress ?? []);
  const isOut = rules.some(
    (rule) =>
      ports.some((port) => lets(rule, port)) &&
      (rule.cidrs.length + rule.prefixLists.length > 0 || rule.groups.some((id) => to.includes(id))),
  );
  if (isOut) return true;
  return groups.includes(undefined) || rules.length === 0 ? null : false;
}

/** The sources that a rule allows, with prefix lists expanded. */
export interface LetIn {
  readonly cidrs: readonly string[];
  readonly groups: readonly string[];
  /** callers from the EC2 console: an allowed address of each family */
  readonly consoles: readonly string[];
  /** true if a list that was not collected, or only in part, may contain any address */
  readonly isUnknown: boolean;
}

type Grouped = Pick<Instance, 'securityGroups'>;

/** The rules that allow a source on one of the ports; null: a group of the instance was not collected. */
export function rulesFor(
  instance: Grouped,
  region: RegionSnapshot,
  groups: readonly SecurityGroup[],
  ports: readonly number[],
): readonly LetIn[] | null {
  const own = groupsOf(instance, groups);
  if (own.length < instance.securityGroups.length) return null;
  return own.flatMap(({ ingress }) =>
    ingress.filter((rule) => ports.some((port) => lets(rule, port))).map((rule) => letIn(rule, region)),
  );
}

/** AWS's list of the addresses that its console connects from. */
const CONSOLE_LIST = /\.ec2-instance-connect(\.|$)/;

function consoleIn(list: string): readonly string[] {
  if (!CONSOLE_LIST.test(list)) return [];
  return [list.includes('.ipv6.') ? '::' : '0.0.0.0'];
}

/**
 * AWS's lists contain addresses of services, which are not callers, except the list of Instance Connect.
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-instance-connect-prerequisites.html
 */
function letIn({ cidrs, groups, prefixLists }: SecurityGroupRule, region: RegionSnapshot): LetIn {
  const known = {
    lists: indexed(region.prefixLists ?? NONE),
    entries: indexed(region.prefixListEntries ?? NONE),
  };
  const found = prefixLists.map((id) => ({ list: known.lists.get(id), entries: known.entries.get(id) }));
  const isOfAws = ({ list }: (typeof found)[number]): boolean => list?.owner === 'AWS';
  return {
    cidrs: [...cidrs, ...found.flatMap((one) => (isOfAws(one) ? NONE : (one.entries?.cidrs ?? NONE)))],
    groups,
    consoles: found.flatMap((one) => (isOfAws(one) ? consoleIn(one.list?.name ?? '') : [])),
    isUnknown: found.some((one) => !isOfAws(one) && (!one.entries || one.entries.isPart === true)),
  };
}

const NONE: readonly never[] = [];

function groupsOf(instance: Grouped, groups: readonly SecurityGroup[]): readonly SecurityGroup[] {
  const byId = indexed(groups);
  return instance.securityGroups.flatMap((id) => byId.get(id) ?? []);
}

const indexes = new WeakMap<object, ReadonlyMap<string, unknown>>();

/** A region's list by id, built once. */
export function indexed<T extends { readonly id: string }>(list: readonly T[]): ReadonlyMap<string, T> {
  let index = indexes.get(list) as ReadonlyMap<string, T> | undefined;
  if (!index) {
    index = new Map(list.map((one) => [one.id, one]));
    indexes.set(list, index);
  }
  return index;
}
