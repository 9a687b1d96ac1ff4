import type { CauseKeys } from './cause.ts';
import type { Holders } from './holders.ts';
import type { InputChange, InputChanges } from './input-change.ts';
import type { Relevance } from './relevance.ts';
import type { AuditNames } from './sides.ts';

/** The changed inputs of a principal or an instance, by its number. */
export interface OwnInputs {
  readonly holders: Holders;
  readonly relevance: Relevance;
  readonly ofPrincipal: (number: number) => readonly InputChange[];
  readonly ofInstance: (number: number) => readonly InputChange[];
  /** equal for instances whose inputs have the same causes, by position */
  readonly instanceKey: (number: number) => string;
  /** equal for principals whose changed cells have the same causes if they changed alike */
  readonly principalKey: (number: number) => string;
}

const NONE: readonly InputChange[] = [];

export function ownInputs({
  inputs,
  names,
  keys,
  holders,
  relevance,
}: {
  readonly inputs: InputChanges;
  readonly names: AuditNames;
  readonly keys: CauseKeys;
  readonly holders: Holders;
  readonly relevance: Relevance;
}): OwnInputs {
  const ofPrincipal = (number: number) => inputs.byPrincipal.get(names.principals[number] as string) ?? NONE;
  const ofInstance = (number: number) => inputs.byInstance.get(names.instances[number] as string) ?? NONE;
  const tagKeys = changedTagKeys(inputs);
  const keysOf = (own: readonly InputChange[]): string =>
    own.length === 0 ? '' : JSON.stringify(own.map((input) => inputKey(input, keys)));
  const principalKey = (number: number): string => {
    const held = holders.get(names.principals[number] as string);
    const ids = [...(held ?? [])];
    return JSON.stringify([
      keysOf(ofPrincipal(number)),
      held === undefined,
      inputs.byPolicy.size === 0 ? [] : ids.filter((id) => inputs.byPolicy.has(id)),
      tagKeys.filter((key) => ids.some((id) => relevance.readsTag(id, key))),
    ]);
  };
  return {
    holders,
    relevance,
    ofPrincipal,
    ofInstance,
    instanceKey: (one) => keysOf(ofInstance(one)),
    principalKey,
  };
}

/** Everything that decides the likelihood of an input and its cause. */
const inputKey = (input: InputChange, keys: CauseKeys): unknown[] => [
  input.kind,
  input.tagKey,
  input.life,
  input.policies,
  keys.keyOf(input),
];

function changedTagKeys({ byPrincipal, byInstance }: InputChanges): readonly string[] {
  const found = new Set<string>();
  for (const inputs of [byPrincipal, byInstance])
    for (const own of inputs.values())
      for (const { tagKey } of own) if (tagKey !== undefined) found.add(tagKey);
  return [...found];
}
