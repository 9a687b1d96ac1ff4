import { type CompiledStatement, statementsFor } from '../evaluator/compile.ts';
import { canonicalKey } from '../evaluator/context.ts';
import type { Instance, Tags } from '../snapshot/snapshot.ts';
import type { Account } from './account.ts';
import { decidingPolicies, gatingTagKeys, PATH_ACTIONS } from './gating-tags.ts';

/** One tag set to a value, or removed (null). */
export interface TagChange {
  readonly key: string;
  readonly value: string | null;
}

/** The tags of an instance after some changes, and where one more leads. */
export interface TagState {
  readonly tags: Tags;
  readonly next: readonly { readonly to: number; readonly change: TagChange }[];
}

/**
 * States that are looked at: the tags as they are, each single change, then combinations, those of fewer changes
 * first, until there are so many.
 */
const MAX_STATES = 200;

/** A value that no policy names: what a condition like StringNotEquals asks for. */
const OTHER = 'any-other-value';

/** State 0 is the instance as it is. */
export function tagStatesOf(account: Account, instance: Instance): readonly TagState[] {
  const changes = gatingTagKeys(account).map((key) =>
    valuesOf(account, key)
      .filter((value) => value !== valueNow(instance.tags, key))
      .map((value) => ({ key, value })),
  );
  const combined = combinations(changes, MAX_STATES);
  const index = new Map(combined.map((list, i) => [nameOf(list), i]));
  return combined.map((list) => ({
    tags: list.reduce(changed, instance.tags),
    next: changes.flat().flatMap((change) => {
      const to = index.get(nameOf([...list.filter(({ key }) => key !== change.key), change]));
      return to === undefined || list.includes(change) ? [] : [{ to, change }];
    }),
  }));
}

/** Lists of changes, at most one of each key, the shortest first. */
function combinations(
  changes: readonly (readonly TagChange[])[],
  most: number,
): readonly (readonly TagChange[])[] {
  const all: (readonly TagChange[])[] = [[]];
  const lastKey = (list: readonly TagChange[]): number =>
    changes.findIndex((own) => own[0]?.key === list.at(-1)?.key);
  for (let i = 0; i < all.length && all.length < most; i++) {
    const list = all[i] as readonly TagChange[];
    for (const change of changes.slice(lastKey(list) + 1).flat()) {
      if (all.length < most) all.push([...list, change]);
    }
  }
  return all;
}

function nameOf(list: readonly TagChange[]): string {
  return JSON.stringify(list.map(({ key, value }) => [key, value]).sort());
}

function valueNow(tags: Tags, key: string): string | null {
  return tags.find((tag) => tag.key === key)?.value ?? null;
}

function changed(tags: Tags, { key, value }: TagChange): Tags {
  const others = tags.filter((tag) => tag.key !== key);
  return value === null ? others : [...others, { key, value }];
}

/** Removed, every value that a policy or a principal's tag asks for, and one more. */
function valuesOf(account: Account, key: string): readonly (string | null)[] {
  const canonical = `aws:resourcetag/${key.toLowerCase()}`;
  const asked = [...pathStatements(account)].flatMap(({ statement, service }) =>
    statement.clauses
      .filter((clause) => canonicalKey(clause.key, service) === canonical)
      .flatMap(({ values }) => values),
  );
  const fixed = asked
    .filter(({ template }) => !template.hasVariables)
    .map(({ text }) => text.replaceAll('*', '').replaceAll('?', 'x'));
  const dynamic = asked.some(({ template }) => template.hasVariables) ? principalValues(account) : [];
  return [...new Set([null, OTHER, ...fixed, ...dynamic])];
}

/** What a policy variable may come to. */
function principalValues(account: Account): readonly string[] {
  const values = new Set<string>();
  for (const { principal, tags } of account.subjects) {
    values.add(principal.name);
    for (const { value } of tags) values.add(value);
  }
  return [...values].sort();
}

function* pathStatements(
  account: Account,
): Generator<{ readonly statement: CompiledStatement; readonly service: string }> {
  for (const policy of decidingPolicies(account)) {
    for (const action of PATH_ACTIONS) {
      const service = action.slice(0, action.indexOf(':'));
      for (const statement of statementsFor(policy, action.toLowerCase())) yield { statement, service };
    }
  }
}
