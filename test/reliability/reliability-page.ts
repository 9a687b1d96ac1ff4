import { COLLECT_FAULTS } from '../faults/collect-faults.ts';
import { STORE_FAULTS } from '../faults/store-faults.ts';
import type { Outcome } from './fault-lab.ts';

export interface Result {
  readonly name: string;
  /** what counts as lost */
  readonly lost: string;
  readonly outcome: Outcome;
}

/** `docs/reliability.md`: what the experiments came to. */
export function reliabilityPage(results: readonly Result[], seed: number): string {
  return `${[
    '# What gets lost, and what comes twice',
    `Latchkey is there for the moment when something goes wrong. \`npm run reliability\` makes things go wrong on purpose, counts, and writes this page; the figures are those of its last run, with seed ${seed}. Short versions of all of it run in the unit tests.`,
    '| experiment | load | faults | lost | doubled |\n|---|---|---|---|---|',
    results.map(row).join('\n'),
    '*Lost* counts, in each:',
    results.map(({ name, lost }) => `- ${name}: ${lost}`).join('\n'),
    '## What cannot be zero',
    AT_LEAST_ONCE,
    '## Faults of collecting',
    'A proxy stands between the SDK and a small AWS, over HTTP, and does this to its answers. *Whole*: the scan is as without the fault. *Gap*: the call is named in coverage with its reason, once, and nothing of it is used. *Refused*: the scan ends with one line that says why.',
    '| fault | what comes of it |\n|---|---|',
    COLLECT_FAULTS.map(({ name, outcome }) => `| ${name} | ${outcomeText(outcome)} |`).join('\n'),
    '## Faults of the store',
    'The same proxy, in front of the bucket. What comes of each is what the bucket then holds.',
    STORE_FAULTS.map(({ name }) => `- ${name}`).join('\n'),
  ]
    .join('\n\n')
    .replaceAll('|\n\n|', '|\n|')}\n`;
}

const AT_LEAST_ONCE = [
  'SNS and SES deliver at least once. When a function dies, or an answer is lost, after SNS took a message and before Latchkey could note it, nobody can tell whether it went out, and it is sent again: losing it would be worse. SNS itself may deliver a message more than once, too. In the table these are the ones *of which unavoidable*.',
  'Each alert carries its key in the message attribute `key`. The same alert has the same key however often it comes, and another alert has another one: a subscriber that keeps the keys it has seen handles each alert once. A digest has no key; one that comes twice is the same mail.',
].join('\n\n');

function row({ name, outcome }: Result): string {
  const { load, faults, lost, doubled, unavoidable = 0 } = outcome;
  const twice = unavoidable > 0 ? `${doubled}, of which unavoidable ${unavoidable}` : String(doubled);
  return `| ${name} | ${load} | ${faults} | ${lost} | ${twice} |`;
}

function outcomeText(outcome: (typeof COLLECT_FAULTS)[number]['outcome']): string {
  if (typeof outcome === 'string') return outcome;
  return outcome.map(({ call, status }) => `gap: \`${call}\`, ${status}`).join('; ');
}
