import { Command, CommanderError } from 'commander';
import { didYouMean } from '../lib/policy/nearest.ts';
import { InputError } from '../lib/ports/input-error.ts';
import packageJson from '../package.json' with { type: 'json' };
import { helpInWidth } from './help-text.ts';
import { faultMessage, oneLine, usageMessage } from './messages.ts';
import { endWhenReaderLeaves, writeOut } from './output.ts';
import { VERBS } from './verbs.ts';

const badUsage = 2;

const AFTER_HELP = `
Start:
  $ latchkey demo                                   audit an example account
  $ latchkey who-can --in out/demo --path shell     who can get a shell
  $ latchkey findings --in out/demo                 what to change

Exit codes: 0 done, 1 the answer is no, 2 bad usage or bad input, 3 nothing was audited.
`;

/** As wide as the lines that commander makes. */
const helpWidth = (): number => (process.stdout.isTTY && process.stdout.columns) || 80;

/** Runs one command. Only the requested verb is loaded, so that short answers stay fast. */
async function run(args: readonly string[]): Promise<void> {
  const program = new Command('latchkey')
    .description(packageJson.description)
    .version(packageJson.version)
    .helpCommand(true)
    .exitOverride()
    .configureOutput({
      outputError: () => {},
      writeOut: (text) => process.stdout.write(helpInWidth(text, helpWidth())),
    })
    .showSuggestionAfterError(true)
    .addHelpText('after', AFTER_HELP.trimEnd());
  for (const { name, summary, load } of VERBS) {
    const command = program.command(name).summary(summary).description(summary);
    if (args.includes(name)) (await load()).define(command, VERBS);
  }
  const asked = args[0] === 'help' ? args[1] : args[0];
  const names = VERBS.map(({ name }) => name);
  if (args.length === 0) return writeOut(helpInWidth(program.helpInformation() + AFTER_HELP, helpWidth()));
  if (asked !== undefined && !asked.startsWith('-') && !names.includes(asked)) {
    throw new InputError(`unknown command \`${asked}\`${didYouMean(asked, names)}: see \`latchkey --help\``);
  }
  await program.parseAsync(args, { from: 'user' });
}

function report(error: unknown, verb: string | undefined): void {
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return;
    process.stderr.write(`latchkey: ${usageMessage(error.message, verb)}\n`);
  } else if (error instanceof InputError) {
    process.stderr.write(`latchkey: ${oneLine(error.message)}\n`);
  } else {
    process.stderr.write(`latchkey: ${faultMessage(error)}\n`);
    if (process.env.LATCHKEY_DEBUG === '1') console.error(error);
  }
  process.exitCode = badUsage;
}

/** The whole command line: runs `args`, reports errors, and sets the exit code. */
export async function runProgram(args: readonly string[]): Promise<void> {
  endWhenReaderLeaves(process.stdout);
  endWhenReaderLeaves(process.stderr);
  try {
    await run(args);
  } catch (error) {
    report(error, VERBS.find(({ name }) => name === args[0])?.name);
  }
}
