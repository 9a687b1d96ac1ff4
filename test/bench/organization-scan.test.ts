import { expect, test } from 'vitest';
import type { Data } from '../../bench/organization/states.ts';
import { organizationBench } from '../../bench/organization.ts';

test('a scan of an organisation by the deployed handlers reports every account', async () => {
  const size = { accounts: '310', audited: '3', principals: '8', instances: '6', latency: '1', seed: '1' };
  const { secondScan, publish, summaryKb } = (await organizationBench.run(size)) as {
    readonly secondScan: { readonly digest: Data; readonly payloads: Data };
    readonly publish: { readonly peakRssMb: number };
    readonly summaryKb: number;
  };
  const failed = [2, 306, 307, 308, 309].map((n) => String(100_000_000_000 + n));
  expect(secondScan.digest).toMatchObject({ mails: 1, leftOut: 0, waiting: 0, problems: 0, failed });
  expect(secondScan.payloads.ManyAccounts).toMatchObject({ runs: 1 });
  expect(summaryKb).toBeLessThan(16);
  expect(publish.peakRssMb).toBeLessThan(512);
}, 300_000);
