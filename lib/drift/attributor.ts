import type { Bits } from '../evaluator/bits.ts';
import { once } from '../memory/once.ts';
import { remembered } from '../memory/remembered.ts';
import type { CauseKeys } from './cause.ts';
import { causeIds, UNKNOWN_CAUSE } from './cause.ts';
import { CauseCells } from './cause-cells.ts';
import { type States, UNDECIDED } from './cell-state.ts';
import { stepsOf } from './changed-outcome.ts';
import type { CauseChanges } from './changes.ts';
import type { Columns, Zone } from './columns.ts';
import { gapFinder, type IsNewGap, newGaps, undecidedCause } from './coverage-gap.ts';
import type { Difference } from './differences.ts';
import type { Cause } from './drift.ts';
import type { FindInput } from './find-input.ts';
import { splitter } from './gather.ts';
import { inputNames } from './input-names.ts';
import { type CaseOf, GUESS } from './likelihood.ts';
import type { OwnInputs } from './own-inputs.ts';
import type { Run } from './run.ts';
import type { AuditNames } from './sides.ts';

interface Parts {
  readonly states: States;
  readonly names: AuditNames;
  readonly columns: Columns;
  readonly own: OwnInputs;
  readonly keys: CauseKeys;
  readonly caseOf: CaseOf;
  readonly find: FindInput;
}

/** A place to examine: principals that are equal for the difference, in one zone. */
interface Spot {
  readonly principals: readonly number[];
  readonly zone: number;
  readonly columns: Bits;
}

/** Assigns differences to causes, by class: one principal and one zone represent all equal ones. */
export class Attributor {
  readonly #parts: Parts;
  readonly #gapBefore;
  readonly #gapAfter;
  readonly #undecided: number;
  readonly #isNewGap: IsNewGap;
  readonly #split;
  readonly #alike = new Map<readonly number[], readonly (readonly number[])[]>();
  readonly #keys = new Map<number, string>();
  readonly #causes = new Map<string, CauseCells>();

  constructor(before: Run, after: Run, parts: Parts) {
    this.#parts = parts;
    this.#gapBefore = gapFinder(before, 'before');
    this.#gapAfter = gapFinder(after, 'after');
    this.#isNewGap = newGaps(before, after);
    this.#undecided = parts.states.of(UNDECIDED);
    this.#split = splitter(parts.columns.zoneOf, parts.columns.sets);
  }

  add(difference: Difference): void {
    const zones = this.#split(difference.columns);
    for (const principals of this.#alikeFor(difference)) {
      for (const [zone, columns] of zones) this.#addSpot(difference, { principals, zone, columns });
    }
  }

  causes(): readonly CauseChanges[] {
    const { keys, columns, own } = this.#parts;
    const ids = causeIds();
    return [...this.#causes.values()].map((one) => {
      const inputs = one.inputs(columns, own);
      const cause = one.cause(keys, inputs);
      return { id: ids(cause), cause, names: once(() => inputNames(inputs)), groups: one.cells.groups() };
    });
  }

  #addSpot(difference: Difference, spot: Spot): void {
    const { changed, before, after } = difference;
    const { zone, principal } = this.#placeOf(spot);
    const place = { principal, region: zone.region };
    const wasGap = changed.before ? null : this.#gapBefore({ ...place, instanceIsThere: zone.wasThere });
    const isGap = changed.after ? null : this.#gapAfter({ ...place, instanceIsThere: zone.isThere });
    const was = wasGap ? this.#undecided : before;
    const is = isGap ? this.#undecided : after;
    if (was === is) return;
    const cells = this.#cellsOf(wasGap ?? isGap, difference, spot);
    cells.cells.add(changed.path, spot.principals, spot.columns, { before: was, after: is });
  }

  #placeOf(spot: Spot): { readonly zone: Zone; readonly principal: string } {
    const { names, columns } = this.#parts;
    return {
      zone: columns.zones[spot.zone] as Zone,
      principal: names.principals[spot.principals[0] as number] as string,
    };
  }

  #cellsOf(gap: Cause | null, difference: Difference, spot: Spot): CauseCells {
    const undecided = gap === null ? undecidedCause(difference.changed) : null;
    if (gap) return this.#withCause(gap);
    if (!undecided) return this.#found(difference, spot, UNKNOWN_CAUSE);
    if (this.#isNewGap(undecided.missing)) return this.#withCause(undecided);
    return this.#found(difference, spot, undecided);
  }

  /** `otherwise`: the cause if nothing is found. */
  #found({ changed, alike }: Difference, spot: Spot, otherwise: Cause): CauseCells {
    const { caseOf, find, keys, own } = this.#parts;
    const { zone, principal } = this.#placeOf(spot);
    // if a gap is known, it is better than a guess
    const found = find(caseOf(principal, changed), zone, otherwise === UNKNOWN_CAUSE ? 0 : GUESS);
    if (!found) return this.#withCause(otherwise);
    const input =
      found.of === 'all'
        ? found.input
        : found.of === 'instance'
          ? zone.inputs[found.at]
          : own.ofPrincipal(spot.principals[0] as number)[found.at];
    if (!input) return this.#withCause(otherwise);
    // inputs that are merely gone are not distinguished
    const isAlike = alike && found.of === 'instance' && (input.life === 'new' || input.replaced === true);
    const cells = this.#of(`${keys.keyOf(input)}${isAlike ? ' alike' : ''}`, null, isAlike);
    cells.note(found, spot.principals, spot.zone, spot.columns);
    return cells;
  }

  #withCause(cause: Cause): CauseCells {
    return this.#of(`known ${JSON.stringify(cause)}`, cause, false);
  }

  #of(key: string, known: Cause | null, alike: boolean): CauseCells {
    return remembered(this.#causes, key, () => new CauseCells(this.#parts.columns, known, alike));
  }

  /** The principals of a difference, grouped so that each group has the same cause. */
  #alikeFor({ principals, changed }: Difference): readonly (readonly number[])[] {
    const alike = remembered(this.#alike, principals, () => [
      ...Map.groupBy(principals, (one) => this.#keyOf(one)).values(),
    ]);
    const { names } = this.#parts;
    // a principal that is also a step of the way has fewer others on it
    const steps = new Set(stepsOf(changed));
    if (steps.size === 0) return alike;
    return alike.flatMap((some) => {
      const onTheWay = some.filter((one) => steps.has(names.principals[one] as string));
      if (onTheWay.length === 0 || some.length === 1) return [some];
      const others = some.filter((one) => !onTheWay.includes(one));
      return [...onTheWay.map((one) => [one]), ...(others.length > 0 ? [others] : [])];
    });
  }

  #keyOf(principal: number): string {
    return remembered(this.#keys, principal, () => this.#parts.own.principalKey(principal));
  }
}
