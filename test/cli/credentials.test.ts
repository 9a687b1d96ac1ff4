import { mkdir, readdir, stat, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fakeAws, queryError } from '../adapters/aws/fake-aws.ts';
import { type Answers, smallAws } from '../faults/small-aws.ts';
import { latchkey, temporaryFolder, writeFiles } from './run.ts';

const KEYS = { AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE', AWS_SECRET_ACCESS_KEY: 'secret', AWS_SESSION_TOKEN: '' };
const CONFIG = `[default]
region = us-east-1
[profile audit]
sso_session = corp
sso_account_id = 111122223333
sso_role_name = Audit
[sso-session corp]
sso_start_url = https://example.awsapps.com/start
sso_region = us-east-1
`;

/** Nothing of the machine that runs the test. */
async function signedOut(more: Record<string, string> = {}): Promise<Record<string, string>> {
  const home = await temporaryFolder();
  await writeFiles(home, {
    config: CONFIG,
    credentials: '[ci]\naws_access_key_id = a\naws_secret_access_key = b\n',
  });
  return {
    HOME: home,
    AWS_CONFIG_FILE: join(home, 'config'),
    AWS_SHARED_CREDENTIALS_FILE: join(home, 'credentials'),
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_PROFILE: '',
    AWS_ACCESS_KEY_ID: '',
    AWS_SECRET_ACCESS_KEY: '',
    ...more,
  };
}

const live = async (env: Record<string, string>, ...args: string[]) => {
  const folder = await temporaryFolder();
  const ended = await latchkey(['scan', '--live', '--out', join(folder, 'out'), ...args], '', env);
  return { ...ended, written: await readdir(folder) };
};

describe('a live scan without a session fails with one plain line', () => {
  it.each([
    [
      'nobody is signed in',
      {},
      [],
      'no AWS credentials: sign in with `aws login`, or name a profile with `--profile`',
    ],
    [
      'a profile that is mistyped',
      {},
      ['--profile', 'audti'],
      'there is no AWS profile `audti` (did you mean `audit`?): the profiles are audit, ci, default',
    ],
    [
      'one that the environment mistypes',
      { AWS_PROFILE: 'c1' },
      [],
      'there is no AWS profile `c1` (did you mean `ci`?): the profiles are audit, ci, default',
    ],
    [
      'a session of Identity Center that is over',
      {},
      ['--profile', 'audit'],
      'the AWS session has expired: sign in again with `aws sso login --profile audit`',
    ],
    [
      'no network',
      { ...KEYS, AWS_ENDPOINT_URL: 'http://127.0.0.1:9' },
      [],
      'cannot reach `http://127.0.0.1:9` (ECONNREFUSED: connect ECONNREFUSED 127.0.0.1:9): check the network, or a proxy between',
    ],
  ] as const)('%s', async (_, env, args, message) => {
    const { code, stdout, stderr, written } = await live(await signedOut(env), ...args);
    expect([code, stdout, stderr, written]).toEqual([2, '', `latchkey: ${message}\n`, []]);
  });

  it.each([
    ['ExpiredToken', 'the AWS session has expired: sign in again with `aws login`'],
    [
      'InvalidClientTokenId',
      'AWS does not know these credentials (InvalidClientTokenId: no): sign in again with `aws login`',
    ],
  ])('%s', async (error, message) => {
    const aws = await fakeAws(() => queryError(403, error, 'no'));
    try {
      const endpoint = process.env.AWS_ENDPOINT_URL ?? '';
      const { code, stderr } = await live(await signedOut({ ...KEYS, AWS_ENDPOINT_URL: endpoint }));
      expect([code, stderr]).toEqual([2, `latchkey: ${message}\n`]);
      expect(aws.asked.length).toBeLessThan(3);
    } finally {
      await aws.close();
    }
  });

  it('continues if somebody is signed in', async () => {
    const aws = await smallAws({} satisfies Answers);
    const { code, stdout } = await live(await signedOut({ ...KEYS, AWS_ENDPOINT_URL: aws.endpoint }));
    await aws.close();
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^account {3}111122223333$/m)]);
  });
});

describe('the output folder', () => {
  const scan = (from: string, out: string) => latchkey(['scan', '--from', from, '--out', out]);

  it('is tested before anything is read', async () => {
    const folder = await temporaryFolder();
    await symlink('/proc', join(folder, 'closed'));
    const { code, stdout, stderr } = await scan('examples/acme', join(folder, 'closed', 'out'));
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^latchkey: --out: cannot write into `.*out` \(\w+\): name another folder, .*\n$/);
    expect(stderr).not.toContain('reading');
  });

  it('must differ from the input folder', async () => {
    const { code, stderr } = await scan('examples/acme', `${process.cwd()}/examples/acme/`);
    expect([code, stderr]).toEqual([2, expect.stringContaining('is the folder that is read')]);
  });

  it('is readable only for its owner, with everything in it', async () => {
    const out = join(await temporaryFolder(), 'deep', 'out');
    expect((await scan('examples/acme', out)).code).toBe(0);
    const modes = async (path: string): Promise<string[]> => {
      const { mode } = await stat(path);
      const names = (mode & 0o170000) === 0o040000 ? await readdir(path) : [];
      const below = await Promise.all(names.map((name) => modes(join(path, name))));
      return [(mode & 0o177777).toString(8), ...below.flat()];
    };
    expect(new Set(await modes(dirname(out)))).toEqual(new Set(['40700', '100600']));
  });

  it('keeps the permissions that its owner gave it', async () => {
    const out = join(await temporaryFolder(), 'out');
    await mkdir(out, { mode: 0o755 });
    expect((await scan('examples/acme', out)).code).toBe(0);
    expect(((await stat(out)).mode & 0o777).toString(8)).toBe('755');
  });
});
