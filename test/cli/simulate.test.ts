import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { allow } from '../fixtures/account.ts';
import { latchkey, latchkeyInto, startLatchkey } from './run.ts';

const testCase = (id: string, action = 'ssm:StartSession') =>
  JSON.stringify({
    id,
    principal: 'arn:aws:iam::111122223333:user/alice',
    action,
    resource: 'arn:aws:ec2:us-east-1:111122223333:instance/i-0abc',
    identityPolicies: [allow('ssm:*')],
  });

const answersOf = (stdout: string) =>
  stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

describe('latchkey simulate', () => {
  it('answers each case in order, on standard output only', async () => {
    const { code, stdout, stderr } = await latchkey(
      ['simulate'],
      `\ufeff${testCase('1')}\r\n\n   \n${testCase('2', 'ec2:StopInstances')}`,
    );
    expect([code, stderr]).toEqual([0, '']);
    expect(answersOf(stdout)).toEqual([
      expect.objectContaining({ id: '1', decision: 'allowed', condition: null, blockedBy: null }),
      expect.objectContaining({ id: '2', decision: 'implicitDeny' }),
    ]);
  });

  it('answers a line that cannot be read with an error, continues, and ends with 2', async () => {
    const lines = ['{"id":"a"', '7', '{"id":"b","principal":"nobody"}', testCase('c')];
    const { code, stdout, stderr } = await latchkey(['simulate'], lines.join('\n'));
    const answers = answersOf(stdout);
    expect(code).toBe(2);
    expect(stderr).toBe('latchkey: 3 lines could not be read: see "error" in the answers\n');
    expect(answers).toHaveLength(4);
    expect(answers.slice(0, 3).every(({ error }) => typeof error === 'string' && error !== '')).toBe(true);
    expect(answers[2]?.id).toBe('b');
    expect(answers[3]).toMatchObject({ id: 'c', decision: 'allowed' });
  });

  it('prints nothing for an empty input', async () => {
    expect(await latchkey(['simulate'])).toEqual({ code: 0, stdout: '', stderr: '' });
  });

  it('answers each line before more input comes', async () => {
    const { child, ended } = startLatchkey(['simulate']);
    const first = new Promise<string>((resolve) => child.stdout.once('data', resolve));
    child.stdin.write(`${testCase('1')}\n`);
    expect(JSON.parse(await first)).toMatchObject({ id: '1' });
    child.stdin.end();
    expect((await ended).code).toBe(0);
  });

  it('ends quietly if its reader closes the pipe', async () => {
    const { child, ended } = startLatchkey(['simulate']);
    child.stdin.on('error', () => {});
    child.stdout.once('data', () => child.stdout.destroy());
    child.stdin.end(`${testCase('1')}\n`.repeat(5000));
    expect(await ended).toMatchObject({ code: 0, stderr: '' });
  });

  it.runIf(existsSync('/dev/full'))('ends with 2 if its answers cannot be written', () => {
    const { code, stderr } = latchkeyInto('/dev/full', ['simulate'], testCase('1'));
    expect(code).toBe(2);
    expect(stderr).toMatch(/^latchkey: the answer is not complete: cannot write it \(ENOSPC: .*\)\n$/);
  });

  it('reads no more cases while nobody reads its answers', async () => {
    const { child, ended } = startLatchkey(['simulate']);
    child.stdout.pause();
    const lines = `${testCase('1')}\n`.repeat(100);
    const most = 3000;
    let taken = 0;
    const feed = (): void => {
      let room = true;
      while (room && taken < most) {
        taken += 1;
        room = child.stdin.write(lines);
      }
    };
    child.stdin.on('drain', feed);
    feed();
    for (let seen = -1; seen !== taken; await sleep(500)) seen = taken;
    child.stdin.off('drain', feed);
    expect(taken).toBeLessThan(most);
    child.stdout.resume();
    child.stdin.end();
    expect((await ended).stdout.trim().split('\n')).toHaveLength(taken * 100);
  });
});
