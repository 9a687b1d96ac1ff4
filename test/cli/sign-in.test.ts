import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { signInCommand } from '../../cli/sign-in.ts';

let folder = '';
let file = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'latchkey-sign-in-'));
  file = join(folder, 'config');
  await writeFile(
    file,
    [
      '[default]',
      'region = eu-west-1',
      '[profile audit]',
      'sso_session = acme',
      'sso_account_id=111122223333',
      '[profile "old style"]',
      'sso_start_url = https://acme.awsapps.com/start',
      '[profile member]',
      'role_arn = arn:aws:iam::111122223333:role/read',
      'source_profile = audit',
      '[profile console]',
      'login_session = arn:aws:iam::111122223333:user/alice',
      '[profile a]',
      'source_profile = b',
      '[profile b]',
      'source_profile = a',
    ].join('\n'),
  );
});
afterAll(() => rm(folder, { recursive: true, force: true }));

it.each([
  [{ AWS_PROFILE: 'audit' }, 'aws sso login --profile audit'],
  [{ AWS_PROFILE: 'old style' }, "aws sso login --profile 'old style'"],
  [{ AWS_PROFILE: 'member' }, 'aws sso login --profile audit'],
  [{ AWS_DEFAULT_PROFILE: 'console' }, 'aws login --profile console'],
  [{ AWS_PROFILE: 'not-there' }, 'aws login --profile not-there'],
  [{}, 'aws login'],
])('with %j the command is `%s`', async (env, command) => {
  expect(await signInCommand({ ...env, AWS_CONFIG_FILE: file })).toBe(command);
});

it('the search for the command ends if profiles refer to each other, and if there is no file', async () => {
  expect(await signInCommand({ AWS_PROFILE: 'a', AWS_CONFIG_FILE: file })).toMatch(
    /^aws login --profile [ab]$/,
  );
  expect(await signInCommand({ AWS_CONFIG_FILE: join(folder, 'none') })).toBe('aws login');
});
