import PostalMime from 'postal-mime';
import { expect, it } from 'vitest';
import type { Drift } from '../../lib/drift/drift.ts';
import { auditStep } from '../../lib/pipeline/audit.ts';
import { checkStep } from '../../lib/pipeline/check.ts';
import { collectStep } from '../../lib/pipeline/collect.ts';
import { fixStep } from '../../lib/pipeline/fix.ts';
import { addendumKey } from '../../lib/pipeline/keys.ts';
import { publishStep } from '../../lib/pipeline/publish.ts';
import type { ObjectStore } from '../../lib/ports/object-store.ts';
import { inputFiles } from '../fixtures/input-files.ts';
import { after, before, putUserPolicy, workbench } from './account.ts';

const [first, second] = ['111122223333', '444455556666'];
const prefixOf = (id: string): string => `accounts/${id}/`;
const mail = { from: 'latchkey@example.com', to: ['you@example.com'] };
const TEAMS = `production: [{key: Name, values: [web]}]
teams:
  - {name: web, to: [web@example.com], tag: {key: Name, value: web}}
  - {name: second, to: [second@example.com], accounts: ["${second}"]}
`;

/** Two accounts that were scanned and mailed, a check that found a change in the first, and the scan after it. */
async function twoScans() {
  const { ports } = workbench(before);
  const expected = { place: 'latchkey.yml', text: TEAMS };
  const audit = async (run: string, id: string, account: typeof before) => {
    const files = JSON.stringify(inputFiles(account)).replaceAll(first, id);
    ports.source.files = JSON.parse(files) as ReturnType<typeof inputFiles>;
    await collectStep(ports, { run, prefix: prefixOf(id) });
    await auditStep(ports, { run, prefix: prefixOf(id), expected });
    await fixStep(ports, { run, prefix: prefixOf(id) });
  };
  const publish = (run: string, ids: readonly string[] = [first, second]) =>
    publishStep(ports, {
      ...{ run, topic: 'alerts', mail, reportBase: 'https://r.example/' },
      accounts: ids.map((id) => ({ prefix: prefixOf(id) })),
    });
  const mails = async (): Promise<readonly string[]> => {
    const all = await Promise.all(ports.mailer.mails.splice(0).map(({ mime }) => PostalMime.parse(mime)));
    return all.map(({ to, subject, text, html }) => [to?.[0]?.address, subject, text, html].join('\n'));
  };
  await audit('run-1', first, before);
  await audit('run-1', second, before);
  await publish('run-1');
  ports.source.files = inputFiles(after);
  ports.clock.pass(60_000);
  const check = { prefix: prefixOf(first), events: [putUserPolicy('e-1')], topic: 'alerts' };
  const { run: checked } = await checkStep(ports, check);
  await audit('run-2', first, after);
  await audit('run-2', second, after);
  await mails();
  return { ports, publish, mails, checked: checked ?? '' };
}

const summaryOf = (id: string): string => `accounts/${id}/runs/run-2/summary.json`;

async function rewrite(store: ObjectStore, key: string, body: string): Promise<void> {
  await store.replace(key, body, (await store.get(key))?.etag ?? null);
}

it('a digest from the summaries of audits equals one from whole runs without summaries', async () => {
  const [one, other] = [await twoScans(), await twoScans()];
  for (const id of [first, second]) {
    const { digest, ...older } = JSON.parse((await other.ports.store.get(summaryOf(id)))?.body ?? '');
    expect(digest.audited.accounts).toBe(1);
    await rewrite(other.ports.store, summaryOf(id), JSON.stringify(older));
  }
  expect(await one.publish('run-2')).toMatchObject({ mails: 3, problems: [] });
  expect(await other.publish('run-2')).toMatchObject({ mails: 3, problems: [] });
  const [mails, older] = [await one.mails(), await other.mails()];
  expect(mails).toEqual(older);
  // the file of expected access changed too, which changes nobody's access
  expect(mails[0]).toContain('2 accounts: 2 access changes (2 critical)');
  for (const text of mails) expect(text).toContain('CHANGE FIRST');
  expect(mails.map((text) => text.split('\n')[0])).toEqual([
    'you@example.com',
    'web@example.com',
    'second@example.com',
  ]);
  expect(mails[2]).not.toContain(first);
});

