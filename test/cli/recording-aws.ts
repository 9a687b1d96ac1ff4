import { spawnSync } from 'node:child_process';
import { chmod, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { AwsCall } from '../../lib/collect/aws-call.ts';
import { CALLS } from '../../lib/collect/calls.ts';
import { temporaryFolder, writeFiles } from './run.ts';

export const SCRIPT = join(import.meta.dirname, '../../examples/collect.sh');

/** Stands for the AWS CLI: it writes each command to `log` and answers from `answers`, a file for each operation. */
const RECORDING_AWS = `#!/usr/bin/env bash
here=$(dirname "$0")/..
echo "aws $*" >> "$here/log"
case $2 in
  describe-regions) echo us-east-1; exit 0 ;;
  generate-credential-report) echo COMPLETE; exit 0 ;;
  list-container-instances|list-deployment-groups|list-projects) echo one two; exit 0 ;;
esac
cat "$here/answers/$1.$2.json"
`;

/** An item of each kind, so that what the script leaves out is not among them. */
const ITEM = {
  ...{ Name: 'one', name: 'one', DocumentType: 'Command', PrefixListName: 'office' },
  ...{ PrincipalType: 'GROUP', PrincipalId: 'group-1' },
};
const ROLE = { Arn: 'arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Ops_0' };
const BOUNDARY = { PermissionsBoundary: { PermissionsBoundaryArn: 'arn:aws:iam::aws:policy/Old' } };

/** Answers that name `count` things for each call that is made once a thing. */
const answersWith = (count: number): Readonly<Record<string, string>> =>
  Object.fromEntries(
    CALLS.map((call) => [
      `answers/${call.service}.${call.operation}.json`,
      JSON.stringify({ ...listsOf(call, count), ...OTHER[call.operation] }),
    ]),
  );

function listsOf({ service, operation, lists }: AwsCall, count: number) {
  return Object.fromEntries(
    lists.map((list) => {
      const about = CALLS.map(({ argument }) => argument).find(
        (argument) => argument?.kind === 'each' && argument.of === operation && argument.list === list,
      );
      const id = about?.kind === 'each' ? about.id : null;
      const names = Array.from({ length: count }, (_, n) => `${service}-${n}`);
      return [list, id === null ? names : names.map((name) => ({ ...ITEM, [id]: name }))];
    }),
  );
}

const OTHER: Readonly<Record<string, object>> = {
  'get-account-authorization-details': {
    ...{ UserDetailList: [], GroupDetailList: [], Policies: [], RoleDetailList: [{ ...ROLE, ...BOUNDARY }] },
  },
  'get-policy': { Policy: { DefaultVersionId: 'v3' } },
  'get-caller-identity': { Account: '111122223333' },
  'list-instances': { Instances: [{ InstanceArn: 'arn:aws:sso:::instance/i', IdentityStoreId: 'd-1' }] },
  'list-account-assignments': { AccountAssignments: [ITEM] },
};

/** The commands of examples/collect.sh, if each list names so many things. Needs jq. */
export async function commandsOfScript(count: number): Promise<readonly string[]> {
  const folder = await temporaryFolder();
  await writeFiles(folder, { 'bin/aws': RECORDING_AWS, ...answersWith(count) });
  await chmod(join(folder, 'bin/aws'), 0o755);
  const env = { ...process.env, PATH: `${folder}/bin:${process.env.PATH}` };
  const { stderr } = spawnSync('bash', [SCRIPT, join(folder, 'account')], { encoding: 'utf8', env });
  expect(stderr).not.toContain('not collected');
  return (await readFile(join(folder, 'log'), 'utf8')).trimEnd().split('\n');
}
