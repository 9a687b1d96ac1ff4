import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { pythonLeftOut } from '../python/python.ts';
import { awsLinters } from './aws-linters.ts';
import { packagedService } from './packaged.ts';

/** One region of each partition, since resources differ between partitions. */
const REGIONS = ['us-east-1', 'us-gov-west-1', 'cn-north-1'];

/** W3005: the Serverless Framework writes twice that a function depends on its role. */
const HARMLESS = ['W3005'];

const leftOut = pythonLeftOut();
const reason = `templates against CloudFormation's rules (cfn-lint): ${leftOut}`;

interface Problem {
  readonly Rule: { readonly Id: string };
  readonly Message: string;
  readonly Location: { readonly Path: unknown };
}

async function lint(file: string): Promise<readonly string[]> {
  const { interpreter } = await awsLinters();
  const main = 'from cfnlint.runner import main; main()';
  const options = ['--regions', ...REGIONS, '--ignore-checks', ...HARMLESS, '--format', 'json'];
  const { stdout } = await promisify(execFile)(interpreter, ['-c', main, ...options, '--', file]).catch(
    (error) => {
      // the exit code differs if it found something
      if (typeof error.stdout === 'string' && error.stdout.startsWith('[')) return { stdout: error.stdout };
      throw error;
    },
  );
  return JSON.parse(stdout).map((problem: Problem) => `${problem.Rule.Id} ${problem.Message}`);
}

describe('cfn-lint', () => {
  beforeEach(({ skip }) => {
    if (leftOut !== null) skip(reason);
  });

  let packaged = '';
  let folder = '';
  beforeAll(async () => {
    if (leftOut !== null) return;
    packaged = await packagedService();
    folder = await mkdtemp(path.join(tmpdir(), 'latchkey-lint-'));
    await awsLinters();
  }, 600_000);
  afterAll(async () => {
    if (folder !== '') await rm(folder, { recursive: true, force: true });
  });

  test.each([
    ['cloudformation-template-create-stack.json', () => packaged],
    ['cloudformation-template-update-stack.json', () => packaged],
    ['member-account.yml', () => 'infrastructure'],
    ['other-region.yml', () => 'infrastructure'],
    ['expected-file.yml', () => 'infrastructure'],
  ])('%s is valid in regions of aws, aws-us-gov and aws-cn', async (file, where) => {
    expect(await lint(path.join(where(), file))).toEqual([]);
  });

  test('finds a resource with the name of a parameter, which the emulator accepts', async () => {
    const file = path.join(packaged, 'cloudformation-template-update-stack.json');
    const template = (await readFile(file, 'utf8')).replaceAll('"ScanTimer"', '"ScanSchedule"');
    const damaged = path.join(folder, 'template.json');
    await writeFile(damaged, template);
    expect((await lint(damaged)).map((problem) => problem.split(' ')[0])).toContain('E3007');
  });
});
