import type { Command } from 'commander';
import { setV8ForAudit } from '../lib/adapters/v8/heap-settings.ts';
import type { CheckOutput } from '../lib/pipeline/check.ts';
import { checkStep } from '../lib/pipeline/check.ts';
import { type Origin, readRunRecord } from '../lib/pipeline/run-record.ts';
import { count } from '../lib/policy/counted.ts';
import { InputError } from '../lib/ports/input-error.ts';
import { waysIn } from '../lib/render/ways-in.ts';
import { jsonText } from '../lib/snapshot/json-text.ts';
import { readEventFile } from './event-file.ts';
import { expectedAgain } from './expected.ts';
import { mustBeFolder } from './folders.ts';
import { inOption } from './in-option.ts';
import { localReports, localTopic } from './local-addresses.ts';
import { oneLine } from './messages.ts';
import { openLatest } from './open-run.ts';
import { outgoing, tellUnsent } from './outgoing.ts';
import { writeOut } from './output.ts';
import { stderrProgress } from './progress.ts';
import { openSource, originOf } from './source.ts';

interface CheckOptions {
  readonly in: string;
  readonly event: string;
  readonly from?: string;
  readonly json?: true;
}

export function define(command: Command): void {
  command
    .addOption(inOption('the folder that `scan --out` wrote; its latest run is the state before the event'))
    .requiredOption(
      '--event <file>',
      'a CloudTrail event, as EventBridge delivers it, or several, as in a log file',
    )
    .option('--from <dir>', 'read this folder, not the one of the latest run')
    .option('--json', 'print what was done as JSON')
    .addHelpText(
      'after',
      `
Reads again only what the event touches, from the source of the latest run. Then audits, and alerts about what changed.
There is no second alert for an event that was handled before.

Examples:
  $ latchkey check --in out/acme --event event.json

Exit codes: 0 done, also when the event changes nothing; 2 bad usage or bad input; 3 nothing was audited.`,
    )
    .action(check);
}

/** Answers an event, and prints what was done. */
export async function check(options: CheckOptions): Promise<void> {
  setV8ForAudit();
  const { events, more } = await readEventFile(options.event);
  if (more !== null)
    process.stderr.write(
      `not all events are in \`${options.event}\`: ${more}: write it again without \`--max-items\` and \`--no-paginate\`\n`,
    );
  const { store, run } = await openLatest('--in', options.in);
  const record = await readRunRecord(store, '', run);
  const origin = record?.origin ?? null;
  if (origin === null) {
    throw new InputError(
      `--in: the latest run in \`${options.in}\` does not say where it was read from: run \`latchkey scan\` again`,
    );
  }
  const source = await openOrigin(
    options.from === undefined ? origin : await originOf({ from: options.from }),
  );
  const expected = await expectedAgain(origin, record?.expected);
  const progress = stderrProgress();
  try {
    const output = await checkStep(
      { ...outgoing(options.in), source, progress },
      {
        prefix: '',
        events,
        topic: localTopic,
        reportBase: localReports(options.in),
        expected: async () => expected,
      },
    );
    progress.done();
    tellUnsent(options.in, output);
    if (output.state === 'blind') {
      process.exitCode = 3;
      process.stderr.write(`NOT AUDITED: ${oneLine(output.why)}\n`);
    }
    report(output, options);
    if (options.json) await writeOut(`${jsonText(output)}\n`);
    else await writeOut(outcomeText(output));
  } finally {
    progress.done();
  }
}

async function openOrigin(origin: Origin): ReturnType<typeof openSource> {
  if (origin.kind === 'folder') {
    await mustBeFolder(
      'the latest run was read from',
      origin.path,
      'put it back, or run `latchkey scan` again',
    );
  }
  return openSource(origin);
}

/** An envelope that cannot be read is bad input here; in a deployment it goes to the dead-letter queue. */
function report({ results }: CheckOutput, options: CheckOptions): void {
  const unreadable = results.find(({ outcome }) => outcome === 'unreadable');
  if (unreadable === undefined) return;
  process.stderr.write(
    `latchkey: --event: cannot read \`${options.event}\`: ${oneLine(unreadable.reason ?? '')}\n`,
  );
  process.exitCode = 2;
}

function outcomeText({ results, run, drift, alerts }: CheckOutput): string {
  const untouched = results.filter(({ outcome }) => outcome !== 'audited' && outcome !== 'unreadable');
  const lines = untouched.map(({ outcome, reason }) => `${outcome}: ${oneLine(reason ?? '')}\n`);
  const others = [...new Set(lines)].join('');
  if (!results.some(({ outcome }) => outcome === 'audited')) return others;
  return `${others}audited: ${waysIn(drift)} changed, ${count(alerts, 'alert')}, run runs/${run}\n`;
}
