import type { CompiledValue } from '../../../evaluator/conditions/clause.ts';
import { resolve } from '../../../evaluator/conditions/resolve.ts';
import { canonicalKey, type KeyState } from '../../../evaluator/context.ts';
import type { Template } from '../../../policy/variables.ts';
import type { Instance, Tags } from '../../../snapshot/snapshot.ts';
import type { Account } from '../../account/account.ts';
import { gatingTagKeys } from '../../account/gating-tags.ts';
import { isSubjectKey } from '../../account/subject-keys.ts';
import { relevantStatements } from '../../classes/relevant.ts';

/** One tag set to a value, or removed (null). */
export interface TagChange {
  readonly key: string;
  readonly value: string | null;
}

/** The tags of an instance after some changes, and the effect of one more. */
export interface TagState {
  readonly tags: Tags;
  readonly next: readonly { readonly to: number; readonly change: TagChange }[];
}

/**
 * The largest number of examined states: the present tags, each single change, then combinations, those with fewer
 * changes first.
 */
const MAX_STATES = 200;

/** A value that no policy contains: it meets conditions like StringNotEquals. */
const OTHER = 'any-other-value';

/** State 0 is the instance as it is. */
export function tagStatesOf(account: Account, instance: Instance): readonly TagState[] {
  const changes = gatingTagKeys(account).map((key) =>
    valuesOf(account, key)
      .filter((value) => value !== valueNow(instance.tags, key))
      .map((value) => ({ key, value })),
  );
  const combined = combinations(changes, MAX_STATES);
  const next = combined.map((): TagState['next'][number][] => []);
  const alike = alikeBeside(combined);
  for (const [to, list] of combined.entries()) {
    for (const change of list) {
      for (const from of alike.get(besideName(list, change.key)) ?? [])
        if (from !== to) next[from]?.push({ to, change });
    }
  }
  return combined.map((list, i) => ({ tags: list.reduce(changed, instance.tags), next: next[i] ?? [] }));
}

/** States that differ only in the value of one key, the present value included. */
function alikeBeside(combined: readonly (readonly TagChange[])[]): ReadonlyMap<string, readonly number[]> {
  const keys = new Set(combined.flat().map(({ key }) => key));
  const alike = new Map<string, number[]>();
  for (const [i, list] of combined.entries()) {
    for (const key of keys) {
      const name = besideName(list, key);
      alike.set(name, [...(alike.get(name) ?? []), i]);
    }
  }
  return alike;
}

function besideName(list: readonly TagChange[], key: string): string {
  const others = list.filter((change) => change.key !== key).map((change) => [change.key, change.value]);
  return JSON.stringify([key, others.sort()]);
}

/** The first of each list, then the second of each: no key takes the place of others. */
function inTurn<T>(lists: readonly (readonly T[])[]): readonly T[] {
  const longest = Math.max(0, ...lists.map((list) => list.length));
  return Array.from({ length: longest }, (_, i) => lists.flatMap((list) => list.slice(i, i + 1))).flat();
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
    for (const change of inTurn(changes.slice(lastKey(list) + 1))) {
      if (all.length < most) all.push([...list, change]);
    }
  }
  return all;
}

function valueNow(tags: Tags, key: string): string | null {
  return tags.find((tag) => tag.key === key)?.value ?? null;
}

function changed(tags: Tags, { key, value }: TagChange): Tags {
  const others = tags.filter((tag) => tag.key !== key);
  return value === null ? others : [...others, { key, value }];
}

/** The possible values of a key: none, each value in a policy or in a principal's tag, and one more. */
function valuesOf(account: Account, key: string): readonly (string | null)[] {
  const canonical = `aws:resourcetag/${key.toLowerCase()}`;
  const asked = new Map<string, CompiledValue>();
  for (const { statement, service } of relevantStatements(account)) {
    for (const clause of statement.clauses)
      if (canonicalKey(clause.key, service) === canonical)
        for (const value of clause.values) asked.set(value.text, value);
  }
  const values = [...asked.values()];
  const fixed = values.filter(({ template }) => !template.hasVariables).map(({ text }) => exampleOf(text));
  const dynamic = values.filter(({ template }) => template.hasVariables);
  const resolved = dynamic.flatMap(({ template }) => [...resolvedFor(account, template)]).sort();
  return [...new Set([null, OTHER, ...fixed, ...resolved])];
}

const exampleOf = (pattern: string): string => pattern.replaceAll('*', '').replaceAll('?', 'x');

/** The values of a text with variables, one for each principal. Other variables get each value that principals have. */
function* resolvedFor(account: Account, template: Template): Generator<string> {
  for (const subject of account.subjects) {
    const lookup = (key: string): KeyState =>
      isSubjectKey(key) ? (subject.keys.get(key) ?? null) : undefined;
    const resolved = resolve(template, { service: '', lookup });
    if (resolved === 'unknown') yield* [subject.principal.name, ...subject.tags.map(({ value }) => value)];
    else if (resolved !== 'absent')
      yield resolved.parts.map(({ text, literal }) => (literal ? text : exampleOf(text))).join('');
  }
}
