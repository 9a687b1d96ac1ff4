import { expect, test } from 'vitest';
import { teamView } from '../../lib/render/team-report.ts';
import { renderDigest } from './render-digest.ts';
import { INSTANCES } from './report-facts.ts';
import { fullReport } from './reports.ts';

const TEAM = { name: 'interns', to: ['a@example.com'] };

test('a team by account gets all of its accounts and nothing of others', () => {
  const report = fullReport();
  expect(teamView(report, { ...TEAM, accounts: ['111122223333'] })?.report).toBe(report);
  expect(teamView(report, { ...TEAM, accounts: ['222233334444'] })).toBeNull();
  expect(
    teamView(report, { ...TEAM, accounts: ['222233334444'], tag: { key: 'env', value: 'dev' } }),
  ).toBeNull();
});

test('a team by tag gets everything about its instances: cells, changes, findings', () => {
  const report = fullReport();
  const own = teamView(report, { ...TEAM, tag: { key: 'env', value: 'dev' } })?.report;
  const dev = new Set(
    report.snapshot.regions.flatMap(({ instances }) =>
      (instances ?? [])
        .filter(({ tags }) => tags.some(({ key, value }) => key === 'env' && value === 'dev'))
        .map(({ id }) => id),
    ),
  );
  expect(dev.size).toBeGreaterThan(0);
  expect(dev.size).toBeLessThan(INSTANCES.length);
  expect(new Set(own?.matrix.instances.map(({ id }) => id))).toEqual(dev);
  // every cell on them, and no other
  const cells = (one: typeof report) =>
    one.matrix.groups.flatMap(({ path, principals, instances }) =>
      principals.flatMap((p) =>
        instances.map((i) => `${one.matrix.principals[p]?.arn} ${one.matrix.instances[i]?.id} ${path}`),
      ),
    );
  expect(cells(own!).sort()).toEqual(
    cells(report)
      .filter((cell) => dev.has(cell.split(' ')[1] ?? ''))
      .sort(),
  );
  expect(own?.drift.map(({ id }) => id)).toEqual(['drift-attached', 'drift-tagged']);
  expect(own?.drift[0]?.counts).toMatchObject({ gained: dev.size, principals: 1, instances: dev.size });
  expect(own?.findings.every(({ title }) => !title.includes('IMDSv1'))).toBe(true);
  const { subject, text } = renderDigest([own!], [], [], { team: TEAM.name });
  expect(subject).toContain('[EC2 access] interns: 2 access changes');
  expect(text).not.toContain('on-call');
  expect(teamView(report, { ...TEAM, tag: { key: 'env', value: 'DEV' } })).toBeNull();
});

test('a change or finding whose names are not all listed is included, since it may be about its instances', () => {
  const report = fullReport();
  const [one] = report.drift;
  const cut = { ...one!, groups: [{ ...one!.groups[0]!, instances: ['i-other'], instanceCount: 5000 }] };
  const finding = { ...report.findings[0]!, holders: [], holderCount: 500 };
  const own = teamView(
    { ...report, drift: [cut], findings: [finding] },
    { ...TEAM, tag: { key: 'env', value: 'dev' } },
  )?.report;
  expect(own?.drift).toEqual([cut]);
  expect(own?.findings).toEqual([finding]);
});

test('a team without audited accounts is told so', () => {
  expect(renderDigest([], [], [], { team: TEAM.name }).text).toContain(
    'Nothing that was audited is of this team',
  );
});
