import type { FindEvent } from './attribute.ts';
import type { Zone } from './columns.ts';
import type { Holders } from './holders.ts';
import type { InputChange, InputChanges } from './input-change.ts';
import type { Case, Weigh } from './likelihood.ts';
import type { PassedRoles } from './passed-roles.ts';

/**
 * The input that best explains a changed cell: one of the principal's or the instance's own, by index, so
 * that it represents those of all equal ones; or a shared one.
 */
export type FoundInput =
  | { readonly of: 'principal' | 'instance'; readonly at: number }
  | { readonly of: 'all'; readonly input: InputChange };

/** `least`: the weight that an input must exceed. */
export type FindInput = (one: Case, zone: Zone, least: number) => FoundInput | null;

/** Decides near ties: of two changed inputs, the one that an event names. */
const NAMED_BY_EVENT = 3;

interface Parts {
  readonly inputs: InputChanges;
  readonly holders: Holders;
  readonly passed: PassedRoles;
  readonly weigh: Weigh;
  readonly eventFor: FindEvent;
}

export function inputFinder({ inputs, holders, passed, weigh, eventFor }: Parts): FindInput {
  return (one, zone, least) => {
    let best: { readonly found: FoundInput; readonly points: number } | null = null;
    const consider = (input: InputChange, found: FoundInput): void => {
      const likely = weigh(input, one);
      if (likely <= least) return;
      const points = eventFor(input) !== null ? likely + NAMED_BY_EVENT : likely;
      if (points > (best?.points ?? 0)) best = { found, points };
    };
    const own = (of: 'principal' | 'instance', some: readonly InputChange[] = []): void => {
      for (const [at, input] of some.entries()) consider(input, { of, at });
    };
    const shared = (some: readonly InputChange[] = []): void => {
      for (const input of some) consider(input, { of: 'all', input });
    };
    own('principal', inputs.byPrincipal.get(one.principal));
    for (const arn of one.actors.slice(1)) shared(inputs.byPrincipal.get(arn));
    shared(onTheWay(inputs, holders, one));
    own('instance', zone.inputs);
    shared(inputs.guardrails);
    shared(inputs.byRegion.get(zone.region));
    if (best === null) shared(passed(one.changed.path));
    return (best as { readonly found: FoundInput } | null)?.found ?? null;
  };
}

/** Trust policies on the way, and documents of held policies. */
function onTheWay(inputs: InputChanges, holders: Holders, one: Case): readonly InputChange[] {
  const { principal, actors, changed } = one;
  const taken = holders.has(principal) ? actors.slice(1) : [...inputs.byTrust.keys()];
  // a principal that may rewrite a tag to any effect depends on every policy that reads one
  const read =
    changed.path === 'tag-rewrite'
      ? [...inputs.byPolicy.keys()]
      : inputs.byPolicy.size === 0
        ? []
        : actors.flatMap((arn) => [...(holders.get(arn) ?? [])]);
  return [
    ...taken.flatMap((arn) => inputs.byTrust.get(arn) ?? []),
    ...read.flatMap((id) => inputs.byPolicy.get(id) ?? []),
  ];
}
