import { createWriteStream } from 'node:fs';
import { mkdir, readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Snapshot } from '../lib/snapshot/snapshot.ts';
import { answerText, type CliAnswer } from './account/cli-answer.ts';
import { authorizationDetails } from './account/cli-iam.ts';
import { regionAnswers } from './account/cli-region.ts';
import { identityCenterAnswers } from './account/identity-center.ts';

/**
 * Writes a generated account as an input folder (docs/input-folder.md), for `latchkey scan --from` and any other tool
 * that reads the AWS CLI's output. Returns the bytes written. Throws an Error if the folder is not empty.
 */
export async function writeAccount(snapshot: Snapshot, folder: string): Promise<number> {
  await mkdir(folder, { recursive: true });
  if ((await readdir(folder)).length > 0)
    throw new Error(`the folder \`${folder}\` is not empty: name one that is, or a new one`);
  let bytes = 0;
  for (const [file, answer] of answersOf(snapshot)) {
    const target = path.join(folder, `${file}.json`);
    await mkdir(path.dirname(target), { recursive: true });
    await pipeline(Readable.from(answerText(answer)), createWriteStream(target));
    bytes += (await stat(target)).size;
  }
  return bytes;
}

function* answersOf(snapshot: Snapshot): Generator<readonly [file: string, CliAnswer]> {
  const { accountId } = snapshot;
  yield [
    'sts.get-caller-identity',
    {
      UserId: 'AROA3XFRBF535PLBIFPI4:auditor',
      Account: accountId,
      Arn: `arn:aws:sts::${accountId}:assumed-role/auditor/auditor`,
    },
  ];
  yield ['iam.get-account-authorization-details', authorizationDetails(snapshot)];
  yield ['organizations.effective-policies', effectivePolicies(snapshot)];
  if (snapshot.identityCenter) yield* identityCenterAnswers(snapshot.identityCenter, accountId);
  for (const region of snapshot.regions) {
    for (const [file, answer] of Object.entries(regionAnswers(region, accountId)))
      yield [`${region.region}/${file}`, answer];
  }
}

function effectivePolicies({ organization, policies }: Snapshot): CliAnswer {
  const records = new Map(policies.map((record) => [record.id, record]));
  const contents = (ids: readonly string[]) =>
    ids.map((id) => ({ Id: id, Name: records.get(id)?.name, Content: records.get(id)?.document }));
  return {
    OrganizationId: organization?.id,
    ManagementAccountId: organization?.managementAccountId,
    Targets: organization?.levels.map((level) => ({
      TargetId: level.targetId,
      ServiceControlPolicies: contents(level.serviceControlPolicies ?? []),
      ResourceControlPolicies: contents(level.resourceControlPolicies ?? []),
    })),
  };
}
