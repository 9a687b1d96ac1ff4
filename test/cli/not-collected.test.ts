import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { allow } from '../fixtures/account.ts';
import { inputFiles } from '../fixtures/input-files.ts';
import { after, bob, instanceId } from '../pipeline/account.ts';
import { latchkey, temporaryFolder, writeFiles } from './run.ts';

const kim = { name: 'kim', policy: allow('ec2-instance-connect:OpenTunnel') };
const withKim = { ...after, users: [...(after.users ?? []), kim] };

describe('if a call was not collected', () => {
  const endpoints = 'ec2.describe-instance-connect-endpoints';
  const iam = 'iam.get-account-authorization-details';
  const scanned = async (without: string) => {
    const dir = await temporaryFolder();
    await writeFiles(join(dir, 'in'), inputFiles(withKim));
    await rm(join(dir, 'in', without), { force: true });
    const { code, stderr } = await latchkey(['scan', '--from', join(dir, 'in'), '--out', join(dir, 'out')]);
    const isBlind = without === `${iam}.json`;
    expect(code).toBe(isBlind ? 3 : 0);
    expect(stderr.includes('NOT AUDITED: ')).toBe(isBlind);
    return (verb: string, ...args: string[]) => latchkey([verb, '--in', join(dir, 'out'), ...args]);
  };

  it('who-can says so, instead of an empty answer', async () => {
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

  it('explain says that nothing was audited, for every principal', async () => {
    const ask = await scanned(`${iam}.json`);
    for (const args of [[], ['--json']]) {
      const cell = ['--path', 'session-manager', '--instance', instanceId, '--principal', bob];
      const { code, stdout, stderr } = await ask('explain', ...cell, ...args);
      expect([code, stdout]).toEqual([3, '']);
      expect(stderr).toMatch(/^NOT AUDITED: IAM was not collected.*\n$/);
    }
  });

  it('that does not concern the question, who-can answers as usual', async () => {
    const ask = await scanned(`us-east-1/${endpoints}.json`);
    const one = ['--instance', instanceId, '--principal', bob];
    expect(await ask('who-can', ...one, '--path', 'user-data')).toEqual({
      code: 0,
      stdout: `${bob} cannot get onto ${instanceId} by user-data\n`,
      stderr: '',
    });
    expect(await ask('who-can', ...one, '--path', 'instance-connect-endpoint')).toEqual({
      code: 0,
      stdout: `${bob} cannot get onto ${instanceId} by instance-connect-endpoint\n`,
      stderr: '',
    });
  });

  it('what was left out of a list is named, and nobody is said to have no access', async () => {
    const dir = await temporaryFolder();
    const files = inputFiles({ ...withKim, users: [{ name: 'noa' }] });
    await writeFiles(join(dir, 'in'), files);
    const list = join(dir, 'in', 'us-east-1/ec2.describe-instances.json');
    const owned = JSON.parse(await readFile(list, 'utf8'));
    for (const reservation of owned.Reservations) reservation.OwnerId = '999988887777';
    await writeFile(list, JSON.stringify(owned));
    const scan = await latchkey(['scan', '--from', join(dir, 'in'), '--out', join(dir, 'out')]);
    expect(scan.code).toBe(0);
    expect(scan.stderr).toContain('is of account 999988887777, and this is ');
    expect(scan.stdout).toContain('nobody known with a shell');
    const { stdout, stderr } = await latchkey(['who-can', '--in', join(dir, 'out')]);
    expect(stdout).toBe('');
    expect(stderr).toContain('`ec2.describe-instances` in us-east-1 was not collected in full');
    expect(stderr).toContain('there may be more than this audit says');
  });

  it('an answer that depends on it is unknown, and names the call', async () => {
    const ask = await scanned(`us-east-1/${endpoints}.json`);
    const tunnels = ['--path', 'instance-connect-endpoint', '--instance', instanceId];
    const found = await ask('who-can', ...tunnels, '--json');
    const cells: { principal: string; verdict: string; missing: string }[] = JSON.parse(found.stdout);
    const call = 'ec2 describe-instance-connect-endpoints';
    expect(cells.length).toBeGreaterThan(0);
    expect(new Set(cells.map(({ verdict, missing }) => `${verdict} ${missing}`))).toEqual(
      new Set([`unknown ${call}`]),
    );
    const { code, stdout } = await ask('explain', ...tunnels, '--principal', cells[0]?.principal ?? '');
    expect(code).toBe(0);
    expect(stdout).toContain(`unknown without ${call}`);
    expect((await ask('explain', ...tunnels, '--principal', bob)).code).toBe(1);
  });

  it('who-can is not blind if a list was cut off and no answer depends on it', async () => {
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
    const run = async (without: readonly string[], cutOff?: string) => {
      const dir = await temporaryFolder();
      const files = inputFiles(withKim);
      const cut =
        cutOff === undefined ? {} : { [cutOff]: { ...(files[cutOff] as object), NextToken: 'more' } };
      await writeFiles(join(dir, 'in'), { ...files, ...cut });
      for (const file of without) await rm(join(dir, 'in', file), { force: true });
      await latchkey(['scan', '--from', join(dir, 'in'), '--out', join(dir, 'out')]);
      return join(dir, 'out');
    };

    it('says on which side nothing was audited, and ends with 3', async () => {
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
      const { code, stdout, stderr } = await latchkey(['diff', whole, part]);
      expect([code, stderr]).toEqual([0, '']);
      expect(stdout).toContain('ec2 describe-instance-connect-endpoints');
      expect((await latchkey(['diff', part, part])).stdout).toBe(
        'nothing changed: nobody gained or lost access\n',
      );
      const cut = await run([], 'us-east-1/ec2.describe-instances.json');
      expect(await latchkey(['diff', cut, cut])).toMatchObject({
        stdout: 'nothing changed in what both runs collected\n',
        stderr: expect.stringMatching(
          /^AFTER: `ec2.describe-instances` in us-east-1 was not collected.*: what depends on it is not compared$/m,
        ),
      });
      expect((await latchkey(['diff', whole, whole])).stderr).toBe('');
    });
  });
});
