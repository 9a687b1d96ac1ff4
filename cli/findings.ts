import type { Command } from 'commander';
import type { Finding, FindingStatus } from '../lib/findings/finding.ts';
import { findingsOn } from '../lib/findings/on-instance.ts';
import { worstFirst } from '../lib/findings/order.ts';
import { RULES } from '../lib/findings/rules.ts';
import { selectFindings } from '../lib/findings/select.ts';
import { SEVERITIES } from '../lib/findings/severities.ts';
import { readFindings } from '../lib/pipeline/load.ts';
import { readRunRecord } from '../lib/pipeline/run-record.ts';
import { didYouMean } from '../lib/policy/nearest.ts';
import { InputError } from '../lib/ports/input-error.ts';
import { acceptedText } from '../lib/render/accepted-text.ts';
import { remedyText } from '../lib/render/finding-text.ts';
import { fixProof } from '../lib/render/fix-text.ts';
import { inOption, LATEST_ANSWERS } from './in-option.ts';
import { namedFilter } from './named-filter.ts';
import { openForCells, openLatest, saidWhenBlind } from './open-run.ts';
import { outputWidth, writeJsonArray, writeOut } from './output.ts';
import { type Field, renderRecords } from './records.ts';

interface FindingsOptions {
  readonly in: string;
  readonly instance?: string;
  readonly severity?: string;
  readonly rule?: string;
  readonly status?: string;
  readonly people?: true;
  readonly resolved?: true;
  readonly json?: true;
}

export function define(command: Command): void {
  command
    .addOption(inOption(LATEST_ANSWERS))
    .option('--instance <name>', 'only findings about this instance: its id, or its Name tag')
    .option('--severity <list>', 'only this severity, as `critical`, or several')
    .option('--rule <list>', 'only this rule, as `SSM-STAR`, or several')
    .option(
      '--status <list>',
      'only with this status, as `new`, or several: new, reopened, open, excepted, resolved',
    )
    .option('--people', 'only findings about access that people or outsiders hold')
    .option('--resolved', 'include those that were resolved in the last 90 days')
    .option('--json', 'print the findings as a JSON array')
    .addHelpText(
      'after',
      `
The most severe come first. \`scan --fail-on SEVERITY\` makes a pipeline fail on them.

Examples:
  $ latchkey findings --in out/acme --severity critical,high
  $ latchkey findings --in out/acme --instance web-1
  $ latchkey findings --in out/acme --rule SSM-STAR --people --json
  $ latchkey findings --in out/acme --status new,reopened

Exit codes: 0 done, also when there are none; 2 bad usage or bad input; 3 nothing was audited.`,
    )
    .action(findings);
}

const NOT_RESOLVED: readonly FindingStatus[] = ['new', 'reopened', 'open', 'excepted'];
const STATUSES: readonly FindingStatus[] = [...NOT_RESOLVED, 'resolved'];

async function findings(options: FindingsOptions): Promise<void> {
  const severities = listed('--severity', options.severity, SEVERITIES);
  const rules = listed(
    '--rule',
    options.rule,
    RULES.map(({ id }) => id),
  );
  const wanted = listed('--status', options.status, STATUSES);
  const { store, run } = await openLatest('--in', options.in);
  const all = await readFindings(store, '', run, await readRunRecord(store, '', run));
  const { instance } = options;
  const { filter, check } = namedFilter({ instance }, {});
  const audit = await openForCells(
    '--in',
    options.in,
    instance === undefined ? { principal: '', instance: '' } : filter,
  );
  const isBlind = saidWhenBlind(audit);
  if (!isBlind) check(audit.matrix.takenAt);
  const about = audit.filter.instance;
  const those = instance === undefined || about === undefined ? all : findingsOn(about, all, audit);
  const rows = selectFindings(those, {
    ...{ severities, rules, people: options.people ?? false },
    states: wanted ? [...wanted] : options.resolved ? STATUSES : NOT_RESOLVED,
  }).toSorted((a, b) => Number(isAccepted(a)) - Number(isAccepted(b)) || worstFirst(a, b));
  if (options.json) return writeJsonArray(rows);
  if (rows.length > 0) return writeOut(renderRecords(rows, FIELDS, outputWidth()) + commandsText(rows));
  if (!isBlind) await writeOut(`${noneText(options, all.length)}\n`);
}

/** Accepted findings come last. */
const isAccepted = ({ status }: Finding): boolean => status === 'excepted';

/** The words of a list option; null if it is not given. Throws an InputError for an unknown word. */
function listed<Word extends string>(
  option: string,
  typed: string | undefined,
  words: readonly Word[],
): ReadonlySet<Word> | null {
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

const FIELDS: readonly Field<Finding>[] = [
  { title: 'finding', value: ({ title }) => title },
  { title: 'severity', value: ({ severity }) => severity, whole: true },
  { title: 'rules', value: ({ rules }) => rules.join(', ') },
  { title: 'what to do', value: (finding) => remedyText(finding).remedy },
  { title: 'accepted', value: acceptedText },
  { title: 'proved fix', value: fixText },
  { title: 'status', value: ({ status }) => status },
  { title: 'since', value: ({ firstSeen }) => firstSeen.slice(0, 10), whole: true },
  { title: 'id', value: ({ id }) => id, whole: true },
];

/** What to change and what that does, without the place, which begins the title; or why there is no fix. */
function fixText({ fix, title, whyNoFix }: Finding): string {
  if (!fix) return whyNoFix ? `none: ${whyNoFix}` : '';
  const at = fix.says.indexOf(': ');
  const isPlace = at >= 0 && title.startsWith(fix.says.slice(0, at));
  return `${isPlace ? fix.says.slice(at + 2) : fix.says}: ${fixProof(fix)}`;
}

/** Below the table, since a command that is broken into lines cannot be copied. */
const commandsText = (rows: readonly Finding[]): string =>
  rows.some(({ fix }) => fix) ? '\n`--json` prints the commands of each fix, in `fix.commands`\n' : '';

function noneText(options: FindingsOptions, all: number): string {
  const { severity, rule, status, people, instance } = options;
  const isNarrowed = [severity, rule, status, people, instance].some((one) => one !== undefined);
  return isNarrowed && all > 0 ? 'no finding is like that' : 'no findings';
}
