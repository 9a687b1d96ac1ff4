import { join, resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { removeLeftovers } from '../lib/adapters/local/folder-leftovers.ts';
import { outboxMailer } from '../lib/adapters/local/outbox.ts';
import { setV8ForAudit } from '../lib/adapters/v8/heap-settings.ts';
import type { Severity } from '../lib/findings/finding.ts';
import { SEVERITIES } from '../lib/findings/severities.ts';
import { auditStep } from '../lib/pipeline/audit.ts';
import { collectStep } from '../lib/pipeline/collect.ts';
import { fixStep } from '../lib/pipeline/fix.ts';
import { runName } from '../lib/pipeline/plan.ts';
import { publishStep } from '../lib/pipeline/publish.ts';
import { sweepRuns } from '../lib/pipeline/retention.ts';
import type { Origin } from '../lib/pipeline/run-record.ts';
import { sendStep } from '../lib/pipeline/send.ts';
import { sweepMailNotes, sweepNotes } from '../lib/pipeline/sweep-notes.ts';
import { InputError } from '../lib/ports/input-error.ts';
import { jsonText } from '../lib/snapshot/json-text.ts';
import type { SessionDocumentRule } from '../lib/snapshot/snapshot.ts';
import { expectedOf } from './expected.ts';
import { reaches } from './finding-rows.ts';
import { mayBecomeFolder } from './folders.ts';
import { localMail, localReports, localTopic } from './local-addresses.ts';
import { oneLine } from './messages.ts';
import { openFile } from './open-file.ts';
import { outgoing, tellUnsent } from './outgoing.ts';
import { writeOut } from './output.ts';
import { stderrProgress } from './progress.ts';
import { reportIn, type ScanOutput, scanSummary } from './scan-summary.ts';
import type { OriginOptions } from './source.ts';
import { openSource, originOf } from './source.ts';
import { systemClock } from './system-clock.ts';

interface ScanOptions extends OriginOptions {
  readonly out: string;
  readonly json?: true;
  readonly open?: true;
  readonly failOn?: Severity;
  readonly keepDays?: string;
  readonly config?: string;
  readonly fixes?: string;
  readonly defaultSessionDocument?: SessionDocumentRule;
}

export function define(command: Command): void {
  command
    .option('--from <dir>', 'read a folder of AWS CLI output')
    .option('--live', 'read AWS with the credentials of the environment (read-only calls)')
    .option('--profile <name>', 'with --live: the AWS profile whose credentials are used')
    .option('--regions <list>', 'with --live: only these regions, as `us-east-1,eu-west-1`')
    .addOption(
      new Option(
        '--default-session-document <rule>',
        'whether the default session document needs a grant: either, explicit (yes) or implicit (no)',
      ).choices(['either', 'explicit', 'implicit'] satisfies readonly SessionDocumentRule[]),
    )
    .option(
      '--config <file>',
      'what is expected and accepted in the account; default: `latchkey.yml` in the folder that is read, or beside it',
    )
    .requiredOption('--out <dir>', 'write runs, reports and the outbox here')
    .option(
      '--keep-days <days>',
      'after the audit, delete runs older than this, except the newest 200 and those that newer runs depend on; 0, the default: none',
    )
    .option(
      '--fixes <count>',
      'compute this many changes that remove the most access, and proved changes for findings; 0: none; default: 10 in small accounts',
    )
    .addOption(
      new Option(
        '--fail-on <severity>',
        'exit with 1 if there is a finding of this severity or a more severe one',
      ).choices(SEVERITIES),
    )
    .option('--open', 'then open the report in the browser')
    .option('--json', 'print what was done as JSON')
    .addHelpText(
      'after',
      `
The first run has no drift. Each later run into the same folder is compared with the one before it.

Examples:
  $ latchkey scan --from examples/acme --out out/acme
  $ latchkey scan --live --profile audit --regions us-east-1,eu-west-1 --out out

Exit codes: 0 done; 1 there is a finding that \`--fail-on\` names; 2 bad usage or bad input; 3 nothing was audited, because IAM or every list of instances was missing.`,
    )
    .action(scanAndTell);
}

/** Scans, and prints what was done. */
export async function scanAndTell(options: ScanOptions): Promise<void> {
  const output = await scan(options);
  tellUnreadable(output);
  if (output.audited.state === 'blind') process.exitCode = 3;
  else if (options.failOn && reaches(output.audited.findings, options.failOn)) process.exitCode ??= 1;
  const report = reportIn(options.out, output.audited.run);
  await writeOut(options.json ? `${jsonText({ ...output, report })}\n` : scanSummary(output, options.out));
  if (options.failOn && process.exitCode === 1) tellFailed(output, options.failOn);
  if (options.open) await openFile(report);
}

/** Says why the exit code is 1. Accepted findings do not count. */
function tellFailed({ audited }: ScanOutput, least: Severity): void {
  const grave = SEVERITIES.slice(0, SEVERITIES.indexOf(least) + 1);
  const found = grave.reduce((sum, severity) => sum + audited.findings[severity], 0);
  process.stderr.write(
    `--fail-on ${least}: ${found} ${found === 1 ? 'finding is' : 'findings are'} of this severity or higher: \`latchkey findings\` lists them\n`,
  );
}

/** Unreadable files are also named on standard error, not only in the report. */
function tellUnreadable({ collected, audited }: ScanOutput): void {
  for (const one of collected.unreadable) process.stderr.write(`not read: ${oneLine(one)}\n`);
  if (audited.state === 'blind') process.stderr.write(`NOT AUDITED: ${oneLine(audited.why)}\n`);
}

function daysOf(text: string): number {
  if (/^\d{1,5}$/.test(text)) return Number(text);
  throw new InputError(
    `--keep-days: \`${text}\` is not a number of days: write it as \`400\`, or \`0\` to keep all`,
  );
}

function countOf(text: string | undefined): { readonly count?: number } {
  if (text === undefined) return {};
  if (/^\d{1,3}$/.test(text)) return { count: Number(text) };
  throw new InputError(
    `--fixes: \`${text}\` is not a number of changes: write it as \`10\`, or \`0\` for none`,
  );
}

function mustBeAnother(origin: Origin, out: string): void {
  if (origin.kind === 'folder' && origin.path === resolve(out))
    throw new InputError(`--out: \`${out}\` is the folder that is read: name another one`);
}

async function scan(options: ScanOptions): Promise<ScanOutput> {
  setV8ForAudit();
  const origin = await originOf(options);
  const keepDays = daysOf(options.keepDays ?? '0');
  const expected = await expectedOf(origin, options.config);
  const fixes = countOf(options.fixes);
  await mayBecomeFolder('--out', options.out);
  mustBeAnother(origin, options.out);
  const progress = stderrProgress();
  try {
    const source = await openSource(origin);
    await removeLeftovers(options.out);
    const run = runName(systemClock.now());
    const ports = { ...outgoing(options.out), mailer: outboxMailer(join(options.out, 'outbox')), progress };
    const input = { run, prefix: '', reportBase: localReports(options.out) };
    // sends what a killed scan left, whatever happens to this one
    const left = await sendStep(ports, { prefix: '', topic: localTopic });
    const { defaultSessionDocument } = options;
    const collected = await collectStep(
      { ...ports, source },
      {
        ...{ run, prefix: '', ...(defaultSessionDocument && { settings: { defaultSessionDocument } }) },
        ...(origin.kind === 'live' && { keepPartsAfter: 0 }),
      },
    );
    const stopped = source.stopped?.() ?? null;
    if (stopped !== null) process.stderr.write(`${oneLine(`stopped reading: ${stopped}`)}\n`);
    const audited = await auditStep(ports, { ...input, origin, expected, mailed: true });
    const sent = await sendStep(ports, { ...input, topic: localTopic });
    // alerts do not wait for fixes; the digest shows them
    const fixed = await fixStep(ports, { ...input, ...fixes });
    const published = await publishStep(ports, {
      ...{ ...input, accounts: [{ prefix: '' }], topic: localTopic, mail: localMail },
    });
    const swept = [
      await sweepRuns(ports, { prefix: '', keepDays }),
      await sweepNotes(ports, { prefix: '', keepDays }),
      await sweepMailNotes(ports, { keepDays }),
    ];
    progress.done();
    for (const { problem } of swept) if (problem !== null) process.stderr.write(`${oneLine(problem)}\n`);
    const problems = [...left.problems, ...sent.problems, ...published.problems];
    tellUnsent(options.out, { ...published, problems });
    const alerts = left.sent + sent.sent + published.alerts;
    const { mails, waiting } = published;
    return { collected, audited, fixed, published: { alerts, mails, waiting } };
  } finally {
    progress.done();
  }
}
