import { performance } from 'node:perf_hooks';
import { buildMatrix } from '../lib/matrix/build.ts';
import { instancesOf } from '../lib/snapshot/instances-of.ts';
import type { Instance, PolicyRecord, Snapshot } from '../lib/snapshot/snapshot.ts';
import type { CellChange } from '../lib/what-if/cell-changes.ts';
import { WhatIf } from '../lib/what-if/what-if.ts';
import { type Bench, countOption } from './bench.ts';
import { cellsOfInstance, withChanges } from './changed-cells.ts';
import { generateAccount } from './generate-account.ts';
import { withLeadingRoles } from './leading-roles.ts';
import { ACCOUNT_OPTIONS } from './matrix.ts';
import { median } from './median.ts';
import { type Random, randomOf } from './random.ts';

const TAGS = ['team', 'env', 'Name'] as const;

/**
 * One change at a time in a generated account: the time until every changed cell is known, and whether these are right.
 */
export const changeBench: Bench = {
  name: 'change',
  summary: 'the time to compute what another tag, instance or policy would change',
  options: [
    ...ACCOUNT_OPTIONS,
    { flags: '--changes <count>', description: 'changes of each kind', fallback: '20' },
    { flags: '--leading <count>', description: 'roles of instances that lead on to other instances' },
  ],
  async run(options) {
    const [principals, instances, seed, count] = ['principals', 'instances', 'seed', 'changes'].map((name) =>
      countOption(options, name),
    ) as [number, number, number, number];
    const leading = options.leading === undefined ? 0 : countOption(options, 'leading');
    const snapshot = withLeadingRoles(generateAccount({ principals, instances, seed }), leading);
    const start = performance.now();
    const whatIf = new WhatIf(snapshot);
    const buildSeconds = Math.round(performance.now() - start) / 1000;
    const random = randomOf(seed, 'changes');
    const all = instancesOf(snapshot);
    const tags = TAGS.map(
      (key) => [`tag ${key}`, tagChanges(whatIf, count, () => otherTag(all, key, random))] as const,
    );
    const gone = times(count, () => whatIf.instance(random.pick(all).id, null));
    const added = times(count, (i) => whatIf.added(copyOf(random.pick(all), i)));
    const policies = policyChanges(whatIf, snapshot, count, random);
    return {
      ...{ principals, instances, seed, leading, buildSeconds },
      ...Object.fromEntries(tags.map(([name, taken]) => [name, summary(taken)])),
      gone: summary(gone),
      added: summary(added),
      policy: summary(policies.times),
      leftToBuild: policies.left,
      mismatches: mismatches(whatIf, snapshot, all, random),
    };
  },
};

interface Summary {
  readonly count: number;
  readonly medianMs: number;
  readonly worstMs: number;
}

function summary(taken: readonly number[]): Summary {
  const ms = (value: number): number => Math.round(value * 10) / 10;
  return { count: taken.length, medianMs: ms(median(taken)), worstMs: ms(Math.max(...taken)) };
}

function tagChanges(
  whatIf: WhatIf,
  count: number,
  change: () => readonly [Instance, Instance],
): readonly number[] {
  return times(count, () => {
    const [instance, next] = change();
    return whatIf.instance(instance.id, next);
  });
}

/** One more instance of the same kind. */
function copyOf(instance: Instance, number: number): Instance {
  const id = `i-${String(number).padStart(17, '0')}`;
  return { ...instance, id, arn: instance.arn.replace(instance.id, id) };
}

/** An instance with the tag of another. */
function otherTag(all: readonly Instance[], key: string, random: Random): readonly [Instance, Instance] {
  const tagged = all.filter(({ tags }) => tags.some((tag) => tag.key === key));
  const instance = random.pick(tagged);
  const value = random.pick(tagged).tags.find((tag) => tag.key === key)?.value ?? '';
  return [
    instance,
    { ...instance, tags: instance.tags.map((tag) => (tag.key === key ? { key, value } : tag)) },
  ];
}

/** Customer policies, each with the effect of its first statement reversed. */
function policyChanges(
  whatIf: WhatIf,
  { policies }: Snapshot,
  count: number,
  random: Random,
): { readonly times: readonly number[]; readonly left: number } {
  const own = policies.filter(({ kind }) => kind === 'inline' || kind === 'customer-managed');
  const taken: number[] = [];
  let left = 0;
  for (let tries = 0; taken.length < count && tries < 20 * count; tries++) {
    const record = turned(random.pick(own));
    let changes: readonly CellChange[] | null = null;
    const took = milliseconds(() => {
      changes = whatIf.policy(record);
    });
    if (changes === null) left++;
    else taken.push(took);
  }
  return { times: taken, left };
}

function turned(record: PolicyRecord): PolicyRecord {
  const document = record.document as { readonly Statement: unknown };
  const [first, ...others] = [document.Statement].flat() as Record<string, unknown>[];
  const Effect = first?.Effect === 'Allow' ? 'Deny' : 'Allow';
  return { ...record, document: { ...document, Statement: [{ ...first, Effect }, ...others] } };
}

/** Cells of an instance with another tag, and of a new one, that differ from newly built matrices. */
function mismatches(whatIf: WhatIf, snapshot: Snapshot, all: readonly Instance[], random: Random): number {
  const [instance, next] = otherTag(all, 'team', random);
  const added = copyOf(random.pick(all), 0);
  const before = cellsOfInstance(whatIf.matrix, instance.id);
  const index = all.indexOf(instance);
  return (
    differing(
      withChanges(before, whatIf.instance(instance.id, next) ?? [], index),
      cellsOfInstance(
        buildMatrix(withInstances(snapshot, (own) => own.map((one) => (one === instance ? next : one)))),
        instance.id,
      ),
    ) +
    differing(
      withChanges(new Map(), whatIf.added(added) ?? [], all.length),
      cellsOfInstance(
        buildMatrix(
          withInstances(snapshot, (own, region) => (region === added.region ? [...own, added] : own)),
        ),
        added.id,
      ),
    )
  );
}

function withInstances(
  snapshot: Snapshot,
  change: (own: readonly Instance[], region: string) => readonly Instance[],
): Snapshot {
  const regions = snapshot.regions.map((one) => ({
    ...one,
    instances: one.instances && change(one.instances, one.region),
  }));
  return { ...snapshot, regions };
}

function differing(answers: ReadonlyMap<string, string>, built: ReadonlyMap<string, string>): number {
  return [...new Set([...answers.keys(), ...built.keys()])].filter(
    (name) => answers.get(name) !== built.get(name),
  ).length;
}

/** Milliseconds of each. */
function times(count: number, work: (i: number) => unknown): readonly number[] {
  return Array.from({ length: count }, (_, i) => milliseconds(() => work(i)));
}

function milliseconds(work: () => unknown): number {
  const start = performance.now();
  work();
  return performance.now() - start;
}
