import type { DigestList, DigestModel, DigestRow } from './digest-model.ts';
import { wrapToWidth } from './display-width.ts';

const WIDTH = 76;

/** The plain text part: the same facts in the same order as the HTML part. */
export function digestText(model: DigestModel): string {
  const blocks = [
    model.title,
    ...model.verdicts.map((verdict) => wrapToWidth(verdict, WIDTH).join('\n')),
    ...model.lists.map(listText),
    trendsText(model),
    model.links.map((link) => `${link.label}\n  ${link.url}`).join('\n'),
    wrapToWidth(model.linkNote, WIDTH).join('\n'),
  ];
  return `${blocks.filter((block) => block !== '').join('\n\n')}\n`;
}

function trendsText({ trends }: DigestModel): string {
  if (trends.length === 0) return '';
  return ['OVER TIME', '---------', ...trends.map(({ label, text }) => `${label}: ${text}`)].join('\n');
}

function listText(list: DigestList): string {
  const title = `${list.heading.toUpperCase()}\n${'-'.repeat(list.heading.length)}`;
  const rows = list.rows.map(rowText);
  const note = wrapToWidth(list.note, WIDTH).join('\n');
  return [title, ...rows, note].filter((part) => part !== '').join('\n');
}

function rowText(row: DigestRow): string {
  const badge = row.severity === null ? '* ' : `[${row.severity.toUpperCase()}] `;
  return [
    ...indented(`${badge}${row.head}`, '', '    '),
    ...row.lines.flatMap((line) => indented(line, '    ', '    ')),
    // a command or a link stays on one line, however long
    ...(row.commands ?? []).map((line) => `    ${line}`),
    ...placeLines(row.place),
  ].join('\n');
}

function placeLines(place: DigestRow['place']): readonly string[] {
  if (!place) return [];
  return ['url' in place ? `    ${place.url}` : `    in the report: ${place.add}`];
}

function indented(text: string, first: string, rest: string): string[] {
  return wrapToWidth(text, WIDTH - rest.length).map((line, index) => `${index === 0 ? first : rest}${line}`);
}
