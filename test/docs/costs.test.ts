import { readFile } from 'node:fs/promises';
import process from 'node:process';
import { afterEach, expect, test } from 'vitest';
import { startFakeAws, totalOf } from '../../bench/fake-aws/start.ts';
import { awsSource } from '../../lib/adapters/aws/account-source.ts';
import { collectAccount } from '../../lib/collect/collect.ts';

const env = { ...process.env };
afterEach(() => {
  process.env = { ...env };
});

interface Row {
  readonly principals: number;
  readonly instances: number;
  readonly calls: number;
}

/** `| 50 principals, 100 instances | 75 calls, ...` */
async function rows(): Promise<readonly Row[]> {
  const [, section = ''] = (await readFile('docs/deploy.md', 'utf8')).split('## What it costs\n');
  const found = section.matchAll(/^\| ([\d,]+) principals, ([\d,]+) instances \| (\d+) calls,/gm);
  return [...found].map(([, ...texts]) => {
    const [principals = 0, instances = 0, calls = 0] = texts.map((text) => Number(text.replaceAll(',', '')));
    return { principals, instances, calls };
  });
}

/** As `bench -- costs` counts them. */
async function callsOfScan({ principals, instances }: Row): Promise<number> {
  const aws = await startFakeAws({ principals, instances, images: 20, regions: ['us-east-1'] });
  try {
    const timer = { now: () => performance.now(), sleep: async () => {} };
    await collectAccount(awsSource({ region: 'us-east-1', timer }), new Date(), { step: () => {} });
    return totalOf(await aws.counts());
  } finally {
    aws.close();
  }
}

test('the table of costs has the calls of a scan: if not, run `npm run -s bench -- costs` for each row', {
  timeout: 120_000,
}, async () => {
  const told = await rows();
  expect(told).toHaveLength(3);
  const counted: Row[] = [];
  for (const row of told) counted.push({ ...row, calls: await callsOfScan(row) });
  expect(counted).toEqual(told);
});
