import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

/** Where alerts and mail would go: on a laptop they end in the outbox folder. */
export const localTopic = 'latchkey-alerts';
export const localMail = { from: 'latchkey@localhost', to: ['you@localhost'] };

/** Prefix of report links: a mail reader knows no folder that a relative link could start from. */
export const localReports = (out: string): string =>
  // links contain no quotes
  pathToFileURL(`${resolve(out)}/`).href.replaceAll("'", '%27');
