import { combine, openOf } from '../evaluator/combine.ts';
import { settle } from '../evaluator/formula.ts';
import { remaining } from '../evaluator/residual/remaining.ts';
import type { Instance, Tags } from '../snapshot/snapshot.ts';
import type { Subject } from './account.ts';
import type { Opens, PathId } from './cell.ts';
import type { Engine } from './engine.ts';
import type { Matrix } from './matrix.ts';
import { contextOf } from './request-keys.ts';
import { Rows } from './rows/rows.ts';
import { type TagChange, type TagState, tagStatesOf } from './tag-states.ts';

/** What one instance would be open to in each of its tag states; state 0 is how it is. */
interface Opened {
  readonly states: readonly TagState[];
  /** for each state, who holds what directly that they do not hold now */
  readonly gains: readonly (readonly { readonly principal: string; readonly path: PathId }[])[];
}

/** Principals times instances up to which all cells say what they would open; beyond, those that are asked for one by one. */
const SMALL = 2_000;

export function isSmall({
  principals,
  instances,
  instanceCount = instances.length,
}: Pick<Matrix, 'principals' | 'instances' | 'instanceCount'>): boolean {
  return principals.length * instanceCount <= SMALL;
}

/**
 * What the holder of a tag-rewrite cell could open by changing tags, step by step: one change may allow the next. Exact
 * for each state that is looked at; the states are those in which some policy could answer differently (tag-states.ts).
 */
export class TagOpens {
  readonly #engine: Engine;
  readonly #known = new WeakMap<Instance, Opened>();
  readonly #answers = new WeakMap<Instance, WeakMap<Subject, readonly Opens[]>>();

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  of(subject: Subject, instance: Instance): readonly Opens[] {
    const known = this.#answers.get(instance) ?? new WeakMap<Subject, readonly Opens[]>();
    this.#answers.set(instance, known);
    const opens = known.get(subject) ?? this.#follow(subject, instance);
    known.set(subject, opens);
    return opens;
  }

  #follow(subject: Subject, instance: Instance): readonly Opens[] {
    const { states, gains } = this.#opened(instance);
    const found = new Map<string, Opens>();
    const seen = new Set([0]);
    for (const from of seen) {
      for (const { to, change } of (states[from] as TagState).next) {
        if (!this.#mayChange(subject, instance, states[from] as TagState, change)) continue;
        for (const { principal, path } of newIn(gains[to] ?? [], gains[from] ?? [])) {
          const opens = { principal, path, key: change.key, value: change.value };
          found.set(JSON.stringify(opens), opens);
        }
        seen.add(to);
      }
    }
    return [...found.values()].sort(byName);
  }

  /** CreateTags with that value, or DeleteTags of that key, on the instance as it is tagged by then. */
  #mayChange(subject: Subject, instance: Instance, state: TagState, { key, value }: TagChange): boolean {
    const { account } = this.#engine;
    const action = value === null ? 'ec2:DeleteTags' : 'ec2:CreateTags';
    const context = { 'aws:TagKeys': key, ...(value === null ? {} : { [`aws:RequestTag/${key}`]: value }) };
    const request = {
      principal: subject.principal,
      action,
      resource: instance.arn,
      resourceAccount: account.snapshot.accountId,
      context: contextOf(
        { action, on: 'instance', context },
        { arn: instance.arn, tags: state.tags },
        instance.region,
        subject,
        account,
      ),
    };
    const open = settle(openOf(combine(request, { ...subject.layers, resourcePolicy: null })), new Set());
    return remaining(open, { given: subject.given }) !== false;
  }

  #opened(instance: Instance): Opened {
    let opened = this.#known.get(instance);
    if (!opened) {
      opened = openedStates(this.#engine, instance);
      this.#known.set(instance, opened);
    }
    return opened;
  }
}

function openedStates(engine: Engine, instance: Instance): Opened {
  const { subjects } = engine.account;
  const states = tagStatesOf(engine.account, instance);
  const instances = states.map(({ tags }) => withTags(instance, tags));
  const rows = new Rows(engine, subjects, instances);
  const gains: { principal: string; path: PathId }[][] = states.map(() => []);
  for (const [p, { arn }] of subjects.entries()) {
    for (const path of engine.paths) {
      const open = new Set(rows.direct(p, path).flatMap(({ bits }) => rows.sets.of(bits).instances));
      if (open.size === 0 || open.has(0)) continue;
      for (const state of open) gains[state]?.push({ principal: arn, path: path.id });
    }
  }
  return { states, gains };
}

const withTags = (instance: Instance, tags: Tags): Instance => ({ ...instance, tags });

function newIn<T extends { readonly principal: string; readonly path: PathId }>(
  after: readonly T[],
  before: readonly T[],
): readonly T[] {
  const had = new Set(before.map(({ principal, path }) => `${principal} ${path}`));
  return after.filter(({ principal, path }) => !had.has(`${principal} ${path}`));
}

function byName(a: Opens, b: Opens): number {
  return JSON.stringify(a) < JSON.stringify(b) ? -1 : 1;
}
