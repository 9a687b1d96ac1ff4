import type { ChangeEvent } from '../cloudtrail/change-event.ts';
import type { Exception, Expected } from '../findings/expected/expected.ts';
import { sha256 } from '../findings/sha256.ts';
import { plain, quoted } from '../policy/quoted.ts';
import { byEvent } from './by-event.ts';
import type { Drift } from './drift.ts';

/** A file of expected access as one audit had it. */
export interface ExpectedSide {
  /** null: there was none */
  readonly text: string | null;
  readonly expected: Expected;
}

/** Changes in one sentence. */
const MOST = 5;

/**
 * A change of the file of expected access, with its actor if an event names it. It changes no cell, but what
 * it accepts is no longer reported.
 */
export function expectedDrift(
  before: ExpectedSide,
  after: ExpectedSide,
  events: readonly ChangeEvent[],
): readonly Drift[] {
  if (before.text === after.text) return [];
  const { added, removed } = changesOf(before.expected, after.expected);
  const all = [...added, ...removed];
  const more = all.length > MOST ? [`and ${all.length - MOST} changes more`] : [];
  const says = all.length === 0 ? ['what it says is the same'] : [...all.slice(0, MOST), ...more];
  const detail = `${fileWord(before, after)}: ${says.join('; ')}`;
  const event = events.findLast(isOfFile);
  return [
    {
      id: `configuration-${sha256(detail).slice(0, 16)}`,
      cause: {
        kind: 'configuration',
        detail,
        ...(added.length > 0 ? { silences: true } : {}),
        ...(event ? byEvent(event) : {}),
      },
      counts: { gained: 0, lost: 0, changed: 0, principals: 0, people: 0, instances: 0, production: 0 },
      groups: [],
    },
  ];
}

/** A data event of the bucket. Earlier versions stored no objects of an event. */
function isOfFile({ eventSource, errorCode, touches }: ChangeEvent): boolean {
  const objects: readonly string[] | undefined = touches.objects;
  return eventSource === 's3.amazonaws.com' && errorCode === null && objects?.includes(FILE) === true;
}

/** The name of the file in the bucket. */
const FILE = 'latchkey.yml';

function fileWord(before: ExpectedSide, after: ExpectedSide): string {
  if (before.text === null) return 'the file of expected access was added';
  return `the file of expected access was ${after.text === null ? 'taken away' : 'changed'}`;
}

function changesOf(before: Expected, after: Expected) {
  const lists: readonly (readonly [readonly string[], readonly string[], string])[] = [
    [before.administrators, after.administrators, 'administrator'],
    [before.knownAccounts, after.knownAccounts, 'known account'],
    [before.exceptions.map(exceptionText), after.exceptions.map(exceptionText), 'exception'],
  ];
  const added = lists.flatMap(([was, is, word]) => notIn(is, was).map((one) => `added ${word} ${one}`));
  const removed = lists.flatMap(([was, is, word]) => notIn(was, is).map((one) => `took out ${word} ${one}`));
  // other tags may lower findings
  if (JSON.stringify(before.production) !== JSON.stringify(after.production))
    added.push('added or changed tags that mark production');
  // changed teams silence nothing, but change the receivers
  if (JSON.stringify(before.teams) !== JSON.stringify(after.teams))
    removed.push('changed who gets a digest of their own');
  return { added, removed };
}

const notIn = (list: readonly string[], other: readonly string[]): readonly string[] =>
  [...new Set(list)]
    .filter((one) => !other.includes(one))
    .map((one) => (one.includes('`') ? one : quoted(one)));

function exceptionText(one: Exception): string {
  const { rules, statement, principal, resource, owner, until, granted } = one;
  const about = principal ?? resource ?? statement?.policy ?? '';
  const bound = sha256(JSON.stringify([one.instances, one.tag, statement, granted])).slice(0, 8);
  return `of ${quoted(owner)} until ${plain(until)} on ${quoted(about)} for ${rules.map((rule) => plain(rule)).join(', ')} (accepts ${bound})`;
}
