import type { ChangeEvent } from '../cloudtrail/change-event.ts';
import { sha256 } from '../findings/sha256.ts';
import type { FindEvent } from './attribute.ts';
import { byEvent } from './by-event.ts';
import type { Cause } from './drift.ts';
import type { InputChange } from './input-change.ts';

export const UNKNOWN_CAUSE: Cause = {
  kind: 'unknown',
  detail: 'nothing that differs between the two snapshots explains it',
};

/** Up to this many causes of a kind are reported separately; more are folded further. */
const MOST_ALIKE = 100;

/** Calls that a cause lists. */
const MOST_UNDONE = 10;

/** Users and roles that were created again: a cause lists this many, and events are looked up for no more. */
export const MOST_RECREATED = 10;

/** Details in one sentence, if an event did several things. */
const DETAILS = 3;

/** Which inputs are one cause. */
export interface CauseKeys {
  /** equal for inputs of one cause: those of one event, else those with the same text */
  readonly keyOf: (input: InputChange) => string;
  /** the cause of all these, which have one key; `alike`: access is the same as for similar ones */
  readonly causeOf: (inputs: readonly InputChange[], alike: boolean) => Cause;
}

export function causeKeys(inputs: Iterable<InputChange>, eventFor: FindEvent): CauseKeys {
  const folded = new Map<string, Set<string>>();
  for (const input of inputs) {
    if (!input.folding || eventFor(input)) continue;
    const { as, orAs } = input.folding;
    const alike = folded.get(orAs) ?? new Set();
    folded.set(orAs, alike.add(as));
  }
  const isExact = ({ folding }: InputChange): boolean =>
    !folding || (folded.get(folding.orAs)?.size ?? 0) <= MOST_ALIKE;
  const foldKey = (input: InputChange): string => {
    if (!input.folding) return JSON.stringify([input.kind, input.detail]);
    return isExact(input) ? input.folding.as : `all ${input.folding.orAs}`;
  };
  return {
    keyOf: (input) => {
      const event = eventFor(input);
      return event ? `event ${event.eventId}` : foldKey(input);
    },
    causeOf: (all, alike) => {
      const [first] = all as readonly [InputChange, ...InputChange[]];
      const folds = [...Map.groupBy(all, foldKey).values()];
      const details = folds.slice(0, DETAILS).map((some) => detailOf(some, isExact(some[0] as InputChange)));
      if (folds.length > DETAILS) details.push(`and ${folds.length - DETAILS} more changes`);
      const again = all.every(({ life }) => life === 'again');
      const same = again ? ', with the access that they had' : ': access as to others like that';
      const detail = details.join('; ') + (alike ? same : '');
      const undo = undoOf(all);
      return {
        ...withEvent(first.kind, detail, eventFor(first)),
        ...(undo.length === 0 ? {} : { undo }),
        ...(alike ? { alike } : {}),
        ...(again ? { again, recreated: recreatedIn(all) } : {}),
      };
    },
  };
}

const recreatedIn = (inputs: readonly InputChange[]): NonNullable<Cause['recreated']> => ({
  subjects: inputs.slice(0, MOST_RECREATED).flatMap(({ folding }) => folding?.subject ?? []),
  count: inputs.length,
});

/** Ids of causes: of equal ones those after the first have a number. */
export function causeIds(): (cause: Cause) => string {
  const ids = new Map<string, number>();
  return ({ kind, detail, eventId }) => {
    const id = `drift-${sha256(JSON.stringify([kind, detail, eventId ?? null])).slice(0, 16)}`;
    const earlier = ids.get(id) ?? 0;
    ids.set(id, earlier + 1);
    return earlier === 0 ? id : `${id}-${earlier}`;
  };
}

/**
 * The calls that undo these inputs, each once; none if one of the first has none: half of them would mislead.
 */
function undoOf(inputs: readonly InputChange[]): readonly string[] {
  const lines = inputs.slice(0, MOST_UNDONE).map(({ undo }) => undo?.() ?? null);
  return lines.every((line) => line !== null) ? firstCalls(lines, inputs.length) : [];
}

/** The first of `count` calls, each once, and how many more there are. */
export function firstCalls(lines: readonly string[], count: number): readonly string[] {
  const more = count - MOST_UNDONE;
  return [...new Set(lines.slice(0, MOST_UNDONE)), ...(more > 0 ? [`# and ${more} more like these`] : [])];
}

function detailOf(inputs: readonly InputChange[], exact: boolean): string {
  const [first] = inputs as readonly [InputChange, ...InputChange[]];
  return inputs.length === 1 || !first.folding ? first.detail : first.folding.sentence(inputs, exact);
}

/** A cause as drift.json holds it. */
function withEvent(kind: Cause['kind'], detail: string, event: ChangeEvent | null): Cause {
  return { kind, detail, ...(event ? byEvent(event) : {}) };
}
