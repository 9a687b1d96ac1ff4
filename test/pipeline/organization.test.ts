import PostalMime from 'postal-mime';
import { expect, it } from 'vitest';
import { auditStep } from '../../lib/pipeline/audit.ts';
import { writeBorder } from '../../lib/pipeline/border-file.ts';
import { collectStep } from '../../lib/pipeline/collect.ts';
import { organizationKey } from '../../lib/pipeline/organization.ts';
import { publishStep } from '../../lib/pipeline/publish.ts';
import { put } from '../../lib/pipeline/put.ts';
import type { ReachLimits } from '../../lib/render/org/org-reach.ts';
import type { Snapshot } from '../../lib/snapshot/snapshot.ts';
import { borderOfAccount } from '../across/organization.ts';
import { account, allow } from '../fixtures/account.ts';
import { inputFiles } from '../fixtures/input-files.ts';
import { after, before, workbench } from './account.ts';

const [first, second] = ['111122223333', '444455556666'];

/** The same account under another id, in the same store. */
const asOther = (one: typeof before) =>
  JSON.parse(JSON.stringify(inputFiles(one)).replaceAll(first, second)) as ReturnType<typeof inputFiles>;

async function scanned() {
  const { ports } = workbench(before);
  const audit = async (prefix: string, files: ReturnType<typeof inputFiles>, run: string) => {
    ports.source.files = files;
    await collectStep(ports, { run, prefix });
    await auditStep(ports, { run, prefix });
  };
  await audit(`accounts/${first}/`, inputFiles(after), 'run-1');
  await audit(`accounts/${second}/`, asOther(before), 'run-1');
  const publish = (
    run: string,
    ids: readonly string[],
    failed: readonly { accountId: string; failure: string }[] = [],
    chains?: ReachLimits,
  ) =>
    publishStep(ports, {
      ...{ run, topic: 'alerts', failed, reportBase: 'https://r.example/' },
      accounts: ids.map((id) => ({ prefix: `accounts/${id}/` })),
      ...(chains && { chains }),
      mail: { from: 'latchkey@example.com', to: ['you@example.com'] },
    });
  const page = async () => (await ports.store.get(organizationKey))?.body ?? '';
  return { ports, audit, publish, page };
}

it('a scan of several accounts writes one page over them, with a link in the mail', async () => {
  const { ports, publish, page } = await scanned();
  expect(await publish('run-1', [first, second])).toMatchObject({
    organization: organizationKey,
    problems: [],
  });
  const markup = await page();
  for (const id of [first, second]) {
    expect(markup).toContain(`href="https://r.example/accounts/${id}/runs/run-1/report.html"`);
  }
  expect(markup).not.toContain('Not audited');
  expect(markup).not.toMatch(/<script/);
  const { text } = await PostalMime.parse(ports.mailer.mails[0]?.mime ?? '');
  expect(text).toContain(`all accounts\n  https://r.example/${organizationKey}`);
});

it('a failed account with unreadable runs stops no mail and no page', async () => {
  const { ports, publish, page } = await scanned();
  const { get } = ports.store;
  ports.store.get = (key) =>
    key.startsWith(`accounts/${second}/`) ? Promise.reject(new Error('SlowDown')) : get(key);
  const failed = [{ accountId: second, failure: 'NoSuchRole' }];
  expect(await publish('run-1', [first], failed)).toMatchObject({ mails: 1, leftOut: 0 });
  expect(await page()).toContain('its runs cannot be read: NoSuchRole');
  const { text } = await PostalMime.parse(ports.mailer.mails.at(-1)?.mime ?? '');
  expect(text).toContain('NoSuchRole');
  expect(text).not.toContain('never audited');
});

it('a single account has only its own page', async () => {
  const { publish, page } = await scanned();
  expect(await publish('run-1', [first])).toMatchObject({ organization: null });
  expect(await page()).toBe('');
});

