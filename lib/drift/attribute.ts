import { callsThat } from '../cloudtrail/calls-that.ts';
import type { ChangeEvent } from '../cloudtrail/change-event.ts';
import type { TouchKind } from '../cloudtrail/touches.ts';
import { remembered } from '../memory/remembered.ts';
import type { InputChange } from './input-change.ts';

/** The time between two snapshots, ISO 8601. */
export interface Span {
  readonly from: string;
  readonly to: string;
}

/** The event that most likely caused a change of an input; null if none names it. */
export type FindEvent = (change: InputChange) => ChangeEvent | null;

/**
 * The event that most likely caused a change: it names every mark of the input, and can make such a change;
 * an event between the two snapshots comes first, then the latest.
 */
export function eventFinder(events: readonly ChangeEvent[], span: Span): FindEvent {
  const known = new Map<InputChange, ChangeEvent | null>();
  const naming = eventsByName(events);
  return (change) => {
    return remembered(known, change, () => bestOf(change, naming(change), span));
  };
}

/** The events that may name an input, by an index of names. */
function eventsByName(events: readonly ChangeEvent[]): (change: InputChange) => readonly ChangeEvent[] {
  const byName = new Map<string, ChangeEvent[]>();
  const note = (name: string, event: ChangeEvent): void => {
    const list = byName.get(name);
    if (!list) byName.set(name, [event]);
    else if (list.at(-1) !== event) list.push(event);
  };
  for (const event of events) {
    for (const [kind, touched] of Object.entries(event.touches)) {
      for (const one of touched) for (const name of namesOf(one)) note(`${kind} ${name}`, event);
    }
  }
  return ({ marks }) => {
    const kind = (Object.keys(marks) as TouchKind[]).find((one) => one !== 'tagKeys');
    if (kind === undefined) return events;
    return (marks[kind] ?? []).flatMap((mark) => byName.get(`${kind} ${mark}`) ?? []);
  };
}

/** An entry of an event, and for an ARN every part after a slash. */
function namesOf(touched: string): readonly string[] {
  if (!touched.startsWith('arn:')) return [touched];
  const parts = touched.split('/');
  return parts.map((_, at) => parts.slice(at).join('/'));
}

function bestOf(change: InputChange, events: readonly ChangeEvent[], span: Span): ChangeEvent | null {
  let best: ChangeEvent | null = null;
  let bestRank: Rank = [0, 0, '', ''];
  for (const event of events) {
    const score = scoreOf(change, event);
    if (score === 0) continue;
    const within = event.time > span.from && event.time <= span.to ? 1 : 0;
    const rank: Rank = [score, within, event.time, event.eventId];
    if (best === null || compareRanks(rank, bestRank) > 0) {
      best = event;
      bestRank = rank;
    }
  }
  return best;
}

type Rank = readonly [score: number, within: number, time: string, id: string];

function compareRanks(a: Rank, b: Rank): number {
  for (let i = 0; i < a.length; i++) {
    const left = a[i] as number | string;
    const right = b[i] as number | string;
    if (left !== right) return left < right ? -1 : 1;
  }
  return 0;
}

/** Calls that make one kind of change and therefore no other, even if the names match. */
const DOES_SOMETHING_ELSE = callsThat(
  ...(['policy', 'inline-policy', 'attachment', 'boundary', 'trust', 'group', 'principal'] as const),
  ...(['credential', 'principal-tag', 'resource-tag', 'tag'] as const),
);

/** 2: names it and can make such a change; 1: names it, and its effect is unknown; 0: not this one. */
function scoreOf(change: InputChange, event: ChangeEvent): number {
  if (event.errorCode !== null) return 0;
  const does = change.events.test(event.eventName);
  const kinds = Object.keys(change.marks) as TouchKind[];
  if (!kinds.every((kind) => names(change, event, kind))) return 0;
  if (does) return 2;
  // every event about a new principal or instance shows who works on it
  if (change.kind === 'principal' || change.kind === 'instance') return kinds.length > 0 ? 1 : 0;
  return kinds.length > 0 && !DOES_SOMETHING_ELSE.test(event.eventName) ? 1 : 0;
}

function names(change: InputChange, event: ChangeEvent, kind: TouchKind): boolean {
  const touched = event.touches[kind];
  // DeleteTags without keys deletes all of them
  if (kind === 'tagKeys' && touched.length === 0 && /^(Delete|RunInstances)/.test(event.eventName))
    return true;
  return (change.marks[kind] ?? []).some((mark) =>
    touched.some((one) => one === mark || (one.startsWith('arn:') && one.endsWith(`/${mark}`))),
  );
}
