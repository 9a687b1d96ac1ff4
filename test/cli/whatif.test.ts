import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { latchkey } from './run.ts';

const EVERYTHING = {
  type: 'put-inline-policy',
  principal: 'user/erin',
  policy: 'Everything',
  document: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] },
};

describe('latchkey whatif', () => {
  let out: string;
  let change: string;
  beforeAll(async () => {
    out = await mkdtemp(join(tmpdir(), 'latchkey-'));
    const { code, stderr } = await latchkey(['scan', '--from', 'examples/acme', '--out', out]);
    expect(code, stderr).toBe(0);
    change = join(out, 'change.json');
    await writeFile(change, JSON.stringify([EVERYTHING]));
  });

  afterAll(() => rm(out, { recursive: true, force: true }));

  test('shows by cause who would gain what, and can be made to fail for that', async () => {
    const { code, stdout, stderr } = await latchkey([
      'whatif',
      '--in',
      out,
      '--change',
      change,
      '--fail-on',
      'root',
    ]);
    expect(code).toBe(1);
    expect(stdout).toContain('inline policy `Everything` of user');
    expect(stderr).toMatch(/^this would open root access: \d+ ways in$/m);
    expect(await latchkey(['whatif', '--in', out, '--change', change])).toMatchObject({ code: 0 });
  });

  test('prints one object', async () => {
    const { stdout } = await latchkey(['whatif', '--in', out, '--change', change, '--json']);
    const answer = JSON.parse(stdout);
    expect(answer.drift.map(({ cause }: { cause: { kind: string } }) => cause.kind)).toEqual(['policy']);
    expect(answer.opens.root).toBeGreaterThan(0);
    expect(answer.opens.any).toBeGreaterThan(answer.opens.shell);
    expect(answer).toMatchObject({ reachable: [], notJudged: [] });
  });

  test('reads planned changes from standard input', async () => {
    const boundary = [{ type: 'untag', resource: 'i-0598c7d356eba48d7', keys: ['Owner'] }];
    const { code, stdout } = await latchkey(
      ['whatif', '--in', out, '--change', '-'],
      JSON.stringify(boundary),
    );
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'nobody would gain or lose access\n' });
  });

  test('accepts a template, with unknown values as unknown', async () => {
    const template = join(out, 'stack.yml');
    await writeFile(
      template,
      `Parameters:
  Fleet: {Type: String}
Resources:
  Run:
    Type: AWS::IAM::UserPolicy
    Properties:
      UserName: erin
      PolicyName: Run
      PolicyDocument:
        Statement: {Effect: Allow, Action: 'ssm:*', Resource: !Ref Fleet}
  Fleets: {Type: 'AWS::EC2::EC2Fleet'}
`,
    );
    const ask = ['whatif', '--in', out, '--change', template, '--fail-on', 'root'];
    const unknown = await latchkey(ask);
    expect(unknown).toMatchObject({ code: 1, stdout: expect.stringContaining('unknown') });
    expect(unknown.stderr).toContain('not judged: `Fleets`: Latchkey does not read `AWS::EC2::EC2Fleet`\n');
    expect(await latchkey([...ask, '--parameter', 'Fleet=arn:aws:s3:::none'])).toMatchObject({ code: 0 });
    expect(await latchkey([...ask, '--parameter', 'Fleet=*'])).toMatchObject({ code: 1 });
  });

  test('writes the same as SARIF, besides its answer', async () => {
    const file = join(out, 'whatif.sarif');
    const ask = ['whatif', '--in', out, '--change', change, '--sarif', file];
    expect(await latchkey(ask)).toMatchObject({ code: 0, stdout: expect.stringContaining('gained') });
    const { runs } = JSON.parse(await readFile(file, 'utf8'));
    const states = runs[0].results.map(
      ({ ruleId, baselineState }: Record<string, string>) => `${ruleId} ${baselineState}`,
    );
    // by the statement itself, and by those of the roles that it leads to
    expect(states).toEqual(['opens-root new', 'opens-root new']);
    expect(runs[0].results[0].locations[0].physicalLocation.region).toEqual({ startLine: 1 });
    const nowhere = await latchkey([...ask.slice(0, -1), join(out, 'none', 'x')]);
    expect(nowhere).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/--sarif: cannot write .* \(ENOENT\)/),
    });
  });

  test.each([
    [['--change', 'package.json', '--parameter', 'x'], '--parameter: `x` is not NAME=VALUE'],
    [
      ['--change', 'package.json', '--region', 'us-esat-1'],
      '--region: `us-esat-1` is no region of AWS (did you mean `us-east-1`?)',
    ],
    [['--change', 'no-such-file'], '--change: cannot read `no-such-file` (ENOENT)'],
    [['--change', 'README.md'], '--change: `README.md`: it is not YAML at line '],
    [
      ['--change', 'package.json'],
      '--change: `package.json`: neither a list of changes, a template of CloudFormation, nor a plan',
    ],
    [['--change', 'package.json', '--prod'], '`--prod` limits `--fail-on`: name both'],
  ])('%j gives one line', async (args, message) => {
    const { code, stdout, stderr } = await latchkey(['whatif', '--in', out, ...args]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(`latchkey: ${message}`);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  });
});
