import { expect, test, vi } from 'vitest';
import { ACCOUNT_CHANGES } from '../../bench/drift-changes.ts';
import { generateAccount } from '../../bench/generate-account.ts';
import { InstanceSet } from '../../lib/matrix/classes/instance-sets.ts';
import { judge } from '../../lib/pipeline/judge.ts';
import { matrixWithOpens } from '../../lib/pipeline/matrix-with-opens.ts';
import { pack } from '../../lib/pipeline/pack.ts';
import { FORMATS } from '../../lib/render/formats.ts';
import { orgPart } from '../../lib/render/org/org-part.ts';
import { trendOf } from '../../lib/render/trend-of.ts';
import type { Snapshot } from '../../lib/snapshot/snapshot.ts';

const auditOf = (snapshot: Snapshot) => ({ snapshot, matrix: matrixWithOpens(snapshot) });

test('drift, findings and all files except `report.csv` do not list the instances of groups', () => {
  const listed = vi.spyOn(InstanceSet.prototype, 'instances', 'get');
  const account = generateAccount({ principals: 60, instances: 40, seed: 3 });
  const gained = ACCOUNT_CHANGES.find(({ name }) => name === 'everything gained');
  if (!gained) throw new Error('there is no such change');
  const first = auditOf(account);
  const before = {
    ...{ run: 'run-1', readFrom: 'run-1', findings: [], findingsOf: null, record: null, damage: [] },
    ...{ ...first, base: { run: 'run-1', snapshot: first.snapshot } },
  };
  const report = judge(auditOf(gained.to(account)), before, [], { damage: [] });
  expect(report.drift).not.toEqual([]);
  for (const { file, render } of FORMATS) if (file !== 'report.csv') render(report, pack);
  orgPart(report);
  trendOf(report, []);
  expect(listed).not.toHaveBeenCalled();
  for (const { file, render } of FORMATS) if (file === 'report.csv') render(report, pack);
  expect(listed).toHaveBeenCalled();
});
