import type { Command } from 'commander';
import { folderStore } from '../lib/adapters/local/folder-store.ts';
import { collectAccount } from '../lib/collect/collect.ts';
import { type NotStored, recordingSource } from '../lib/pipeline/record.ts';
import { InputError } from '../lib/ports/input-error.ts';
import { jsonText } from '../lib/snapshot/json-text.ts';
import { fileNames, mayBecomeFolder } from './folders.ts';
import { oneLine } from './messages.ts';
import { writeOut } from './output.ts';
import { stderrProgress } from './progress.ts';
import type { OriginOptions } from './source.ts';
import { openSource, originOf } from './source.ts';
import { systemClock } from './system-clock.ts';

interface CollectOptions extends Omit<OriginOptions, 'from'> {
  readonly out: string;
  readonly json?: true;
}

export function define(command: Command): void {
  command
    .option('--live', 'read AWS with the credentials of the environment (read-only calls)')
    .option('--profile <name>', 'the AWS profile whose credentials are used')
    .option('--regions <list>', 'only these regions, as `us-east-1,eu-west-1`')
    .requiredOption('--out <dir>', 'write the folder here; it must be empty or new')
    .option('--json', 'print what was done as JSON')
    .addHelpText(
      'after',
      `
Every answer becomes one file; a call that is denied or fails leaves no file and is named.

Examples:
  $ latchkey collect --live --out collected
  $ latchkey scan --from collected --out out

Exit codes: 0 done, 2 bad usage or bad input.`,
    )
    .action(collect);
}

async function collect(options: CollectOptions): Promise<void> {
  if (!options.live) throw new InputError('`collect` reads from AWS: give `--live` to say that it may');
  await mayBecomeFolder('--out', options.out);
  if ((await fileNames(options.out)).length > 0) {
    throw new InputError(
      `--out: \`${options.out}\` is not empty, and old files would pass as new: name a new folder`,
    );
  }
  const gaps: NotStored[] = [];
  const progress = stderrProgress();
  try {
    const source = await openSource(await originOf(options));
    const recording = recordingSource(source, folderStore(options.out), (gap) => gaps.push(gap));
    const { accountId, regions } = await collectAccount(recording, systemClock.now(), progress);
    progress.done();
    const stopped = source.stopped?.() ?? null;
    if (stopped !== null) process.stderr.write(`${oneLine(`stopped reading: ${stopped}`)}\n`);
    for (const { file, detail } of gaps)
      process.stderr.write(`not collected: ${oneLine(`${file}: ${detail}`)}\n`);
    const names = regions.map(({ region }) => region);
    await writeOut(
      options.json
        ? `${jsonText({ accountId, regions: names, gaps })}\n`
        : `account   ${accountId}\nregions   ${names.join(', ') || 'none'}\ngaps      ${gaps.length}\nfolder    ${options.out}\n`,
    );
  } finally {
    progress.done();
  }
}
