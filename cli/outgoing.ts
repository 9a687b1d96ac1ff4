import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { folderStore } from '../lib/adapters/local/folder-store.ts';
import { outboxNotifier } from '../lib/adapters/local/outbox.ts';
import { oneLine } from './messages.ts';
import { systemClock } from './system-clock.ts';

/** The ports of whatever sends alerts of a folder. */
export const outgoing = (out: string) => ({
  store: folderStore(out),
  notifier: outboxNotifier(join(out, 'outbox')),
  clock: systemClock,
  invocation: randomUUID(),
  // the outbox takes the same alert, or mail, once: nobody has to wait whether a killed command had written it
  sendingTakesAtMost: 0,
});

/** What is left in `unsent/`, and what of that another command is sending. */
interface Unsent {
  readonly waiting: number;
  readonly beingSent: number;
  readonly problems: readonly string[];
}

/**
 * Says on standard error what could not be sent; the command fails, since somebody has to look. Not where another command
 * is at it: that one sends it, or says that it could not.
 */
export function tellUnsent(out: string, { waiting, beingSent, problems }: Unsent): void {
  for (const problem of problems) process.stderr.write(`latchkey: ${oneLine(problem)}\n`);
  const left = waiting - beingSent;
  if (beingSent > 0)
    process.stderr.write(`latchkey: another command is sending ${counted(beingSent)} of \`${out}\`\n`);
  if (left <= 0) return;
  process.stderr.write(
    `latchkey: ${counted(left)} ${left === 1 ? 'waits' : 'wait'} in \`${join(out, 'unsent')}\`: the next \`scan\` or \`check\` sends them\n`,
  );
  process.exitCode = 2;
}

const counted = (count: number): string => (count === 1 ? '1 alert or mail' : `${count} alerts or mails`);
