import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { compareRuns } from '../../lib/drift/compare.ts';
import type { Drift } from '../../lib/drift/drift.ts';
import type { Finding } from '../../lib/findings/finding.ts';
import { checkStep } from '../../lib/pipeline/check.ts';
import { judgedAlike } from '../../lib/pipeline/judged-alike.ts';
import { readAudit, readFindings } from '../../lib/pipeline/load.ts';
import { type RunRecord, readRunRecord, runIn } from '../../lib/pipeline/run-record.ts';
import { allow } from '../fixtures/account.ts';
import { inputFiles } from '../fixtures/input-files.ts';
import { after, before, putUserPolicy, workbench } from './account.ts';

const LONG_AGO = '2025-01-02T03:04:05.000Z';
const FILE = 'runs/run-1/findings.json';
type Bench = ReturnType<typeof workbench>;

/** Findings of earlier versions: one for each rule and principal or thing. */
function byPrincipal(findings: readonly Finding[]): object[] {
  return findings.flatMap(({ rules, holders, cause, severity }) =>
    rules.flatMap((rule) =>
      (holders.length > 0
        ? holders.map(({ principal }) => ({ principal }))
        : [{ resource: cause.resource }]
      ).map((about) => ({
        ...{ id: `${rule}-${Object.values(about)[0]}`, rule, severity, title: 'may do too much', ...about },
        ...{ evidence: ['as it was'], remediation: 'allow less' },
        ...{ firstSeen: LONG_AGO, lastSeen: LONG_AGO, status: 'open' },
      })),
    ),
  );
}

async function rewrite(
  { ports, json }: Bench,
  key: string,
  change: (value: never) => unknown,
): Promise<void> {
  const object = await ports.store.get(key);
  await ports.store.replace(key, JSON.stringify(change(await json<never>(key))), object?.etag ?? '');
}

/** A scan whose files are replaced by those of an earlier version. */
async function scannedBefore(change: (findings: readonly Finding[]) => readonly object[]): Promise<Bench> {
  const bench = workbench(after);
  await bench.scan('run-1');
  await rewrite(bench, FILE, change);
  await rewrite(bench, 'runs/run-1/run.json', ({ catalogue: _, ...record }: RunRecord) => record);
  bench.ports.notifier.alerts.length = 0;
  return bench;
}

describe('the first scan by a version with findings by cause', () => {
  it('alerts about nothing old, and keeps the time when it was first seen', async () => {
    const bench = await scannedBefore(byPrincipal);
    await bench.scan('run-2');
    const findings = await bench.json<Finding[]>('runs/run-2/findings.json');
    expect(findings.length).toBeGreaterThan(0);
    expect(new Set(findings.map(({ status }) => status))).toEqual(new Set(['open']));
    // findings about the whole account are new: they date from the run in which they are found again
    const known = findings.filter(({ cause }) => cause.kind !== 'setting');
    expect(known.map(({ firstSeen }) => firstSeen)).toEqual(known.map(() => LONG_AGO));
    expect(bench.ports.notifier.alerts).toEqual([]);
    const record = await bench.json<RunRecord>('runs/run-2/run.json');
    expect(record.damage).toBeUndefined();
    expect(record.catalogue).toMatch(/^[0-9a-f]{12}$/);
  });

  it("does not report old access that today's rules find", async () => {
    const bench = await scannedBefore(() => []);
    await bench.scan('run-2');
    const findings = await bench.json<Finding[]>('runs/run-2/findings.json');
    expect(new Set(findings.map(({ status }) => status))).toEqual(new Set(['open']));
    expect(bench.ports.notifier.alerts).toEqual([]);
  });

  it('reports what is new', async () => {
    const bench = workbench(before);
    await bench.scan('run-1');
    await rewrite(bench, FILE, byPrincipal);
    await rewrite(bench, 'runs/run-1/run.json', ({ catalogue: _, ...record }: RunRecord) => record);
    bench.ports.source.files = inputFiles(after);
    await bench.scan('run-2');
    const findings = await bench.json<Finding[]>('runs/run-2/findings.json');
    expect(findings.filter(({ status }) => status === 'new').length).toBeGreaterThan(0);
  });

  it("reads the findings of an earlier run in today's form", async () => {
    const bench = await scannedBefore(byPrincipal);
    const read = await readFindings(bench.ports.store, '', 'run-1', null);
    expect(read.length).toBeGreaterThan(0);
    for (const { cause, rules, rule, holders } of read) {
      expect([cause.kind, rules]).toEqual(['principal', [rule]]);
      expect(holders.map(({ principal }) => principal)).toEqual(
        /:(user|role)\//.test(cause.resource) ? [cause.resource] : [],
      );
    }
  });
});

