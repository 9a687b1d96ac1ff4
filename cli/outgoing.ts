import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { folderStore } from '../lib/adapters/local/folder-store.ts';
import { outboxNotifier } from '../lib/adapters/local/outbox.ts';
import { count } from '../lib/policy/counted.ts';
import { oneLine } from './messages.ts';
import { systemClock } from './system-clock.ts';

/** The ports for sending the alerts of a folder. */
export const outgoing = (out: string) => ({
  store: folderStore(out),
  notifier: outboxNotifier(join(out, 'outbox')),
  clock: systemClock,
  invocation: randomUUID(),
  // the outbox accepts the same alert or mail once: no need to wait whether a killed command had written it
  sendingTakesAtMost: 0,
});

/** What is left in `unsent/`, and what of it another command is sending. */
interface Unsent {
  readonly waiting: number;
  readonly beingSent: number;
  readonly problems: readonly string[];
}

/**
 * Reports on standard error what could not be sent; the command then fails, so that somebody looks. It does
 * not fail if another command is sending: that one sends it, or reports that it could not.
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

const counted = (n: number): string => count(n, 'alert or mail', 'alerts or mails');
