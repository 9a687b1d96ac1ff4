import type { Audited } from './digest-audited.ts';
import type { DigestList, Field } from './digest-model.ts';
import { byteLength } from './escape.ts';
import { fixProof, rankedProof } from './fix-text.ts';
import { count } from './names.ts';

/** Calls of a fix that are shown, each whole or not at all. */
const COMMANDS = 2;
const LONGEST_COMMAND = 400;

/** Of all accounts the one change that takes away the most root of people on production. Null: it was not worked out. */
export function fixList(audited: readonly Audited[], field: Field): DigestList | null {
  const all = audited
    .flatMap(({ report }) => (report.fixes ?? []).map((fix) => ({ report, fix })))
    .toSorted((a, b) => b.fix.removesRoot - a.fix.removesRoot);
  const [first] = all;
  if (first === undefined) return null;
  const { report, fix } = first;
  const shown = fix.commands.filter((line) => byteLength(line) <= LONGEST_COMMAND).slice(0, COMMANDS);
  const isWhole = shown.length === fix.commands.length;
  const more = all.length - 1;
  return {
    heading: 'Change first',
    note: `Proved by evaluating the account with it${more > 0 ? `; ${count(more, 'more', 'more')} like it in the report` : ''}. fixes.json has the documents and the commands.`,
    rows: [
      {
        severity: null,
        head: field(`${audited.length === 1 ? '' : `${report.accountId}: `}${fix.says}`),
        lines: [`${rankedProof(fix)}; ${fixProof(fix)}`],
        commands: isWhole ? shown : [],
      },
    ],
  };
}
