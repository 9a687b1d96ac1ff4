import type { Instance } from '../../lib/snapshot/snapshot.ts';
import { fullReport } from './reports.ts';

/** Principals and instances that all differ. */
export function largeReport(principals: number, instances: number) {
  const report = fullReport();
  const region = report.snapshot.regions[0]!;
  const instance = region.instances![0]!;
  const many: Instance[] = Array.from({ length: instances }, (_, n) => ({
    ...instance,
    id: `i-${n}`,
    arn: `arn:aws:ec2:us-east-1:111122223333:instance/i-${n}`,
  }));
  const snapshot = { ...report.snapshot, regions: [{ ...region, instances: many }] };
  const first = report.matrix.groups[0]!;
  const matrix = {
    ...report.matrix,
    principals: Array.from({ length: principals }, (_, n) => ({
      arn: `arn:aws:iam::111122223333:role/r${n}`,
      kind: 'role' as const,
    })),
    instances: many.map(({ id, arn }) => ({ id, arn, region: region.region, name: null })),
    groups: [
      ...Array.from({ length: principals }, (_, n) => ({
        ...first,
        principals: [n],
        instances: [n % instances],
      })),
      ...Array.from({ length: instances }, (_, n) => ({
        ...first,
        principals: [...Array(principals).keys()].filter((p) => p % 7 !== n % 7),
        instances: [n],
      })),
    ],
  };
  return { ...report, snapshot, matrix, findings: [], drift: [] };
}
