import type { CellState, Drift, DriftGroup } from '../lib/drift/drift.ts';
import { count, shortList } from '../lib/policy/counted.ts';
import { changeText } from '../lib/render/change-words.ts';
import { changesOf } from '../lib/render/changes.ts';
import { visible } from '../lib/render/escape.ts';
import { shortPrincipal } from '../lib/render/names.ts';
import { landsAsText } from '../lib/render/state-text.ts';
import { type Field, renderRecords, wordLines } from './records.ts';

const stateText = ({ verdict, condition, landsAs }: CellState): string =>
  [verdict === 'denied' ? 'none' : verdict, condition?.text ?? '', landsAsText(landsAs)]
    .filter((part) => part !== '')
    .join(' ');

/** Cells that changed alike, with their cause. */
type Row = DriftGroup & Pick<Drift, 'cause'>;

/** More rows than a person reads; `diff --json` has all. */
const MOST_ROWS = 500;

/** Drift as a table of at most `width` columns, one row for cells that changed alike. */
export function driftTable(drift: readonly Drift[], width: number): string {
  const rows = drift.flatMap(({ cause, groups }) => groups.map((group): Row => ({ ...group, cause })));
  const fields: readonly Field<Row>[] = [
    { title: 'change', value: ({ change }) => change },
    {
      title: 'principals',
      value: ({ principals, principalCount }) =>
        shortList(principals, NAMED, { text: shortPrincipal, all: principalCount }),
    },
    {
      title: 'instances',
      value: ({ instances, instanceCount }) => shortList(instances, NAMED, { all: instanceCount }),
    },
    { title: 'paths', value: ({ paths }) => paths.join(', ') },
    { title: 'before', value: ({ before }) => stateText(before) },
    { title: 'after', value: ({ after }) => stateText(after) },
    { title: 'cause', value: ({ cause }) => causeText(cause) },
  ];
  const table = rows.length === 0 ? '' : renderRecords(rows.slice(0, MOST_ROWS), fields, width);
  const left = rows.length - MOST_ROWS;
  const more = left > 0 ? `and ${count(left, 'more group')} of ways in: take all with \`--json\`\n` : '';
  return table + more + unfeltText(drift, width, table === '') + undoText(drift);
}

/**
 * Causes without changed cells, such as a new member of a group or a change of what is accepted. They have no row in
 * the table.
 */
function unfeltText(drift: readonly Drift[], width: number, isAll: boolean): string {
  const listed = changesOf(drift.filter(({ groups }) => groups.length === 0)).map((change) => {
    const text = `${changeText(change)}: ${causeText(change.cause)}`;
    return wordLines(visible(text), width - 2).join('\n  ');
  });
  if (listed.length === 0) return '';
  return `${isAll ? '' : '\n'}no way in changed, but\n${listed.map((text) => `  ${text}\n`).join('')}`;
}

/**
 * The commands that undo the changes, below the table: a command that is broken into lines cannot be copied.
 */
function undoText(drift: readonly Drift[]): string {
  const listed = drift.flatMap(({ cause }) =>
    cause.undo === undefined ? [] : [{ cause, undo: cause.undo }],
  );
  const texts = listed
    .slice(0, MOST_UNDONE)
    .map(({ cause, undo }) => `\n# ${visible(cause.detail)}\n${undo.join('\n')}\n`);
  const left = listed.length - texts.length;
  if (texts.length === 0) return '';
  return `\nto undo\n${texts.join('')}${left > 0 ? `# and ${left} more causes: take all with \`--json\`\n` : ''}`;
}

const MOST_UNDONE = 20;

const NAMED = 3;

const causeText = ({ detail, eventName, actor }: Drift['cause']): string =>
  [detail, eventName ?? '', actor === undefined ? '' : `by ${actor}`]
    .filter((part) => part !== '')
    .join(', ');
