import type { Assigned } from '../drift/drift.ts';
import { taggedProd } from '../findings/expected/production.ts';
import type { Finding, Severity } from '../findings/finding.ts';
import { SEVERITIES } from '../findings/severities.ts';
import type { PathId } from '../matrix/paths/cell.ts';
import { remembered } from '../memory/remembered.ts';
import type { AlertAttributes } from '../ports/notifier.ts';
import type { Instance } from '../snapshot/snapshot.ts';
import { byText, type CauseChange } from './changes.ts';
import { toBytes, visible } from './escape.ts';
import { environmentOf } from './names.ts';

/** Everything in a message: a filter for one of these must get the message. */
export interface AlertFacts {
  readonly severities: readonly Severity[];
  readonly environments: readonly string[];
  readonly regions: readonly string[];
  readonly paths: readonly PathId[];
  readonly rules: readonly string[];
}

/** One word for production, however an account names it: a filter on it gets everything about production. */
const PRODUCTION = 'production';

/** Values of one attribute; an account may have thousands of environments. */
const MOST_VALUES = 100;

/** Bytes of a value: the length of the longest tag. */
const VALUE_BYTES = 256;

/** The attributes of a message, each list with the most severe first, or the first by name. */
export function attributesOf(
  accountId: string,
  kind: string,
  { severities, environments, regions, paths, rules }: AlertFacts,
): AlertAttributes {
  const lists = {
    severity: SEVERITIES.filter((severity) => severities.includes(severity)),
    env: productionFirst(environments),
    region: [...new Set(regions)].sort(byText),
    path: [...new Set(paths)],
    rule: [...new Set(rules)],
  };
  return {
    account: accountId,
    kind,
    ...Object.fromEntries(
      Object.entries(lists)
        .filter(([, values]) => values.length > 0)
        .map(([name, values]) => [name, values.slice(0, MOST_VALUES)]),
    ),
  };
}

/** The most severe severity among the attributes. */
export function severityIn({ severity }: AlertAttributes): Severity {
  return SEVERITIES.find((one) => severity === one || severity?.includes(one)) ?? 'info';
}

/** The facts of several messages together. */
export function factsOf(attributes: readonly AlertAttributes[]): AlertFacts {
  const all = (name: string): readonly string[] => attributes.flatMap((one) => one[name] ?? []);
  return {
    severities: all('severity') as readonly Severity[],
    environments: all('env'),
    regions: all('region'),
    paths: all('path') as readonly PathId[],
    rules: all('rule'),
  };
}

/**
 * The facts of a change. If its groups list only the first of their instances, any instance of the account
 * may be among the others.
 */
export function changeFacts(change: CauseChange, instances: ReadonlyMap<string, Instance>): AlertFacts {
  const { rows, counts, severity, cause } = change;
  if (cause.assigned) return assignedFacts(severity, cause.assigned, instances);
  const isCut = rows.some((row) => row.instances.length < row.instanceCount);
  const listed = isCut
    ? [...instances.values()]
    : [...new Set(rows.flatMap((row) => row.instances))].flatMap((id) => instances.get(id) ?? []);
  return {
    severities: [severity, ...rows.map((row) => row.severity)],
    environments: [...environmentsOf(listed), ...(counts.production ? [PRODUCTION] : [])],
    regions: listed.map(({ region }) => region),
    paths: rows.flatMap((row) => row.paths),
    rules: [],
  };
}

/**
 * The facts of a finding, and perhaps more: it has the regions of its instances and the number of production
 * ones, not their names.
 */
export function findingFacts(finding: Finding, instances: ReadonlyMap<string, Instance>): AlertFacts {
  const { severity, regions, paths, rules, instanceCount, productionCount } = finding;
  const reach = { regions, instances: instanceCount, production: productionCount };
  return { severities: [severity], environments: environmentsIn(reach, instances), regions, paths, rules };
}

/** The facts of a permission set that somebody gained: everything that it gives access to. */
function assignedFacts(
  severity: Severity,
  { holds, reach }: Assigned,
  instances: ReadonlyMap<string, Instance>,
): AlertFacts {
  return {
    severities: [severity],
    environments: reach ? environmentsIn(reach, instances) : [],
    regions: reach?.regions ?? [],
    paths: holds.map(({ path }) => path),
    rules: [],
  };
}

/** The environments that so many instances in these regions may have. */
function environmentsIn(
  { instances: reached, production, regions }: NonNullable<Assigned['reach']>,
  instances: ReadonlyMap<string, Instance>,
): readonly string[] {
  const there = regions.flatMap((region) => environmentsByRegion(instances).get(region) ?? []);
  return [
    ...(reached === 0 ? [] : there.flatMap(({ all, others }) => (production > 0 ? all : others))),
    ...(production > 0 ? [PRODUCTION] : []),
  ];
}

/** The environments of a region's instances, and those of its instances that are not production. */
interface Environments {
  readonly all: readonly string[];
  readonly others: readonly string[];
}

const known = new WeakMap<ReadonlyMap<string, Instance>, ReadonlyMap<string, Environments>>();

/** Computed once: an account has many findings, and more instances. */
function environmentsByRegion(instances: ReadonlyMap<string, Instance>): ReadonlyMap<string, Environments> {
  return remembered(known, instances, () => {
    const byRegion = Map.groupBy(instances.values(), ({ region }) => region);
    return new Map(
      [...byRegion].map(([region, there]) => {
        const others = there.filter((instance) => !taggedProd(instance));
        return [region, { all: environmentsOf(there), others: environmentsOf(others) }] as const;
      }),
    );
  });
}

/** The values of their tags, with the word for production if they are production. */
function environmentsOf(instances: readonly Instance[]): readonly string[] {
  const environments = new Set<string>();
  for (const instance of instances) {
    if (taggedProd(instance)) environments.add(PRODUCTION);
    const named = environmentOf(instance);
    if (named !== null) environments.add(named);
  }
  return [...environments];
}

function productionFirst(environments: readonly string[]): readonly string[] {
  const rank = (name: string): number => (name === PRODUCTION ? 0 : /^prod/i.test(name) ? 1 : 2);
  const values = environments
    .map((name) => toBytes(visible(name), VALUE_BYTES))
    .filter((name) => name !== '');
  return [...new Set(values)].sort((a, b) => rank(a) - rank(b) || byText(a, b));
}
