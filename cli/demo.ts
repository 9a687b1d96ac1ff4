import { join } from 'node:path';
import type { Command } from 'commander';
import { scanAndTell } from './scan.ts';

/** An account to try it on, which is part of the package. */
const ACME = join(import.meta.dirname, '../examples/acme');

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
The same as \`latchkey scan --from examples/acme --out out/demo\`, from any folder.

Examples:
  $ latchkey demo
  $ latchkey who-can --in out/demo --path shell --group-by principal

Exit codes: 0 done, 2 bad usage or bad input.`,
    )
    .action(({ out, open }: DemoOptions) => scanAndTell({ from: ACME, out, ...(open && { open }) }));
}
