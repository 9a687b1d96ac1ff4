import type { Command } from 'commander';
import type { Finding } from '../lib/findings/finding.ts';
import { kindsOfSnapshot } from '../lib/findings/principal-kinds.ts';
import { RULES } from '../lib/findings/rules.ts';
import { SEVERITIES } from '../lib/findings/severity.ts';
import type { PrincipalKind } from '../lib/matrix/paths/cell.ts';
import { readFindings } from '../lib/pipeline/load.ts';
import { readRunRecord } from '../lib/pipeline/run-record.ts';
import { InputError } from '../lib/ports/input-error.ts';
import { type FindingRow, findingRow } from './finding-rows.ts';
import { inOption, LATEST_ANSWERS } from './in-option.ts';
import { didYouMean } from './nearest.ts';
import { openForCells, openLatest, saidWhenBlind } from './open-run.ts';
import { outputWidth, writeJsonArray, writeOut } from './output.ts';
import { type Field, renderRecords } from './records.ts';

interface FindingsOptions {
  readonly in: string;
  readonly severity?: string;
  readonly rule?: string;
  readonly people?: true;
  readonly resolved?: true;
  readonly json?: true;
}

export function define(command: Command): void {
  command
    .addOption(inOption(LATEST_ANSWERS))
    .option('--severity <list>', 'only this severity, as `critical`, or several')
    .option('--rule <list>', 'only this rule, as `SSM-STAR`, or several')
    .option('--people', 'only access that people hold')
    .option('--resolved', 'with the findings that this audit did not find any more')
    .option('--json', 'print the findings as a JSON array')
    .addHelpText(
      'after',
      `
The gravest come first. \`scan --fail-on SEVERITY\` makes a pipeline fail on them.

Examples:
  $ latchkey findings --in out/acme --severity critical,high
  $ latchkey findings --in out/acme --rule SSM-STAR --people --json

Exit codes: 0 done, also when there are none; 2 bad usage or bad input; 3 nothing was audited.`,
    )
    .action(findings);
}

type Row = FindingRow & { readonly finding: Finding };

async function findings(options: FindingsOptions): Promise<void> {
  const severities = listed('--severity', options.severity, SEVERITIES);
  const rules = listed(
    '--rule',
    options.rule,
    RULES.map(({ id }) => id),
  );
  const { store, run } = await openLatest('--in', options.in);
  const all = await readFindings(store, '', run, await readRunRecord(store, '', run));
  const audit = await openForCells('--in', options.in, { principal: '', instance: '' });
  const isBlind = saidWhenBlind(audit);
  const rows = all
    .map((finding): Row => ({ finding, ...findingRow(finding, kinds(audit.snapshot)) }))
    .filter(
      ({ finding, rules: own, holdsPerson }) =>
        (options.resolved || finding.status !== 'resolved') &&
        (severities === null || severities.has(finding.severity)) &&
        (rules === null || own.some((rule) => rules.has(rule))) &&
        (!options.people || holdsPerson),
    )
    .sort((a, b) => gravity(b.finding) - gravity(a.finding));
  if (options.json) return writeJsonArray(rows.map(({ finding }) => finding));
  if (rows.length > 0) return writeOut(renderRecords(rows, FIELDS, outputWidth()));
  if (!isBlind) await writeOut(`${noneText(options, all.length)}\n`);
}

let known: ((arn: string) => PrincipalKind) | null = null;

function kinds(snapshot: Parameters<typeof kindsOfSnapshot>[0]): (arn: string) => PrincipalKind {
  known ??= kindsOfSnapshot(snapshot);
  return known;
}

const gravity = ({ severity }: Finding): number => SEVERITIES.indexOf(severity);

/** The words of a list option; null: it is not given. Throws an InputError at a word that there is not. */
function listed<Word extends string>(
  option: string,
  typed: string | undefined,
  words: readonly Word[],
): ReadonlySet<string> | null {
  if (typed === undefined) return null;
  const found = typed.split(',').map((part) => {
    const word = words.find((one) => one.toLowerCase() === part.trim().toLowerCase());
    if (word !== undefined) return word;
    throw new InputError(
      `${option}: there is no ${option.slice(2)} \`${part.trim()}\`${didYouMean(part.trim(), words)}: there are ${words.join(', ')}`,
    );
  });
  return new Set(found);
}

const FIELDS: readonly Field<Row>[] = [
  { title: 'finding', value: ({ says }) => says },
  { title: 'severity', value: ({ finding }) => finding.severity, whole: true },
  { title: 'rule', value: ({ rules }) => rules.join(', ') },
  { title: 'what to do', value: ({ remedy }) => remedy },
  { title: 'status', value: ({ finding }) => finding.status },
  { title: 'since', value: ({ finding }) => finding.firstSeen.slice(0, 10), whole: true },
  { title: 'id', value: ({ finding }) => finding.id, whole: true },
];

function noneText(options: FindingsOptions, all: number): string {
  const isNarrowed = [options.severity, options.rule, options.people].some((one) => one !== undefined);
  return isNarrowed && all > 0 ? 'no finding is like that' : 'no findings';
}
