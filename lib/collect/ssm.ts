import { parseJson } from '../policy/json.ts';
import type {
  ManagedInstance,
  RegionSnapshot,
  SessionPreferences,
  SsmDocument,
} from '../snapshot/snapshot.ts';
import { type Fields, fieldsOf, isoTime, objectsOf, tagsOf, text } from './fields.ts';
import { collectKept, type KeptWish } from './kept.ts';
import { type Answer, type Reading, readCall } from './reading.ts';

export type SsmPart = Pick<RegionSnapshot, 'managedInstances' | 'sessionPreferences' | 'documents'>;

/** What Systems Manager says of one region. */
export async function collectSsm(
  reading: Reading,
  region: string,
  accountId: string,
  wish: KeptWish | null = null,
): Promise<SsmPart> {
  const part: SsmPart = {
    managedInstances: await readCall(reading, 'ssm.describe-instance-information', region, (answer) => {
      const value = takeManaged(answer);
      return { value, items: value.length };
    }),
    sessionPreferences: await readCall(reading, 'ssm.get-document', region, (answer) => ({
      value: takePreferences(answer),
      items: null,
    })),
    documents: await readCall(reading, 'ssm.list-documents', region, (answer) => {
      const value = takeDocuments(answer, accountId);
      return { value, items: value.length };
    }),
  };
  await collectKept(reading, 'ssm', region, wish);
  return part;
}

/** https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_InstanceInformation.html */
function takeManaged(answer: Answer): ManagedInstance[] {
  const managed: ManagedInstance[] = [];
  for (const { item, at } of objectsOf(answer.fields, 'InstanceInformationList', '$', answer.note)) {
    const id = text(item, 'InstanceId');
    if (id === null) {
      answer.note(at, 'left out: it has no `InstanceId`');
      continue;
    }
    managed.push({
      id,
      pingStatus: text(item, 'PingStatus') ?? 'unknown',
      platform: text(item, 'PlatformType'),
      agentVersion: text(item, 'AgentVersion'),
      lastPing: isoTime(item.LastPingDateTime),
    });
  }
  return managed;
}

/** With no preferences document (`{}`) Session Manager's defaults hold: ssm-user, no log, no key. */
function takePreferences(answer: Answer): SessionPreferences | null {
  const content = contentOf(answer);
  if (content === null) return null;
  const inputs = fieldsOf(content.inputs);
  return {
    runAsEnabled: inputs?.runAsEnabled === true || inputs?.runAsEnabled === 'true',
    runAsDefaultUser: text(inputs, 'runAsDefaultUser'),
    kmsKeyId: text(inputs, 'kmsKeyId'),
    s3BucketName: text(inputs, 's3BucketName'),
    cloudWatchLogGroupName: text(inputs, 'cloudWatchLogGroupName'),
  };
}

/** https://docs.aws.amazon.com/systems-manager/latest/userguide/session-manager-schema.html */
function contentOf(answer: Answer): Fields | null {
  const { Content: content } = answer.fields;
  // `{}` stands for: there is no such document
  if (Object.keys(answer.fields).length === 0) return {};
  if (typeof content !== 'string') {
    if (fieldsOf(content) === null) answer.note('$.Content', 'is not a document');
    return fieldsOf(content);
  }
  const parsed = parseJson(content);
  if (parsed.ok && fieldsOf(parsed.value) !== null) return fieldsOf(parsed.value);
  answer.note('$.Content', 'is not a JSON object: ask with `--document-format JSON`');
  return null;
}

/** The account's own session and command documents; `list-documents` also names those of Amazon and of others. */
function takeDocuments(answer: Answer, accountId: string): SsmDocument[] {
  const documents: SsmDocument[] = [];
  for (const { item, at } of objectsOf(answer.fields, 'DocumentIdentifiers', '$', answer.note)) {
    const name = text(item, 'Name');
    const documentType = text(item, 'DocumentType');
    if (name === null || documentType === null) {
      answer.note(at, `left out: it has no \`${name === null ? 'Name' : 'DocumentType'}\``);
      continue;
    }
    const own = (text(item, 'Owner') ?? accountId) === accountId;
    if (!own || !(documentType === 'Session' || documentType === 'Command')) continue;
    documents.push({ name, documentType, tags: tagsOf(item, at, answer.note) });
  }
  return documents;
}
