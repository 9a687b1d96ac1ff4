import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import type { Drift } from '../../lib/drift/drift.ts';
import { ExpectedSchema } from '../../lib/findings/expected/expected-schema.ts';
import type { Finding } from '../../lib/findings/finding.ts';
import { withException } from '../../lib/pipeline/with-exception.ts';
import type { Alert } from '../../lib/ports/notifier.ts';
import { latchkey, latestRun, readJson } from './run.ts';

const UNTIL = new Date(Date.now() + 30 * 86_400_000).toISOString().slice(0, 10);
const WHO = ['--owner', 'ops@example.com', '--reason', 'on call', '--ticket', 'OPS-1', '--until', UNTIL];
const OURS = `# ours
administrators:
  # quiet
  - permission-set/AdministratorAccess # all of it
`;

describe('latchkey except', () => {
  let [input, out, file] = ['', '', ''];
  const scan = () => latchkey(['scan', '--from', input, '--out', out]);
  const findings = async () => readJson<Finding[]>(await latestRun(out), 'findings.json');
  const of = async (rule: string) => (await findings()).find(({ rules }) => rules.includes(rule));

  beforeAll(async () => {
    const dir = await mkdtemp(join(tmpdir(), 'latchkey-except-'));
    [input, out, file] = [join(dir, 'acme'), join(dir, 'out'), join(dir, 'acme', 'latchkey.yml')];
    await cp('examples/acme', input, { recursive: true });
    await writeFile(file, OURS);
    expect(await scan()).toMatchObject({ code: 0 });
    return () => rm(dir, { recursive: true, force: true });
  });

  it('writes what the next audit accepts and reports as a change of the file, and a wider grant ends it', async () => {
    const sg = (await of('SG-SSH'))?.id ?? '';
    const bob = (await of('EIC-NO-OSUSER'))?.id ?? '';
    expect((await findings()).find(({ accepted }) => accepted)?.accepted).toEqual({ by: 'administrators' });
    for (const id of [sg, 'statement-connectbyteamtag-69c1ae9278384cfc']) {
      expect(await latchkey(['except', '--in', out, id, ...WHO])).toMatchObject({ code: 0, stderr: '' });
    }
    expect(bob).not.toBe('');
    expect((await readFile(file, 'utf8')).startsWith(OURS)).toBe(true);
    const { code, stdout } = await scan();
    expect([code, stdout]).toEqual([
      0,
      expect.stringMatching(/^accepted +2 findings accepted, the next until /m),
    ]);
    const run = await latestRun(out);
    expect(await of('SG-SSH')).toMatchObject({
      status: 'excepted',
      accepted: {
        by: 'exception',
        owner: 'ops@example.com',
        reason: 'on call',
        ticket: 'OPS-1',
        until: UNTIL,
      },
    });
    const [drift] = await readJson<Drift[]>(run, 'drift.json');
    expect(drift?.cause).toMatchObject({ kind: 'configuration', silences: true });
    const name = run.split('/').at(-1) ?? '';
    const alert = await readJson<Alert>(join(out, 'outbox'), `${name}-1-alert.json`);
    expect(alert.subject).toMatch(/^\[HIGH\] 111122223333 expected access changed: /);
    expect(alert.message).toContain('added exception of `ops@example.com`');
    expect(await readFile(join(run, 'report.html'), 'utf8')).toContain('3 accepted');
    const mail = await readFile(join(out, 'outbox', `${name}-digest.eml`), 'utf8');
    expect(mail).toMatch(/ACCEPTED/);

    const groups = join(input, 'us-east-2', 'ec2.describe-security-groups.json');
    const text = await readFile(groups, 'utf8');
    const wider = text.replace(/"ToPort": 22\b/, '"ToPort": 23');
    expect(wider).not.toBe(text);
    await writeFile(groups, wider);
    await scan();
    expect(await of('SG-SSH')).toMatchObject({ id: sg, status: 'reopened' });
    expect((await of('EXC-DRIFTED'))?.evidence[0]).toMatch(/^it lets in tcp ports 22-23 from /);

    expect(await latchkey(['except', '--in', out, sg, ...WHO])).toMatchObject({ code: 0 });
    expect((await readFile(file, 'utf8')).match(/rules:/g)).toHaveLength(2);
    await scan();
    expect(await of('SG-SSH')).toMatchObject({ id: sg, status: 'excepted' });
    expect(await of('EXC-DRIFTED')).toMatchObject({ status: 'resolved' });
  });

  it.each<readonly [string, readonly string[], RegExp]>([
    [
      'an id that is mistyped',
      ['security-group-sg-0e1f2d3c4b5a69788-cd7142c5e6e9b84c', ...WHO],
      /did you mean `security-group-/,
    ],
    [
      'an end too far',
      ['setting-no-mfa-78466c51ef51b11c', ...WHO.slice(0, 7), '2999-01-01'],
      /more than a year ahead/,
    ],
    [
      'an owner that is nobody',
      ['setting-no-mfa-78466c51ef51b11c', ...WHO, '--owner', ' '],
      /--owner: it is empty/,
    ],
    [
      'a file in no folder',
      ['setting-no-mfa-78466c51ef51b11c', ...WHO, '--config', '/no-such-folder/latchkey.yml'],
      /--config: cannot write `\/no-such-folder\/latchkey.yml` \(ENOENT\)/,
    ],
    [
      'an end that is over',
      ['setting-no-mfa-78466c51ef51b11c', ...WHO.slice(0, 7), '2020-01-01'],
      /`2020-01-01` is over/,
    ],
    [
      'an end that is no day',
      ['setting-no-mfa-78466c51ef51b11c', ...WHO.slice(0, 7), 'soon'],
      /--until: `soon` is not a day as `20\d\d-\d\d-\d\d`/,
    ],
    [
      'a holder of a place',
      ['setting-no-mfa-78466c51ef51b11c', ...WHO, '--principal', 'x'],
      /leave `--principal`/,
    ],
  ])('refuses %s, and writes nothing', async (_says, args, message) => {
    const before = await readFile(file, 'utf8');
    const { code, stderr } = await latchkey(['except', '--in', out, ...args]);
    expect([code, stderr]).toEqual([2, expect.stringMatching(message)]);
    expect(await readFile(file, 'utf8')).toBe(before);
  });

  it('a fault in the file is an error of scan and check', async () => {
    const sound = await readFile(file, 'utf8');
    await writeFile(file, `${sound}exeptions: []\n`);
    const scanned = await scan();
    const checked = await latchkey(['check', '--in', out, '--event', 'events/check/create-tags.json']);
    await writeFile(file, sound);
    expect([scanned.code, scanned.stderr]).toEqual([2, expect.stringContaining('did you mean `exceptions`')]);
    expect(checked.code).toBe(2);
    const missing = await latchkey(['scan', '--from', input, '--out', out, '--config', 'no.yml']);
    expect([missing.code, missing.stderr]).toEqual([2, expect.stringContaining('there is no file `no.yml`')]);
  });
});

const ENTRY = {
  ...{ account: '111122223333', rules: ['CMD-ALL'], principal: 'arn:x', owner: 'a', reason: 'b: c' },
  ...{ ticket: '#1', until: '2027-01-31', granted: { paths: ['run-command'] } },
};
it('an entry is added to any file without other changes', () => {
  const text = '# head\n\n# who\nadministrators:\n  - role/x # one\n\nexceptions: [] # none yet\n# foot\n';
  const once = withException(text, ENTRY);
  for (const comment of ['# head', '# who', '# one', '# none yet', '# foot']) expect(once).toContain(comment);
  const twice = withException(once, { ...ENTRY, rules: ['EIC-ALL'] });
  const renewed = withException(twice.replace('  - account', '  # keep me\n  - account'), {
    ...ENTRY,
    until: '2027-02-28',
  });
  expect(renewed.match(/- account/g)).toHaveLength(2);
  expect(renewed).toContain('# keep me');
  expect(renewed.indexOf('2027-02-28')).toBeLessThan(renewed.indexOf('2027-01-31'));
  expect(withException(null, ENTRY)).toMatch(
    /^# What is expected[\s\S]*exceptions:\n {2}- account: "111122223333"/,
  );
});

it('the published schema is the one that the file is read with', async () => {
  const published = await readFile('docs/schema/latchkey.schema.json', 'utf8');
  expect(JSON.parse(published)).toEqual({
    ...JSON.parse(JSON.stringify(z.toJSONSchema(ExpectedSchema))),
    title: 'latchkey.yml: what is known and accepted of an account',
  });
});
