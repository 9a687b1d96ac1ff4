import { remembered } from '../../memory/remembered.ts';
import type { Instance, RegionSnapshot } from '../../snapshot/snapshot.ts';
import { UUID } from '../paths/placeholder-ids.ts';
import type { ResourceKind } from '../paths/resource-kinds.ts';
import type { Account, Subject } from './account.ts';
import { clusterOf } from './attached.ts';
import { inRegion } from './new-resources.ts';
import type { Place, Target } from './target.ts';

/** What an access entry of an EKS cluster allows its principal. */
type Right = 'administers' | 'edits' | 'enters';

/** By `region cluster`. */
type Entries = ReadonlyMap<string, Right>;

/**
 * A principal that may create pods creates one that controls the node, unless the cluster forbids such pods.
 * https://docs.aws.amazon.com/eks/latest/userguide/access-policy-permissions.html
 */
const EDITING = /\/AmazonEKS(ClusterAdmin|Admin|Edit)Policy$/;

const isAdministrator = (policy: string, scope: string): boolean =>
  scope === 'cluster' && policy.endsWith('/AmazonEKSClusterAdminPolicy');

const NO_ENTRIES: Entries = new Map();

interface AllEntries {
  /** by the ARN of a principal */
  readonly of: ReadonlyMap<string, Entries>;
  readonly clusters: ReadonlySet<string>;
}

const known = new WeakMap<Account, AllEntries>();

/** Each entry of a region, and each access policy that adds rights to one. */
function rightsIn({ region, accessEntries, accessPolicies }: RegionSnapshot) {
  const at = (cluster: string): string => `${region} ${cluster}`;
  return [
    ...(accessEntries ?? []).map(({ principal, cluster }) => ({
      ...{ principal, cluster: at(cluster), right: 'enters' as Right },
    })),
    ...(accessPolicies ?? [])
      .filter(({ policy }) => EDITING.test(policy))
      .map(({ principal, cluster, policy, scope }) => ({
        ...{
          principal,
          cluster: at(cluster),
          right: (isAdministrator(policy, scope) ? 'administers' : 'edits') as Right,
        },
      })),
  ];
}

function findEntries({ snapshot }: Account): AllEntries {
  const all = new Map<string, Map<string, Right>>();
  for (const { principal, cluster, right } of snapshot.regions.flatMap(rightsIn)) {
    const own = remembered(all, principal, () => new Map<string, Right>());
    if (own.get(cluster) !== 'administers') own.set(cluster, right);
  }
  return { of: all, clusters: new Set([...all.values()].flatMap((own) => [...own.keys()])) };
}

const allEntries = (account: Account): AllEntries => remembered(known, account, () => findEntries(account));

function entriesOf({ arn }: Subject, account: Account): Entries {
  return allEntries(account).of.get(arn) ?? NO_ENTRIES;
}

/** True if an entry gives a right that no policy gives. */
export const hasEntries = (account: Account): boolean => allEntries(account).of.size > 0;

/** Equal for principals whose entries give the same rights, each in its own entry. */
export function entriesName(subject: Subject, account: Account): string {
  const entries = entriesOf(subject, account);
  if (entries.size === 0) return '';
  return [subject.arn, ...[...entries].map(([cluster, right]) => `${cluster} ${right}`)].join();
}

/** The cluster of which an instance is a node, as entries name it. */
export function clusterName(instance: Instance): string {
  return `${instance.region} ${clusterOf(instance)}`;
}

/** The cluster of an instance, if somebody has an entry in it. */
export function enteredCluster(instance: Instance, account: Account): string {
  const { clusters } = allEntries(account);
  if (clusters.size === 0) return '';
  const name = clusterName(instance);
  return clusters.has(name) ? name : '';
}

/** The right of the caller in the cluster of the instance. */
function rightIn({ instance, account, subject }: Place): Right | undefined {
  return subject ? entriesOf(subject, account).get(clusterName(instance)) : undefined;
}

const ASKED_OF_NONE: readonly Target[] = [{ arn: '*', tags: [] }];

export const clusterWith =
  (right: Right) =>
  (place: Place): readonly Target[] =>
    rightIn(place) === right ? ASKED_OF_NONE : [];

/** AWS chooses the end of its ARN. */
export function ownEntries(place: Place): readonly Target[] {
  const { instance, account, subject } = place;
  if (!subject || rightIn(place) === undefined) return [];
  const [, ...path] = subject.arn.split(':').slice(5).join(':').split('/');
  const of = `${subject.kind}/${account.snapshot.accountId}/${path.at(-1)}`;
  return [{ arn: inRegion(place, 'eks', `access-entry/${clusterOf(instance)}/${of}/${UUID}`), tags: null }];
}

/** True if its resources depend on the access entries of the caller. */
export function isOfEntries(kind: ResourceKind): boolean {
  return ['administered-cluster', 'edited-cluster', 'own-access-entry'].includes(kind);
}
