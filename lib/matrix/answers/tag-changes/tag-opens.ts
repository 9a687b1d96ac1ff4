import { remembered } from '../../../memory/remembered.ts';
import type { Instance, Tags } from '../../../snapshot/snapshot.ts';
import type { Subject } from '../../account/account.ts';
import type { AuditedAccount } from '../../account/audited-account.ts';
import { AccountRows } from '../../account-rows.ts';
import { PolicyViews } from '../../classes/policy-views.ts';
import { PrincipalViews } from '../../classes/principal-views.ts';
import type { Opens } from '../../paths/cell.ts';
import type { Matrix } from '../../paths/matrix.ts';
import { TAGGING, TagRights } from './tag-rights.ts';
import { type TagChange, type TagState, tagStatesOf } from './tag-states.ts';

/** What would be open on one instance in each of its tag states. State 0 has the present tags. */
interface Opened {
  readonly states: readonly TagState[];
  /** by state: who would directly hold which path without holding it now */
  readonly gains: readonly ReadonlySet<Gain>[];
}

/** Equal ones are one object. */
type Gain = Pick<Opens, 'principal' | 'path'>;

/** Up to this number of principals times instances, all cells have `opens`; above it, only the wanted ones. */
const SMALL = 2_000;

export function isSmall({
  principals,
  instances,
  instanceCount = instances.length,
}: Pick<Matrix, 'principals' | 'instances' | 'instanceCount'>): boolean {
  return principals.length * instanceCount <= SMALL;
}

/**
 * What the holder of a tag-rewrite cell could open by changing tags, step by step: one change may allow the
 * next. Exact for each examined state; these are the states in which some policy could answer differently
 * (tag-states.ts).
 */
export class TagOpens {
  readonly #audited: AuditedAccount;
  readonly #known = new WeakMap<Instance, Opened>();
  readonly #principalViews = new PrincipalViews(new PolicyViews());
  readonly #answers = new WeakMap<Instance, Map<string, readonly Opens[]>>();

  constructor(audited: AuditedAccount) {
    this.#audited = audited;
  }

  /** Principals with the same view of tagging open the same. */
  of(subject: Subject, instance: Instance): readonly Opens[] {
    const known = remembered(this.#answers, instance, () => new Map<string, readonly Opens[]>());
    const view = this.#principalViews.keyOf(subject, TAGGING);
    return remembered(known, view, () => this.#follow(subject, instance));
  }

  #follow(subject: Subject, instance: Instance): readonly Opens[] {
    const { states, gains } = this.#opened(instance);
    const rights = new TagRights(this.#audited.account, subject, instance);
    const found = new Map<TagChange, Set<Gain>>();
    const seen = new Set([0]);
    for (const from of seen) {
      const { next, tags } = states[from] as TagState;
      for (const { to, change } of next) {
        if (!rights.mayChange(tags, change)) continue;
        seen.add(to);
        const all = remembered(found, change, () => new Set());
        for (const gain of newIn(gains, from, to)) all.add(gain);
      }
    }
    return opensOf(found);
  }

  #opened(instance: Instance): Opened {
    return remembered(this.#known, instance, () => openedStates(this.#audited, instance));
  }
}

/** What one state opens and another does not. */
function newIn(gains: Opened['gains'], from: number, to: number): readonly Gain[] {
  return [...(gains[to] ?? [])].filter((gain) => !gains[from]?.has(gain));
}

function openedStates(audited: AuditedAccount, instance: Instance): Opened {
  const { subjects } = audited.account;
  const states = tagStatesOf(audited.account, instance);
  const instances = states.map(({ tags }) => withTags(instance, tags));
  const rows = new AccountRows(audited, subjects, instances);
  const gains = states.map(() => new Set<Gain>());
  for (const [p, { arn }] of subjects.entries()) {
    for (const path of audited.paths) {
      const open = new Set(rows.direct(p, path).flatMap(({ bits }) => rows.sets.of(bits).instances));
      if (open.size === 0 || open.has(0)) continue;
      const gain = { principal: arn, path: path.id };
      for (const state of open) gains[state]?.add(gain);
    }
  }
  return { states, gains };
}

const withTags = (instance: Instance, tags: Tags): Instance => ({ ...instance, tags });

/** Sorted by their text. */
function opensOf(found: ReadonlyMap<TagChange, ReadonlySet<Gain>>): readonly Opens[] {
  const opens = [...found].flatMap(([{ key, value }, gains]) =>
    [...gains].map(({ principal, path }): Opens => ({ principal, path, key, value })),
  );
  return opens
    .map((one) => [JSON.stringify(one), one] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, one]) => one);
}
