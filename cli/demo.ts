import { join } from 'node:path';
import type { Command } from 'commander';
import { check } from './check.ts';
import { writeOut } from './output.ts';
import { scanAndTell } from './scan.ts';

/** The example account in the package. */
const ACME = join(import.meta.dirname, '../examples/acme');
/** The same account a day later, and its CloudTrail event. */
const LATER = `${ACME}-later`;
const EVENT = `${ACME}-later-event.json`;

interface DemoOptions {
  readonly out: string;
  readonly open?: true;
}

export function define(command: Command): void {
  command
    .option('--out <dir>', 'write here', 'out/demo')
    .option('--open', 'then open the report in the browser')
    .addHelpText(
      'after',
      `
Scans \`examples/acme\`. Answers an event of the next day, in which somebody gets root. Then scans the account as it is a
day later, with declared administrators and an exception that has ended.

Examples:
  $ latchkey demo
  $ latchkey who-can --in out/demo --path shell --group-by principal

Exit codes: 0 done, 2 bad usage or bad input.`,
    )
    .action(demo);
}

async function demo({ out, open }: DemoOptions): Promise<void> {
  await scanAndTell({ from: ACME, out });
  await writeOut('\nan event of the day after\n');
  await check({ in: out, event: EVENT, from: LATER });
  await writeOut('\na day later\n');
  await scanAndTell({ from: LATER, out, ...(open && { open }) });
}
