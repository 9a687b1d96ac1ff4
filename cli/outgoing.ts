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

/** Says on standard error what could not be sent; the command fails, since somebody has to look. */
export function tellUnsent(
  out: string,
  { waiting, problems }: { readonly waiting: number; readonly problems: readonly string[] },
): void {
  for (const problem of problems) process.stderr.write(`latchkey: ${oneLine(problem)}\n`);
  if (waiting === 0) return;
  const what = waiting === 1 ? '1 alert or mail waits' : `${waiting} alerts or mails wait`;
  process.stderr.write(
    `latchkey: ${what} in \`${join(out, 'unsent')}\`: the next \`scan\` or \`check\` sends them\n`,
  );
  process.exitCode = 2;
}
