import type { ChangeEvent } from '../cloudtrail/change-event.ts';
import type { Exception, Expected } from '../findings/expected/expected.ts';
import { sha256 } from '../findings/sha256.ts';
import { plain, quoted } from '../policy/quoted.ts';
import { byEvent } from './by-event.ts';
import type { Drift, ExpectedChange } from './drift.ts';

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
  const { added, others } = changesOf(before.expected, after.expected);
  const all = [...added, ...others];
  const more = all.length > MOST ? [`and ${all.length - MOST} more`] : [];
  const says =
    all.length === 0 ? ['its content is the same'] : [...all.slice(0, MOST).map(expectedChangeText), ...more];
  const detail = `${fileWord(before, after)}: ${says.join('; ')}`;
  const event = events.findLast(isOfFile);
  return [
    {
      id: `configuration-${sha256(detail).slice(0, 16)}`,
      cause: {
        kind: 'configuration',
        detail,
        changes: all,
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
  return `the file of expected access was ${after.text === null ? 'removed' : 'changed'}`;
}

/** `added known account `444455556666``: safe inside one line of text. */
export const expectedChangeText = ({ did, what, name }: ExpectedChange): string =>
  [did, what, ...(name === undefined ? [] : [name])].join(' ');

/** `added`: changes that accept more, so that something is no longer reported. */
function changesOf(
  before: Expected,
  after: Expected,
): { readonly added: readonly ExpectedChange[]; readonly others: readonly ExpectedChange[] } {
  const lists: readonly (readonly [readonly string[], readonly string[], string])[] = [
    [before.administrators, after.administrators, 'administrator'],
    [before.knownAccounts, after.knownAccounts, 'known account'],
    [before.exceptions.map(exceptionText), after.exceptions.map(exceptionText), 'exception'],
  ];
  const all = (did: 'added' | 'removed'): ExpectedChange[] =>
    lists.flatMap(([was, is, what]) =>
      (did === 'added' ? notIn(is, was) : notIn(was, is)).map((name) => ({ did, what, name })),
    );
  const differs = (member: 'production' | 'teams'): boolean =>
    JSON.stringify(before[member]) !== JSON.stringify(after[member]);
  // other tags may lower findings
  const tags: ExpectedChange = { did: 'changed', what: 'the tags that mark production' };
  // changed teams silence nothing, but change the receivers
  const teams: ExpectedChange = { did: 'changed', what: 'the teams with a digest of their own' };
  return {
    added: [...all('added'), ...(differs('production') ? [tags] : [])],
    others: [...all('removed'), ...(differs('teams') ? [teams] : [])],
  };
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
