import type { Command } from 'commander';
import { LONGEST_LINE, simulateLine } from '../lib/evaluator/simulate.ts';
import { jsonText } from '../lib/snapshot/json-text.ts';
import { linesOf } from './lines.ts';
import { writeOut } from './output.ts';

/** Answers are written in pieces of about this many characters. */
const piece = 64 * 1024;

export function define(command: Command): void {
  command
    .addHelpText(
      'after',
      `
One case a line on standard input, one decision a line on standard output, in the same order. Blank lines are skipped.
A line that cannot be read gets an "error"; the other lines are still decided.

Example:
  $ echo '{"id":"1","principal":"arn:aws:iam::111122223333:user/alice",
      "action":"ssm:StartSession","resource":"*","identityPolicies":[
      {"Version":"2012-10-17","Statement":[
      {"Effect":"Allow","Action":"ssm:*","Resource":"*"}]}]}' \\
    | tr -d '\\n' | latchkey simulate

Exit codes: 0 every line was read, 2 bad usage or a line that could not be read.`,
    )
    .action(simulate);
}

async function simulate(): Promise<void> {
  if (process.stdin.isTTY)
    process.stderr.write('reading cases from standard input, one JSON object per line\n');
  let unreadable = 0;
  let waiting = '';
  process.stdin.setEncoding('utf8');
  for await (const lines of linesOf(process.stdin, LONGEST_LINE)) {
    for (const line of lines) {
      const answer = simulateLine(line);
      if ('error' in answer) unreadable += 1;
      waiting += `${jsonText(answer)}\n`;
      if (waiting.length < piece) continue;
      await writeOut(waiting);
      waiting = '';
    }
    // a reader that waits for these answers gets them now
    await writeOut(waiting);
    waiting = '';
  }
  if (unreadable === 0) return;
  process.stderr.write(
    `latchkey: ${unreadable} ${unreadable === 1 ? 'line' : 'lines'} could not be read: see "error" in the answers\n`,
  );
  process.exitCode = 2;
}
