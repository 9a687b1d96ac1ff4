import type { ChangeEvent } from '../cloudtrail/change-event.ts';
import { indexPolicies } from '../findings/statements.ts';
import { actorsOf } from './actors.ts';
import { causeOf, eventOf, type Span } from './attribute.ts';
import type { CellChange, Run } from './cell-changes.ts';
import type { Cause } from './drift.ts';
import { guardrailChanges } from './guardrail-changes.ts';
import { type Holders, holdersOf } from './holders.ts';
import type { InputChange, InputChanges } from './input-change.ts';
import { instanceChanges, settingChanges } from './instance-changes.ts';
import { weigher } from './likelihood.ts';
import { policyChanges } from './policy-changes.ts';
import { principalChanges } from './principal-changes.ts';

/** Finds what changed a cell on one instance. */
export type FindCause = (change: CellChange, instance: string) => Cause;

/** What differs between the inputs of two runs, ready to be asked cell by cell. */
export function causeFinder(before: Run, after: Run, events: readonly ChangeEvent[]): FindCause {
  const inputs = inputChanges(before, after);
  const holders = holdersOf(before, after);
  const regions = regionsOf(before, after);
  const weigh = weigher(
    { before: indexPolicies(before.snapshot), after: indexPolicies(after.snapshot) },
    holders,
  );
  const eventFor = attributor(events, { from: before.snapshot.takenAt, to: after.snapshot.takenAt });
  const find = (change: CellChange, instance: string, region: string): Cause => {
    let best: { readonly input: InputChange; readonly points: number } | null = null;
    for (const input of candidatesOf(inputs, holders, change, instance, region)) {
      const likely = weigh(input, change);
      const points = likely > 0 && eventFor(input) !== null ? likely + NAMED_BY_EVENT : likely;
      if (points > (best?.points ?? 0)) best = { input, points };
    }
    return best === null ? UNKNOWN : causeOf(best.input, eventFor(best.input));
  };
  // instances with nothing of their own to tell share what was found for the first one in their region
  const known = new WeakMap<CellChange, Map<string, Cause>>();
  return (change, instance) => {
    const region = regions.get(instance) ?? '';
    if (inputs.byInstance.has(instance)) return find(change, instance, region);
    const perRegion = known.get(change) ?? new Map<string, Cause>();
    known.set(change, perRegion);
    const cause = perRegion.get(region) ?? find(change, instance, region);
    perRegion.set(region, cause);
    return cause;
  };
}

const UNKNOWN: Cause = {
  kind: 'unknown',
  detail: 'no input of the cell that differs between the two snapshots explains it',
};

/** Breaks near ties: of two inputs that differ, the one that an event names. */
const NAMED_BY_EVENT = 3;

function attributor(events: readonly ChangeEvent[], span: Span): (input: InputChange) => ChangeEvent | null {
  const known = new Map<InputChange, ChangeEvent | null>();
  return (input) => {
    let event = known.get(input);
    if (event === undefined) {
      event = eventOf(input, events, span);
      known.set(input, event);
    }
    return event;
  };
}

function inputChanges(before: Run, after: Run): InputChanges {
  const documents = policyChanges(before.snapshot, after.snapshot);
  const trusts = [...documents].filter(([, change]) => change.kind === 'trust');
  const rails = [...documents.values()].filter((change) => change.kind === 'guardrail');
  return {
    byPolicy: new Map([...documents].filter(([, change]) => change.kind === 'policy')),
    byPrincipal: principalChanges(before.snapshot, after.snapshot),
    byTrust: new Map(trusts.map(([id, change]) => [id.slice(0, id.indexOf('#')), change])),
    guardrails: [...guardrailChanges(before.snapshot, after.snapshot), ...rails],
    byInstance: instanceChanges(before.snapshot, after.snapshot),
    byRegion: settingChanges(before.snapshot, after.snapshot),
  };
}

function regionsOf(before: Run, after: Run): Map<string, string> {
  return new Map([...before.matrix.instances, ...after.matrix.instances].map((one) => [one.id, one.region]));
}

/** Each input that differs and that the cell could rest on. */
function candidatesOf(
  inputs: InputChanges,
  holders: Holders,
  change: CellChange,
  instance: string,
  region: string,
): InputChange[] {
  const actors = actorsOf(change);
  const taken = holders.has(change.principal) ? actors.slice(1) : [...inputs.byTrust.keys()];
  // who may rewrite a tag to any effect hangs on every policy that reads one
  const held = actors.flatMap((arn) => [...(holders.get(arn) ?? [])]);
  const read = change.path === 'tag-rewrite' ? [...inputs.byPolicy.keys()] : held;
  return [
    ...actors.flatMap((arn) => inputs.byPrincipal.get(arn) ?? []),
    ...taken.flatMap((arn) => inputs.byTrust.get(arn) ?? []),
    ...read.flatMap((id) => inputs.byPolicy.get(id) ?? []),
    ...(inputs.byInstance.get(instance) ?? []),
    ...inputs.guardrails,
    ...(inputs.byRegion.get(region) ?? []),
  ];
}