it('no run is opened except for teams, and each summary is read once for the page and all mails', async () => {
  const { ports, publish } = await twoScans();
  const { get } = ports.store;
  const read: string[] = [];
  ports.store.get = (key) => {
    read.push(key);
    return get(key);
  };
  await publish('run-2');
  const ofRuns = read.filter((key) => key.includes('/runs/')).map((key) => key.split('/').at(-1));
  expect(new Set(ofRuns)).toEqual(new Set(['summary.json', 'run.json', 'border.json.gz']));
  expect(ofRuns.filter((file) => file === 'summary.json')).toHaveLength(2);
});

it('a digest names the actor if the event came after the audit, and says that an alert was sent meanwhile', async () => {
  const { ports, publish, mails, checked } = await twoScans();
  const drift = JSON.parse(
    (await ports.store.get(`${prefixOf(second)}runs/run-2/drift.json`))?.body ?? '[]',
  ) as readonly Drift[];
  const [change] = drift;
  const cause = { ...change?.cause, actor: 'user/late', eventId: 'e-late', eventName: 'PutUserPolicy' };
  await ports.store.create(
    addendumKey(prefixOf(second), 'run-2', 'e-late'),
    JSON.stringify({ schemaVersion: 1, eventId: 'e-late', drift: [{ ...change, cause }] }),
  );
  const summary = JSON.parse((await ports.store.get(summaryOf(first)))?.body ?? '');
  const seen = summary.digest.audited.changes.first[0].seen;
  expect(seen).toMatchObject({ run: checked, waits: false });
  seen.waits = true;
  await rewrite(ports.store, summaryOf(first), JSON.stringify(summary));
  await publish('run-2');
  const [text] = await mails();
  expect(text).toContain('by user/late');
  expect(text).toContain('alerted 2026');
  expect(text).not.toContain('still to be sent');
});

/** The path of every value in a value. */
function* places(value: unknown, path: readonly string[] = []): Generator<readonly string[]> {
  if (path.length > 0) yield path;
  if (typeof value !== 'object' || value === null) return;
  for (const [key, member] of Object.entries(value)) yield* places(member, [...path, key]);
}

function damaged(summary: object, path: readonly string[]): object {
  const copy = structuredClone(summary) as Record<string, unknown>;
  let at = copy;
  for (const key of path.slice(0, -1)) at = at[key] as Record<string, unknown>;
  at[path.at(-1) ?? ''] = [true];
  return copy;
}

it('a damaged summary, wherever the damage is, affects only its own account, which is named', async () => {
  const { ports, publish, mails } = await twoScans();
  const whole = (await ports.store.get(summaryOf(second)))?.body ?? '';
  const summary = JSON.parse(whole) as object;
  const bodies = [...places(summary)].map((path) => JSON.stringify(damaged(summary, path)));
  expect(bodies.length).toBeGreaterThan(100);
  for (const body of [...bodies, '', '{', whole.slice(0, -20), 'null', '[]']) {
    await rewrite(ports.store, summaryOf(second), body);
    for (const key of await ports.store.list('mails/')) await ports.store.delete(key, null);
    const output = await publish('run-2');
    expect(output, body).toMatchObject({ leftOut: 1, mailsWaiting: 0 });
    expect(output.problems.join()).toContain(`cannot read \`${summaryOf(second)}\``);
    const [text] = await mails();
    expect(text).toContain('ACCOUNTS NOT AUDITED');
    expect(text).toContain(`* ${second}`);
    expect(text).toContain('user/bob gained root');
    const page = (await ports.store.get('organization/index.html'))?.body ?? '';
    expect(page).toContain(`accounts/${first}/runs/run-2/report.html`);
    expect(page).toContain('cannot read');
  }
});
