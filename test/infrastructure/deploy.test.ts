import { spawn } from 'node:child_process';
import { cp, mkdtemp, rename, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { permissionsFor } from './deploy-permissions.ts';
import { type RecordingCloudFormation, recordCloudFormation } from './recording-cloudformation.ts';

const ROOT = path.join(import.meta.dirname, '..', '..');
const PARTS = [
  'functions',
  'infrastructure',
  'lib',
  'tools',
  'package.json',
  'serverless.yml',
  'tsconfig.json',
];

// packaging takes minutes on a busy machine
vi.setConfig({ testTimeout: 300_000 });

let checkout: string;
let aws: RecordingCloudFormation;

/** A separate checkout, since packaging writes into fixed folders. */
beforeAll(async () => {
  checkout = await mkdtemp(path.join(tmpdir(), 'latchkey-deploy-'));
  for (const part of PARTS) await cp(path.join(ROOT, part), path.join(checkout, part), { recursive: true });
  await symlink(path.join(ROOT, 'node_modules'), path.join(checkout, 'node_modules'), 'dir');
  aws = await recordCloudFormation();
});

afterAll(async () => {
  await aws?.stop();
  await rm(checkout, { recursive: true, force: true });
});

interface Deployed {
  readonly code: number | null;
  readonly said: string;
}

/** `serverless deploy` with these options, as in docs/deploy.md. */
async function deploy(...options: readonly string[]): Promise<Deployed> {
  const serverless = path.join(checkout, 'node_modules', 'serverless', 'bin', 'serverless.js');
  const inherited = Object.entries(process.env).filter(([name]) => !/^(AWS_|VITEST|NODE_|SLS_)/.test(name));
  const child = spawn(process.execPath, [serverless, 'deploy', '--region', 'us-east-1', ...options], {
    cwd: checkout,
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 280_000,
    env: {
      ...Object.fromEntries(inherited),
      AWS_ENDPOINT_URL: aws.endpoint,
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      AWS_MAX_ATTEMPTS: '1',
      SLS_AWS_MONITORING_FREQUENCY: '10',
    },
  });
  let said = '';
  child.stdout.on('data', (chunk) => (said += chunk));
  child.stderr.on('data', (chunk) => (said += chunk));
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, said })));
}

/** The same package again, since its sources have not changed. */
const again = (...options: readonly string[]) => deploy('--package', 'packaged', ...options);

test('the first deploy sends no parameter that its template lacks, and uploads no secret', async () => {
  const { code, said } = await deploy(
    '--param=MailTo=team@example.com',
    '--param=ExternalId=a-secret-between-two',
  );
  expect(said).toContain('Service deployed');
  expect(code).toBe(0);
  const [core, whole, ...others] = aws.changeSets;
  expect(others).toEqual([]);
  expect(core?.type).toBe('CREATE');
  expect(Object.keys(core?.template.Resources ?? {}).sort()).toEqual([
    'ServerlessDeploymentBucket',
    'ServerlessDeploymentBucketPolicy',
  ]);
  expect(core?.parameters).toEqual({});
  expect(whole?.type).toBe('UPDATE');
  expect(whole?.parameters).toEqual({ MailTo: 'team@example.com', ExternalId: 'a-secret-between-two' });
  expect(aws.uploads.size).toBeGreaterThan(5);
  for (const [key, body] of aws.uploads) expect(body.includes('a-secret-between-two'), key).toBe(false);
  await rename(path.join(checkout, '.serverless'), path.join(checkout, 'packaged'));
});

test('a deploy with one parameter changes only that one, even if the functions are the same', async () => {
  const { code, said } = await again('--param=AccountIds=444455556666');
  expect({ code, said }).toMatchObject({ code: 0 });
  expect(aws.values()).toMatchObject({
    AccountIds: '444455556666',
    MailTo: 'team@example.com',
    ExternalId: 'a-secret-between-two',
    ScanSchedule: 'rate(1 day)',
  });
});

test('a deploy without parameters keeps all values', async () => {
  const before = aws.values();
  expect(await again('--force')).toMatchObject({ code: 0 });
  expect(new Set(Object.values(aws.changeSets.at(-1)?.parameters ?? {}))).toEqual(new Set([null]));
  expect(aws.values()).toEqual(before);
});

test('`default` resets a parameter to its default', async () => {
  expect(await again('--param=MailTo=default')).toMatchObject({ code: 0 });
  expect(aws.values()).toMatchObject({ MailTo: '', AccountIds: '444455556666' });
});

test('an unknown parameter is refused before anything is sent', async () => {
  const sent = aws.changeSets.length;
  const { code, said } = await again('--param=MailForm=latchkey@example.com');
  expect(code).not.toBe(0);
  expect(said).toContain(
    '`MailForm` is not a parameter: use one of AccessLogBucket, AccountIds, AlertEmail, ',
  );
  expect(aws.changeSets).toHaveLength(sent);
});

const OWN_TAG = { STAGE: 'prod' };
const lastTags = () => aws.changeSets.at(-1)?.tags;

test('tags of the stack are set by `StackTags`, kept by a later deploy, and reset by `default`', async () => {
  expect(lastTags()).toEqual(OWN_TAG);
  const tags = { team: 'security', 'cost-center': '4101', note: 'a=b' };
  expect(await again('--param=StackTags=team=security, cost-center=4101,note=a=b')).toMatchObject({
    code: 0,
  });
  expect(lastTags()).toEqual({ ...OWN_TAG, ...tags });
  expect(await again('--param=MailTo=you@example.com')).toMatchObject({ code: 0 });
  expect(lastTags()).toEqual({ ...OWN_TAG, ...tags });
  expect(await again('--param=StackTags=default')).toMatchObject({ code: 0 });
  expect(lastTags()).toEqual(OWN_TAG);
  expect(aws.values()).toMatchObject({ MailTo: 'you@example.com', AccountIds: '444455556666' });
});

test('an upgrade keeps the settings of the earlier release, and a roll back those that it knows', async () => {
  const settings = { ...aws.values() };
  // the earlier release did not have this parameter, and had one that is gone
  const { RunRetentionDays: _, ...known } = settings;
  aws.deployWith({ ...known, OldSetting: 'x' });
  expect(await again('--force')).toMatchObject({ code: 0 });
  expect(aws.values()).toEqual({ ...settings, RunRetentionDays: '400' });
  expect(aws.values()).not.toHaveProperty('OldSetting');
});

test('docs/deploy.md names every permission that deploying used', async () => {
  const named = await permissionsFor('npx serverless deploy');
  expect(aws.needed.size).toBeGreaterThan(8);
  // nobody has to be allowed this one
  const needed = [...aws.needed].filter((name) => name !== 'sts:GetCallerIdentity');
  expect(needed.filter((name) => !named.includes(name))).toEqual([]);
});
