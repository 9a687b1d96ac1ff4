import { rename, rm, writeFile } from 'node:fs/promises';
import type { Command } from 'commander';
import type { Exception } from '../lib/findings/expected/expected.ts';
import { type Finding, MOST_LISTED } from '../lib/findings/finding.ts';
import { expectedIn } from '../lib/pipeline/expected-file.ts';
import { readAudit, readFindings } from '../lib/pipeline/load.ts';
import { NotAcceptable, proposeException } from '../lib/pipeline/propose-exception.ts';
import { readRunRecord } from '../lib/pipeline/run-record.ts';
import { withException } from '../lib/pipeline/with-exception.ts';
import { didYouMean } from '../lib/policy/nearest.ts';
import { InputError } from '../lib/ports/input-error.ts';
import { expectedAgain, readExpectedFile } from './expected.ts';
import { codeOf } from './folders.ts';
import { inOption, LATEST_ANSWERS } from './in-option.ts';
import { oneLine } from './messages.ts';
import { openLatest, saidWhenBlind } from './open-run.ts';
import { writeOut } from './output.ts';
import { systemClock } from './system-clock.ts';

interface ExceptOptions {
  readonly in: string;
  readonly owner: string;
  readonly reason: string;
  readonly ticket: string;
  readonly until: string;
  readonly principal?: string;
  readonly instance?: readonly string[];
  readonly tag?: string;
  readonly config?: string;
}

export function define(command: Command): void {
  command
    .argument('<finding-id>', 'the id of a finding of the latest audit, as `findings` prints it')
    .addOption(inOption(LATEST_ANSWERS))
    .requiredOption('--owner <who>', 'who is responsible for it')
    .requiredOption('--reason <text>', 'why it is accepted')
    .requiredOption('--ticket <id>', 'where it was decided')
    .requiredOption('--until <date>', 'the last day, as `2027-01-31`: at most a year ahead')
    .option('--principal <arn>', 'only the access of this holder')
    .option('--instance <id...>', 'only on these instances')
    .option('--tag <key=value>', 'only on instances with this tag')
    .option('--config <file>', 'write to this file, not to the one that the latest audit used')
    .addHelpText(
      'after',
      `
Writes an entry into \`latchkey.yml\`, or renews the one that is there. The next audit shows the finding as accepted,
until that day, or until more is granted than today.

Examples:
  $ latchkey except --in out/acme statement-fleetops-1f2e3d4c5b6a7988 \\
      --owner ops@example.com --reason 'on-call' \\
      --ticket OPS-12 --until 2027-01-31

Exit codes: 0 written, 2 bad usage or bad input, 3 nothing was audited.`,
    )
    .action(except);
}

async function except(id: string, options: ExceptOptions): Promise<void> {
  const { store, run } = await openLatest('--in', options.in);
  const record = await readRunRecord(store, '', run);
  const finding = findingOf(id, await readFindings(store, '', run, record));
  const origin = record?.origin ?? null;
  if (options.config === undefined && origin === null)
    throw new InputError('the audit does not say where it was read from: name the file with `--config FILE`');
  const file =
    options.config === undefined && origin !== null
      ? await expectedAgain(origin, record?.expected)
      : await readExpectedFile(options.config ?? '');
  const audit = await readAudit(store, '', run);
  if (saidWhenBlind(audit)) return;
  const now = systemClock.now().toISOString();
  mustSayWho(options);
  mustEnd(options.until, now);
  const { expected, problems } = expectedIn(file, now);
  if (problems[0] !== undefined)
    throw new InputError(`\`${file.place}\`: ${oneLine(problems[0])}: correct it first`);
  const entry = propose(finding, options, { audit, expected });
  const text = withException(file.text, entry);
  const wrong = expectedIn({ ...file, text }, now).problems;
  if (wrong[0] !== undefined) throw new InputError(oneLine(wrong[0].replace(/^`[^`]*`: /, '')));
  await written(file.place, text);
  await writeOut(`wrote ${file.place}: accepted until ${entry.until}, from the next audit on\n`);
}

function mustSayWho(options: ExceptOptions): void {
  for (const name of ['owner', 'reason', 'ticket'] as const)
    if (options[name].trim() === '') throw new InputError(`--${name}: it is empty`);
}

function mustEnd(until: string, now: string): void {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(until))
    throw new InputError(`--until: \`${until}\` is not a day as \`${nextMonth(now)}\``);
  if (until < now.slice(0, 10)) throw new InputError(`--until: \`${until}\` is over: name a day to come`);
}

/** An example of a last day. */
const nextMonth = (now: string): string =>
  new Date(Date.parse(now) + 30 * 86_400_000).toISOString().slice(0, 10);

/** Whole or not at all. */
async function written(place: string, text: string): Promise<void> {
  try {
    await writeFile(`${place}.new`, text);
    await rename(`${place}.new`, place);
  } catch (error) {
    await rm(`${place}.new`, { force: true }).catch(() => {});
    throw new InputError(
      `--config: cannot write \`${place}\` (${codeOf(error)}): name a file in a folder that you may write to`,
    );
  }
}

function propose(
  finding: Finding,
  { owner, reason, ticket, until, principal, instance, tag }: ExceptOptions,
  from: Parameters<typeof proposeException>[2],
): Exception {
  const [key, ...value] = tag?.split('=') ?? [];
  if (tag !== undefined && (!key || value.length === 0))
    throw new InputError(`--tag: \`${tag}\` is not a tag: write it as \`key=value\``);
  try {
    return proposeException(
      finding,
      {
        ...{ owner, reason, ticket, until },
        ...(principal === undefined ? {} : { principal }),
        ...(instance === undefined ? {} : { instances: instance }),
        ...(key ? { tag: { key, value: value.join('=') } } : {}),
      },
      from,
    );
  } catch (error) {
    if (error instanceof NotAcceptable) throw new InputError(oneLine(error.message));
    throw error;
  }
}

function findingOf(id: string, findings: readonly Finding[]): Finding {
  const there = findings.filter(({ status }) => status !== 'resolved');
  const found = there.find((one) => one.id === id);
  if (found) return found;
  const known = there.slice(0, 10 * MOST_LISTED).map((one) => one.id);
  throw new InputError(
    `there is no finding \`${id}\` in the latest audit${didYouMean(id, known)}: \`latchkey findings\` lists them`,
  );
}
