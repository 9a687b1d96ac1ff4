import { COLLECT_FAULTS } from '../faults/collect-faults.ts';
import { STORE_FAULTS } from '../faults/store-faults.ts';
import type { Outcome } from './fault-lab.ts';

export interface Result {
  readonly name: string;
  /** what counts as lost */
  readonly lost: string;
  readonly outcome: Outcome;
}

/** `docs/reliability.md`: the results of the experiments. */
export function reliabilityPage(results: readonly Result[], seed: number): string {
  return `${[
    '# What is lost and what is sent twice when something fails',
    `Alerts matter most when something goes wrong. \`npm run reliability\` causes failures on purpose, counts what is lost and what is sent twice, and writes this page; the figures are those of its last run, with seed ${seed}. Short versions of all experiments run in the unit tests.`,
    '| experiment | load | faults | lost | doubled |\n|---|---|---|---|---|',
    results.map(row).join('\n'),
    '*Lost* counts, for each experiment:',
    results.map(({ name, lost }) => `- ${name}: ${lost}`).join('\n'),
    '## What cannot be zero',
    AT_LEAST_ONCE,
    '## Faults of collecting',
    'A proxy between the SDK and a small fake AWS, over HTTP, changes the answers in these ways. *Whole*: the scan has the same result as without the fault. *Gap*: coverage names the call with its reason, once, and no part of the answer is used. *Refused*: the scan ends with one line that says why.',
    '| fault | result |\n|---|---|',
    COLLECT_FAULTS.map(({ name, outcome }) => `| ${name} | ${outcomeText(outcome)} |`).join('\n'),
    '## Faults of the store',
    'The same proxy in front of the bucket. The test compares each outcome with what the bucket then contains.',
    STORE_FAULTS.map(({ name }) => `- ${name}`).join('\n'),
  ]
    .join('\n\n')
    .replaceAll('|\n\n|', '|\n|')}\n`;
}

const AT_LEAST_ONCE = [
  'SNS and SES deliver at least once. If a function dies, or an answer is lost, after SNS accepted a message and before Latchkey recorded that, it is not known whether the message went out. It is sent again, since losing it would be worse. SNS itself may deliver a message more than once. The table calls these *unavoidable*.',
  'Each alert carries its key in the message attribute `key`. The same alert always has the same key, and no other alert has it: a subscriber that remembers keys can handle each alert once. A digest has no key; if it is sent twice, both mails are the same.',
].join('\n\n');

function row({ name, outcome }: Result): string {
  const { load, faults, lost, doubled, unavoidable = 0 } = outcome;
  const twice = unavoidable > 0 ? `${doubled} (${unavoidable} unavoidable)` : String(doubled);
  return `| ${name} | ${load} | ${faults} | ${lost} | ${twice} |`;
}

function outcomeText(outcome: (typeof COLLECT_FAULTS)[number]['outcome']): string {
  if (typeof outcome === 'string') return outcome;
  return outcome.map(({ call, status }) => `gap: \`${call}\`, ${status}`).join('; ');
}
