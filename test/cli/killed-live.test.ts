import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { type Decide, faultProxy } from '../faults/fault-proxy.ts';
import { smallAws } from '../faults/small-aws.ts';
import { latchkey, startLatchkey } from './run.ts';

it('a live scan that is killed continues where it stopped', { timeout: 120_000 }, async () => {
  const dir = await mkdtemp(join(tmpdir(), 'latchkey-killed-'));
  const aws = await smallAws();
  let seen: string[] = [];
  let isHanging = true;
  const { promise, resolve } = Promise.withResolvers<void>();
  // one region is never finished, the other one is
  const decide: Decide = ({ service, operation, region }) => {
    seen.push(`${region} ${service}.${operation}`);
    if (isHanging && region === 'us-east-1' && service === 'backup') resolve();
    const hangs = region === 'us-west-2' && operation === 'DescribeInstanceInformation';
    return isHanging && hangs ? { kind: 'hang' } : null;
  };
  const proxy = await faultProxy(aws.endpoint, decide);
  const env = {
    ...{ AWS_ENDPOINT_URL: proxy.endpoint, AWS_EC2_METADATA_DISABLED: 'true', AWS_REGION: 'us-east-1' },
    ...{ AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' },
  };
  try {
    const args = ['scan', '--live', '--out', join(dir, 'out')];
    const { child, ended } = startLatchkey(args, env);
    await promise;
    child.kill('SIGKILL');
    await ended;
    expect(await readdir(join(dir, 'out/parts'))).toContain('us-east-1.ec2.json.gz');
    const first = seen;
    seen = [];
    isHanging = false;
    const again = await latchkey(args, '', env);
    expect(again.code).toBe(0);
    expect(first).toContain('us-east-1 ec2.DescribeInstances');
    expect(first).toContain('us-east-1 iam.GetAccountAuthorizationDetails');
    const names = new Set(seen);
    expect(names).not.toContain('us-east-1 iam.GetAccountAuthorizationDetails');
    expect(names).not.toContain('us-east-1 ec2.DescribeInstances');
    expect(names).not.toContain('us-west-2 ec2.DescribeInstances');
    expect(names).toContain('us-west-2 ssm.DescribeInstanceInformation');
    await expect(readdir(join(dir, 'out/parts'))).rejects.toThrow('ENOENT');
  } finally {
    await proxy.close();
    await aws.close();
    await rm(dir, { recursive: true, force: true });
  }
});