/**
 * What a release of 26 November 2026 wrote about a small account, and the account. That release knew 20 access paths,
 * and asked neither for Auto Scaling groups, volumes, maintenance windows nor associations.
 */
async function ofEarlierRelease(): Promise<Bench & { readonly input: Record<string, unknown> }> {
  const { input, objects } = JSON.parse(await readFile('test/fixtures/earlier-release.json', 'utf8'));
  const bench = workbench({});
  for (const [key, value] of Object.entries(objects))
    await bench.ports.store.create(key, JSON.stringify(value));
  bench.ports.source.files = input;
  return { ...bench, input };
}

const driftOf = ({ json }: Bench, run: string) => json<Drift[]>(`runs/${run}/drift.json`);

describe('the first scan after a release that made fewer calls and knew fewer paths', () => {
  it('reports no change, no damage and nothing new', async () => {
    const bench = await ofEarlierRelease();
    await bench.scan('run-2');
    expect(await driftOf(bench, 'run-2')).toEqual([]);
    const findings = await bench.json<Finding[]>('runs/run-2/findings.json');
    expect(findings.length).toBeGreaterThan(1);
    expect(new Set(findings.map(({ status }) => status))).toEqual(new Set(['open']));
    const record = await bench.json<RunRecord>('runs/run-2/run.json');
    expect([record.damage, record.previousAt]).toEqual([undefined, '2026-01-02T01:46:40.416Z']);
    expect(bench.ports.notifier.alerts).toEqual([]);
  });

  it('reports what changed meanwhile', async () => {
    const bench = await ofEarlierRelease();
    const iam = 'iam.get-account-authorization-details.json';
    const users = [
      { name: 'alice', policy: allow(['ssm:*', 'ec2:*', 'iam:PassRole']) },
      { name: 'bob', policy: allow(['ssm:StartSession', 'ssmmessages:OpenDataChannel']) },
    ];
    bench.ports.source.files = { ...bench.input, [iam]: inputFiles({ users })[iam] };
    await bench.scan('run-2');
    const drift = await driftOf(bench, 'run-2');
    expect(drift.map(({ cause }) => cause.kind)).toEqual(['policy']);
    expect(JSON.stringify(drift)).not.toContain('user/alice"');
    expect(bench.ports.notifier.alerts.length).toBeGreaterThan(0);
  });

  it('reports no change after a check, which reads little again', async () => {
    const bench = await ofEarlierRelease();
    const events = [putUserPolicy('event-1')];
    const { results, run } = await checkStep(bench.ports, { prefix: '', events, topic: 'alerts' });
    expect(results).toMatchObject([{ outcome: 'audited' }]);
    // most of it was still read by the earlier release
    expect((await bench.json<RunRecord>(`runs/${run}/run.json`)).judging).toBeUndefined();
    await bench.scan('run-2');
    expect(await driftOf(bench, 'run-2')).toEqual([]);
    expect(bench.ports.notifier.alerts).toEqual([]);
  });
});

describe('two runs of different releases', () => {
  it('are compared as one release judges both, in either order', async () => {
    const bench = await ofEarlierRelease();
    const [first] = Object.values(await bench.json<{ run: string }>('latest.json'));
    await bench.scan('run-2');
    await bench.scan('run-3');
    const { store } = bench.ports;
    const of = async (run: string) => ({
      ...(await readAudit(store, '', run)),
      record: await readRunRecord(store, '', run),
    });
    const [old, now] = [await of(runIn(first ?? '') ?? ''), await of('run-3')];
    expect(compareRuns(old, now, []).length).toBeGreaterThan(0);
    expect(compareRuns(...judgedAlike(old, now), [])).toEqual([]);
    expect(compareRuns(...judgedAlike(now, old), [])).toEqual([]);
    const earlier = await of('run-2');
    expect(judgedAlike(earlier, now)).toEqual([earlier, now]);
  });
});