it('a failed account comes first, with the findings of its last audit, and one that was never audited is named', async () => {
  const { ports, audit, publish, page } = await scanned();
  await audit(`accounts/${first}/`, inputFiles(after), 'run-2');
  const failed = [
    { accountId: second, failure: 'AccessDenied: sts:AssumeRole' },
    { accountId: '777788889999', failure: 'NoSuchRole' },
  ];
  await publish('run-2', [first], failed);
  const { text } = await PostalMime.parse(ports.mailer.mails.at(-1)?.mime ?? '');
  const [never, late] = [text?.indexOf('777788889999') ?? -1, text?.indexOf(second) ?? -1];
  expect([never, late].toSorted((a, b) => a - b)).toEqual([never, late]);
  expect(text?.slice(never, late)).toContain('never audited');
  expect(text?.slice(late)).toMatch(/^.*\n.*AccessDenied: sts:AssumeRole\n.*last audited 2026-08-23 10:/);
  const markup = await page();
  const before = markup.slice(0, markup.indexOf('<h2>Accounts'));
  expect(before).toContain('Not audited');
  expect(before).toContain('AccessDenied: sts:AssumeRole; what is shown is of 2026-08-23');
  expect(before).toContain('never audited: NoSuchRole');
  expect(markup).toContain(`accounts/${second}/runs/run-1/report.html`);
  expect(markup).toContain(`accounts/${first}/runs/run-2/report.html`);
});

const trusting = (id: string): object => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${id}:root` }, Action: 'sts:AssumeRole' }],
});

/** A principal that may assume a role of another account, and that account. */
const crossing = {
  from: () => account({ users: [{ name: 'traveller', policies: [allow('sts:AssumeRole')] }] }),
  into: () =>
    account({
      accountId: second,
      roles: [{ name: 'gate', policies: [allow('ssm:StartSession')], trust: trusting(first) }],
      instances: [{ id: 'i-1' }],
    }),
};

const chainsIn = (markup: string): string =>
  markup.slice(markup.indexOf('<h2>Chains across'), markup.indexOf('<h2>From one account'));

it('chains lead between accounts by their borders, for a failed account by its last one', async () => {
  const { ports, audit, publish, page } = await scanned();
  const left = (id: string, snapshot: Snapshot, run = 'run-1') =>
    writeBorder(ports.store, { prefix: `accounts/${id}/`, run }, borderOfAccount(snapshot));
  await left(first, crossing.from());
  await left(second, crossing.into());
  await publish('run-1', [first, second]);
  const chains = chainsIn(await page());
  expect(chains).toMatch(/user\/traveller of 111122223333.*role\/gate of 444455556666/s);
  expect(chains).not.toContain('may be missing');
  await audit(`accounts/${first}/`, inputFiles(after), 'run-2');
  await left(first, crossing.from(), 'run-2');
  const failed = [
    { accountId: second, failure: 'AccessDenied' },
    { accountId: '777788889999', failure: 'NoSuchRole' },
  ];
  await publish('run-2', [first], failed);
  expect(chainsIn(await page())).toMatch(
    /role\/gate of 444455556666.*777788889999<\/td><td[^>]*>it was never audited/s,
  );
});

it('page and mail tell that chains were not followed', async () => {
  const { ports, publish, page } = await scanned();
  for (const [id, snapshot] of [
    [first, crossing.from()],
    [second, crossing.into()],
  ] as const)
    await writeBorder(ports.store, { prefix: `accounts/${id}/`, run: 'run-1' }, borderOfAccount(snapshot));
  const heading = 'Chains across accounts that were not followed';
  const mailed = async () => (await PostalMime.parse(ports.mailer.mails.at(-1)?.mime ?? '')).text ?? '';
  await publish('run-1', [first, second], [], { groups: 10, accounts: 10, followed: 0 });
  const text = (await mailed()).replaceAll(/\s+/g, ' ');
  expect(text).toMatch(new RegExp(`${heading}.*${first}.*\`latchkey org\` follows them all`, 'i'));
  expect(chainsIn(await page())).toContain('latchkey org');
});

it('an account without a border, or with one of another version, is named, and the others are shown', async () => {
  const { ports, publish, page } = await scanned();
  const write = (id: string, body: string) =>
    put(ports.store, `accounts/${id}/runs/run-1/border.json.gz`, body, 'application/gzip');
  for (const [body, why] of [
    ['{"schemaVersion":99}', '$.schemaVersion&#96; must be 1'],
    ['{', '$&#96; must be an object'],
  ] as const) {
    await write(second, body);
    expect(await publish('run-1', [first, second])).toMatchObject({
      organization: organizationKey,
      problems: [],
    });
    const chains = chainsIn(await page());
    expect(chains).toContain('may be missing');
    expect(chains).toContain(why);
  }
  const { get } = ports.store;
  ports.store.get = (key) => (key.endsWith('border.json.gz') ? Promise.resolve(null) : get(key));
  await publish('run-1', [first, second]);
  expect(chainsIn(await page())).toContain('left none: it is of an earlier version');
});
