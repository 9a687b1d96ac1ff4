import type { CompiledPolicy } from '../../evaluator/compile.ts';
import { simpleAtom } from '../../evaluator/conditions/atom.ts';
import type { CompiledClause, CompiledValue } from '../../evaluator/conditions/clause.ts';
import type { Atom } from '../../evaluator/formula.ts';
import { remembered } from '../../memory/remembered.ts';
import { instancesOf } from '../../snapshot/instances-of.ts';
import type { Instance, Role, Snapshot } from '../../snapshot/snapshot.ts';

interface Known {
  readonly snapshot: Snapshot;
  readonly policies: ReadonlyMap<string, CompiledPolicy>;
}

/** The origin of a session that EC2 gives to an instance, by condition key. */
const ORIGINS: ReadonlyMap<string, (instance: Instance) => string | null> = new Map([
  ['ec2:sourceinstancearn', ({ arn }) => arn],
  ['aws:ec2instancesourcevpc', ({ vpcId }) => vpcId],
]);

/** True for a key (canonical) that `originsOf` knows. */
export function isOriginKey(key: string): boolean {
  return ORIGINS.has(key);
}

/** A value with which some policy compares such a key. */
interface ComparedValue {
  readonly key: string;
  /** the operator for values that do not match */
  readonly otherwise: string;
  readonly value: CompiledValue;
}

/**
 * What is true of the sessions of a role that instances carry: they come from no other instance. Only values in
 * policies are considered, and only those about instances that were read.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-role-session-properties
 */
export function originsOf(role: Role, account: Known): readonly Atom[] {
  const asked = askedIn(account);
  if (asked.length === 0) return NONE;
  const carriers = carriersIn(account.snapshot).get(role.arn) ?? [];
  const never = asked.filter(
    (one) => isSettled(one, account.snapshot) && !carriers.some((instance) => comesFrom(one, instance)),
  );
  const groups = Map.groupBy(never, ({ key, otherwise }) => `${key} ${otherwise}`);
  return [...groups.values()].map((group) => {
    const [{ key, otherwise }] = group as [ComparedValue];
    const values = [...new Set(group.map(({ value }) => value.text))].sort();
    return simpleAtom(otherwise, key, values, '');
  });
}

const NONE: readonly Atom[] = [];

function comesFrom({ key, value }: ComparedValue, instance: Instance): boolean {
  const origin = ORIGINS.get(key)?.(instance) ?? null;
  return origin !== null && value.compare?.(origin) === true;
}

const askedCache = new WeakMap<Snapshot, readonly ComparedValue[]>();

function askedIn({ snapshot, policies }: Known): readonly ComparedValue[] {
  return remembered(askedCache, snapshot, () =>
    [...policies.values()].flatMap(({ statements }) =>
      statements.flatMap(({ clauses }) => clauses.flatMap(valuesOf)),
    ),
  );
}

function valuesOf({ key, operator, values }: CompiledClause): readonly ComparedValue[] {
  const canonical = key.toLowerCase();
  if (!operator || !isOriginKey(canonical) || !TEXTS.has(operator.base.family.name)) return [];
  const otherwise = operator.base.negated ? operator.base.name : operator.base.complement;
  return values
    .filter(({ compare }) => compare !== null)
    .map((value) => ({ key: canonical, otherwise, value }));
}

const TEXTS: ReadonlySet<string> = new Set(['exact', 'ignoreCase', 'like', 'arn']);

/** True if all instances that the value may be about were read. */
function isSettled({ key, value }: ComparedValue, snapshot: Snapshot): boolean {
  const { regions, vpcs, ids } = readIn(snapshot);
  if (key !== 'ec2:sourceinstancearn') return vpcs.has(value.text);
  const [, , , region = '', account = '', resource] = value.text.split(':');
  if (resource === undefined) return false;
  if (account !== snapshot.accountId && !/[*?]/.test(account)) return true;
  return regions.has(region) || ids.has(resource.replace(/^instance\//, ''));
}

interface Read {
  readonly regions: ReadonlySet<string>;
  /** VPCs of their instances */
  readonly vpcs: ReadonlySet<string>;
  readonly ids: ReadonlySet<string>;
}

const readCache = new WeakMap<Snapshot, Read>();

/** The regions whose instances were all read, and what is in them. */
function readIn(snapshot: Snapshot): Read {
  return remembered(readCache, snapshot, () => {
    const cut = new Set(
      snapshot.coverage
        .filter(({ call, status }) => call === 'ec2.describe-instances' && status !== 'collected')
        .map(({ region }) => region),
    );
    const read = snapshot.regions.filter(({ region, instances }) => instances !== null && !cut.has(region));
    const instances = read.flatMap((region) => region.instances ?? []);
    return {
      regions: new Set(read.map(({ region }) => region)),
      vpcs: new Set(instances.flatMap(({ vpcId }) => vpcId ?? [])),
      ids: new Set(instances.map(({ id }) => id)),
    };
  });
}

const carrierCache = new WeakMap<Snapshot, ReadonlyMap<string, readonly Instance[]>>();

/** The instances that carry each role, by its ARN. */
function carriersIn(snapshot: Snapshot): ReadonlyMap<string, readonly Instance[]> {
  return remembered(carrierCache, snapshot, () => {
    const roles = new Map(snapshot.instanceProfiles.map((profile) => [profile.arn, profile.roles]));
    const carriers = new Map<string, Instance[]>();
    for (const instance of instancesOf(snapshot))
      for (const role of roles.get(instance.instanceProfile ?? '') ?? [])
        remembered(carriers, role, () => []).push(instance);
    return carriers;
  });
}
