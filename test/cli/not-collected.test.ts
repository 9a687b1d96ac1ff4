import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { inputFiles } from '../fixtures/input-files.ts';
import { after, bob, instanceId } from '../pipeline/account.ts';
import { latchkey, temporaryFolder, writeFiles } from './run.ts';

describe('where a call was not collected', () => {
  const endpoints = 'ec2.describe-instance-connect-endpoints';
  const iam = 'iam.get-account-authorization-details';
  const scanned = async (without: string) => {
    const dir = await temporaryFolder();
    await writeFiles(join(dir, 'in'), inputFiles(after));
    await rm(join(dir, 'in', without), { force: true });
    const { code, stderr } = await latchkey(['scan', '--from', join(dir, 'in'), '--out', join(dir, 'out')]);
    const isBlind = without === `${iam}.json`;
    expect(code).toBe(isBlind ? 3 : 0);
    expect(stderr.includes('NOT AUDITED: ')).toBe(isBlind);
    return (verb: string, ...args: string[]) => latchkey([verb, '--in', join(dir, 'out'), ...args]);
  };

  it('who-can says so, and not that nobody can', async () => {
    const ask = await scanned(`${iam}.json`);
    for (const args of [[], ['--instance', instanceId], ['--path', 'power']]) {
      const { code, stdout, stderr } = await ask('who-can', ...args);
      expect([code, stdout]).toEqual([3, '']);
      expect(stderr).toContain('NOT AUDITED: IAM was not collected');
    }
    const json = await ask('who-can', '--json');
    expect([json.code, json.stdout]).toEqual([3, '[]\n']);
    expect(json.stderr).toContain(`\`${iam}\` was not collected`);
  });

  it('explain says that nothing was audited, whoever it is asked about', async () => {
    const ask = await scanned(`${iam}.json`);
    for (const args of [[], ['--json']]) {
      const cell = ['--path', 'session-manager', '--instance', instanceId, '--principal', bob];
      const { code, stdout, stderr } = await ask('explain', ...cell, ...args);
      expect([code, stdout]).toEqual([3, '']);
      expect(stderr).toMatch(/^NOT AUDITED: IAM was not collected.*\n$/);
    }
  });

  it('which says nothing about what is asked, who-can answers as ever', async () => {
    const ask = await scanned(`us-east-1/${endpoints}.json`);
    const one = ['--instance', instanceId, '--principal', bob];
    expect(await ask('who-can', ...one, '--path', 'user-data')).toEqual({
      code: 0,
      stdout: `${bob} cannot get onto ${instanceId} by user-data\n`,
      stderr: '',
    });
    const tunnel = await ask('who-can', ...one, '--path', 'instance-connect-endpoint');
    expect([tunnel.code, tunnel.stdout]).toEqual([0, '']);
    expect(tunnel.stderr).toMatch(
      /^`ec2.describe-instance-connect-endpoints` in us-east-1 was not collected.*\n$/,
    );
  });

  it('explain does not say that the path cannot apply', async () => {
    const ask = await scanned(`us-east-1/${endpoints}.json`);
    const tunnel = ['--path', 'instance-connect-endpoint', '--instance', instanceId, '--principal', bob];
    const { code, stdout, stderr } = await ask('explain', ...tunnel);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(
      /^latchkey: --path: .*`ec2.describe-instance-connect-endpoints` was not collected/,
    );
  });

  it('who-can is not blind where a list was cut off and the answer rests on none of it', async () => {
    const dir = await temporaryFolder();
    const files = inputFiles(after);
    const name = 'us-east-1/ec2.describe-instances.json';
    const cut = { ...(files[name] as object), NextToken: 'more' };
    await writeFiles(join(dir, 'in'), { ...files, [name]: cut });
    const scan = await latchkey(['scan', '--from', join(dir, 'in'), '--out', join(dir, 'out')]);
    expect(scan.code).toBe(0);
    expect(scan.stderr).toContain(`not read: us-east-1/ec2.describe-instances: the answer is cut off`);
    const ask = (...args: string[]) => latchkey(['who-can', '--in', join(dir, 'out'), ...args]);
    expect((await ask('--principal', bob, '--path', 'user-data')).code).toBe(0);
    expect((await ask('--path', 'power')).stderr).not.toContain('NOT AUDITED');
  });

  describe('diff', () => {
    const run = async (without: readonly string[]) => {
      const dir = await temporaryFolder();
      await writeFiles(join(dir, 'in'), inputFiles(after));
      for (const file of without) await rm(join(dir, 'in', file), { force: true });
      await latchkey(['scan', '--from', join(dir, 'in'), '--out', join(dir, 'out')]);
      return join(dir, 'out');
    };

    it('says of which side nothing was audited, and exits 3', async () => {
      const [whole, blind] = [await run([]), await run([`${iam}.json`])];
      const why = `IAM was not collected: there is no file`;
      for (const args of [[], ['--json'], ['--json', '--cells']]) {
        for (const [ends, side] of [
          [[whole, blind], 'AFTER'],
          [[blind, whole], 'BEFORE'],
        ] as const) {
          const { code, stderr } = await latchkey(['diff', ...ends, ...args]);
          expect([code, stderr]).toEqual([3, expect.stringContaining(`NOT AUDITED: ${side}: ${why}`)]);
        }
      }
      const both = await latchkey(['diff', blind, blind]);
      expect([both.code, both.stdout]).toEqual([3, 'nothing changed in what both runs collected\n']);
      expect(both.stderr.match(/^NOT AUDITED: (BEFORE|AFTER): /gm)).toHaveLength(2);
    });

    it('names what one side did not collect', async () => {
      const [whole, part] = [await run([]), await run([`us-east-1/${endpoints}.json`])];
      const { code, stderr } = await latchkey(['diff', whole, part]);
      expect(code).toBe(0);
      expect(stderr).toMatch(
        /^AFTER: `ec2.describe-instance-connect-endpoints` in us-east-1 was not collected.*: what rests on it is not compared\n$/,
      );
      expect((await latchkey(['diff', part, part])).stdout).toBe(
        'nothing changed in what both runs collected\n',
      );
      expect((await latchkey(['diff', whole, whole])).stderr).toBe('');
    });
  });
});
