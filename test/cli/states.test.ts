import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { allow } from '../fixtures/account.ts';
import { inputFiles } from '../fixtures/input-files.ts';
import { latchkey, latestRun, writeFiles } from './run.ts';

/** Calls without a file count as not collected, so an account of `inputFiles` is partial. */
const files = inputFiles({
  users: [{ name: 'ada', policy: allow('ssm:StartSession') }],
  instances: [{ id: 'i-0123456789abcdef0' }],
});
const { 'iam.get-account-authorization-details.json': _iam, ...withoutIam } = files;
const event = {
  eventVersion: '1.09',
  eventID: '11111111-2222-4333-8444-555555555555',
  eventTime: '2026-11-22T10:00:00Z',
  eventSource: 'iam.amazonaws.com',
  eventName: 'PutUserPolicy',
  awsRegion: 'us-east-1',
  recipientAccountId: '111122223333',
  requestParameters: { userName: 'ada', policyName: 'access' },
};

describe('a blind audit', () => {
  let out = '';
  let partial = '';
  let blind = '';
  let dir = '';
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'latchkey-states-'));
    out = join(dir, 'out');
    await writeFiles(join(dir, 'in'), files);
    expect((await latchkey(['scan', '--from', join(dir, 'in'), '--out', out])).code).toBe(0);
    partial = await latestRun(out);
    await writeFiles(join(dir, 'blind'), { ...withoutIam, 'event.json': event });
    const seen = await latchkey(['scan', '--from', join(dir, 'blind'), '--out', join(dir, 'none')]);
    expect(seen.code).toBe(3);
    blind = await latestRun(join(dir, 'none'));
    return () => rm(dir, { recursive: true, force: true });
  });

  it('is named when two runs are compared', async () => {
    const { code, stdout, stderr } = await latchkey(['diff', partial, blind]);
    expect([code, stdout]).toEqual([3, expect.not.stringContaining('nothing changed')]);
    expect(stderr).toMatch(/^NOT AUDITED: AFTER: IAM was not collected/m);
  });

  it('is not reported as unchanged', async () => {
    const { code, stdout } = await latchkey(['diff', blind, blind]);
    expect([code, stdout]).toEqual([3, expect.not.stringContaining('nobody gained or lost')]);
    const same = await latchkey(['diff', partial, partial]);
    expect([same.code, same.stdout]).toEqual([0, 'nothing changed: nobody gained or lost access\n']);
  });

  it('answers an event with 3', async () => {
    const file = join(dir, 'blind', 'event.json');
    const { code, stderr } = await latchkey(['check', '--in', join(dir, 'none'), '--event', file]);
    expect(code).toBe(3);
    expect(stderr).toMatch(/^NOT AUDITED: IAM was not collected/m);
    expect((await latchkey(['check', '--in', out, '--event', file])).code).toBe(0);
  });
});
