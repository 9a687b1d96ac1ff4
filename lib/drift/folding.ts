import { shortList } from '../policy/counted.ts';
import { quoted } from '../policy/quoted.ts';
import type { Folding, InputChange, InputSubject } from './input-change.ts';
import type { OneThatMoved } from './turnover.ts';

/** Names in a sentence about several. */
const NAMED = 3;

/** ``user `a` ``, ``users `a` and `b` ``, ``120 users (`a`, `b`, `c` and 117 more)``; all have one word. */
export function subjectsText(subjects: readonly InputSubject[]): string {
  const word = subjects[0]?.word ?? '';
  const names = [...new Set(subjects.map(({ name }) => name))].sort();
  const shown = names.slice(0, NAMED).map(quoted);
  if (names.length === 1) return `${word} ${shown[0]}`;
  const words = word.endsWith('y') ? `${word.slice(0, -1)}ies` : `${word}s`;
  if (names.length > NAMED) return `${names.length} ${words} (${shortList(names, NAMED, { text: quoted })})`;
  return `${words} ${shown.slice(0, -1).join(', ')} and ${shown.at(-1)}`;
}

const subjectsOf = (inputs: readonly InputChange[]): readonly InputSubject[] =>
  inputs.flatMap(({ folding }) => (folding ? [folding.subject] : []));

/** Changes that are reported together, as text before and after the subjects. */
interface SharedText<As> {
  readonly as: As;
  readonly sentence: (who: string) => string;
}

/**
 * The folding of a change with the same text for every subject: `exact` has all details, and `less` leaves
 * out what differs between subjects.
 */
export function folds(
  kind: string,
  subject: InputSubject,
  exact: SharedText<readonly string[]>,
  less: SharedText<string>,
): Folding {
  return {
    as: JSON.stringify([kind, subject.word, less.as, ...exact.as]),
    orAs: JSON.stringify([kind, subject.word, less.as]),
    subject,
    sentence: (inputs, isExact) => (isExact ? exact : less).sentence(subjectsText(subjectsOf(inputs))),
  };
}

/**
 * The folding of principals or instances that came or went: with similar ones, of which some may have
 * replaced others.
 */
export function lifeFolding(
  kind: string,
  subject: InputSubject,
  isNew: boolean,
  life: OneThatMoved | undefined,
): Folding {
  const how = life?.replaced ? 'replaced' : isNew ? 'new' : 'gone';
  return {
    as: JSON.stringify([kind, subject.word, how, life?.likeness]),
    orAs: JSON.stringify([kind, subject.word, how]),
    subject,
    sentence: (inputs) => livesText(inputs),
  };
}

function livesText(inputs: readonly InputChange[]): string {
  const gone = inputs.filter(({ life }) => life === 'gone');
  const come = inputs.filter(({ life }) => life === 'new');
  const shown = (some: readonly InputChange[], word: string): string =>
    `${subjectsText(subjectsOf(some))} ${some.length === 1 ? 'is' : 'are'} ${word}`;
  if (gone.length === 0) return shown(come, 'new');
  if (come.length === 0) return shown(gone, 'gone');
  return `${shown(gone, 'gone')}, replaced by ${subjectsText(subjectsOf(come))}`;
}
