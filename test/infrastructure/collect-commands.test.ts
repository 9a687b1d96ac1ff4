import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { commandsOfScript } from '../cli/recording-aws.ts';
import { pythonLeftOut } from '../python/python.ts';
import { awsLinters } from './aws-linters.ts';
import { problemsOfCommand } from './cli-command.ts';

const leftOut = pythonLeftOut() ?? (spawnSync('jq', ['--version']).status === 0 ? null : 'there is no jq');

test('the commands of examples/collect.sh are calls that there are, with options that they take', async ({
  skip,
}) => {
  if (leftOut !== null)
    skip(`commands of examples/collect.sh against AWS's own models (botocore): ${leftOut}`);
  const { packages } = await awsLinters();
  const lines = await commandsOfScript(1);
  expect(lines.length).toBeGreaterThan(60);
  for (const line of lines) expect(await problemsOfCommand(packages, line), line).toEqual([]);
}, 600_000);
