import { type CompiledPolicy, statementsFor } from '../../lib/evaluator/compile.ts';
import { evaluateClause } from '../../lib/evaluator/conditions/evaluate-clause.ts';
import type { KeyState } from '../../lib/evaluator/context.ts';

/** Which tags a session can have. Each is tried alone, and with other tags that policies mention. */

/** Tags in a request, by key; empty: with some value. */
export type Bag = ReadonlyMap<string, string>;

const RUN_AS = 'SSMSessionRunAs';

/** The state of `aws:RequestTag/tag`, in lower case. */
function tagIn(bag: Bag, tag: string): KeyState {
  for (const [key, value] of bag)
    if (key.toLowerCase() === tag)
      return value === '' ? { values: [], symbol: `tag ${tag}` } : { values: [value] };
  return null;
}

export function bringsNaively(trust: CompiledPolicy, tag: string): boolean {
  if (tag.startsWith('aws:')) return false;
  return bagsWith(tag, [trust]).some((bag) => {
    const request = { service: 'sts', lookup: (key: string): KeyState => stateIn(bag, key) };
    const comesTo = (effect: string): readonly unknown[] =>
      statementsFor(trust, 'sts:tagsession')
        .filter((one) => one.effect === effect && (effect === 'Allow' || one.principals?.any === true))
        .map(({ clauses }) => worst(clauses.map((one) => evaluateClause(one, request))));
    return comesTo('Allow').some((open) => open !== false) && !comesTo('Deny').includes(true);
  });
}

const worst = (all: readonly unknown[]): unknown =>
  all.includes(false) ? false : all.every((one) => one === true) ? true : 'unknown';

export const isOfTags = (key: string): boolean => key === 'aws:tagkeys' || key.startsWith('aws:requesttag/');

export function stateIn(bag: Bag, key: string): KeyState {
  if (key === 'aws:tagkeys') return { values: [...bag.keys()] };
  return key.startsWith('aws:requesttag/') ? tagIn(bag, key.slice('aws:requesttag/'.length)) : undefined;
}

/** Users that policies mention, and one that they do not: if it can be requested, any can. */
export function usersNaively(
  trust: CompiledPolicy,
  { own, name }: { readonly own: readonly CompiledPolicy[]; readonly name: string },
  canBe: (bag: Bag) => boolean,
): readonly string[] {
  const policies = [trust, ...own];
  const clauses = policies.flatMap(({ statements }) => statements.flatMap((one) => one.clauses));
  const asked = clauses
    .filter(({ key }) => key.toLowerCase() === `aws:requesttag/${RUN_AS.toLowerCase()}`)
    .flatMap(({ values }) => values.map(({ text }) => text.replace(/\$\{aws:username\}/i, name)));
  const isOpenFor = (user: string): boolean =>
    bagsWith(RUN_AS, policies).some((bag) => canBe(new Map([...bag, [RUN_AS, user]])));
  if (isOpenFor('nobody-speaks-of-him')) return ['*'];
  return [...new Set(asked)].filter(isOpenFor).sort();
}

/** The tag alone, with each other tag in the policies, and with all of them. */
function bagsWith(tag: string, policies: readonly CompiledPolicy[]): readonly Bag[] {
  const clauses = policies.flatMap(({ statements }) => statements.flatMap((one) => one.clauses));
  const named = clauses.flatMap(({ key, values }) => {
    if (key.toLowerCase() === 'aws:tagkeys') return values.map(({ text }) => text);
    return key.toLowerCase().startsWith('aws:requesttag/') ? [key.slice('aws:requesttag/'.length)] : [];
  });
  const spelled = named.filter((one) => one.toLowerCase() === tag && tag !== RUN_AS);
  const others = [...new Set(named)].filter((one) => one.toLowerCase() !== tag.toLowerCase());
  return [tag, ...spelled].flatMap((key) =>
    [[], ...[...others, 'nobody-speaks-of-it'].map((one) => [one]), others].map(
      (more) => new Map([key, ...more].map((one) => [one, ''])),
    ),
  );
}
