import type { Fields } from '../policy/fields.ts';
import { placeOf } from '../snapshot/parts.ts';
import { type AwsCall, callName, type EachArgument, nameInService } from './aws-call.ts';
import { CALLS } from './calls.ts';
import { fieldsOf, text } from './fields.ts';

/** The place of a call, and its subject if it is made once per thing. */
export interface About {
  readonly region: string | null;
  readonly argument: string | null;
}

/** Ids of things, by the place of the call that is made for each. */
export type IdsOfCalls = ReadonlyMap<string, readonly string[]>;

/** The subjects that lists have named for calls that are made once per thing. */
export class FoundIds {
  readonly #ids = new Map<string, Set<string>>();

  add(found: readonly IdsOfCalls[]): void {
    for (const [place, ids] of found.flatMap((one) => [...one])) {
      const known = this.#ids.get(place) ?? new Set();
      for (const id of ids) known.add(id);
      this.#ids.set(place, known);
    }
  }

  /** Sorted; null: the list that names them was not read. */
  of(call: AwsCall, region: string | null): readonly string[] | null {
    const ids = this.#ids.get(placeOf({ call: callName(call), region }));
    return ids === undefined ? null : [...ids].sort();
  }
}

/** The ids in an answer for other calls. Nothing else of the answer is needed later. */
export function idsIn(call: AwsCall, { region, argument: parent }: About, fields: Fields): IdsOfCalls {
  const found = new Map<string, readonly string[]>();
  for (const { each, about } of dependents(call)) {
    const items = fields[about.list];
    const ids = Array.isArray(items) ? items.flatMap((item) => idOf(about, parent, item)) : [];
    found.set(placeOf({ call: callName(each), region }), ids);
  }
  return found;
}

/** Calls that are made once for each item of a list of this call. */
function dependents(call: AwsCall) {
  return CALLS.flatMap((each) => {
    const about = each.argument;
    const isOf = about?.kind === 'each' && each.service === call.service && about.of === nameInService(call);
    return isOf ? [{ each, about }] : [];
  });
}

function idOf({ id, only }: EachArgument, parent: string | null, item: unknown): readonly string[] {
  if (only?.(item) === false) return [];
  const own = id === null ? item : text(fieldsOf(item), id);
  if (typeof own !== 'string' || own === '') return [];
  return [parent === null ? own : `${parent}.${own}`];
}
