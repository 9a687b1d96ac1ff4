import type { Fields } from '../policy/fields.ts';
import { parseJson } from '../policy/json.ts';
import type { DocumentContent } from '../snapshot/services.ts';
import type { ManagedInstance, SessionPreferences, SsmDocument } from '../snapshot/snapshot.ts';
import { type Answer, itemsOf } from './answer.ts';
import { fieldsOf, isoTime, list, notGiven, objectsOf, tagsOf, text } from './fields.ts';
import type { AnswerPlace } from './instances.ts';

/** https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_InstanceInformation.html */
export function takeManaged(answer: Answer): ManagedInstance[] {
  const managed: ManagedInstance[] = [];
  for (const { item, at } of objectsOf(answer.fields, 'InstanceInformationList', '$', answer.note)) {
    const id = text(item, 'InstanceId');
    if (id === null) {
      answer.note(at, 'left out: it has no `InstanceId`');
      continue;
    }
    notGiven(item, ['PingStatus'], at, answer.note);
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

/** Without a preferences document (`{}`) Session Manager's defaults hold: ssm-user, no log, no key. */
export function takePreferences(answer: Answer): SessionPreferences | null {
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
  // `{}` means that there is no such document
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

/** The account's own documents, of every type; `list-documents` also returns those of Amazon and of others. */
export function takeDocuments(answer: Answer, { accountId }: AnswerPlace): SsmDocument[] {
  const documents = itemsOf(answer, 'DocumentIdentifiers', ['Name', 'DocumentType'], (item, at, found) => {
    if ((text(item, 'Owner') ?? accountId) !== accountId) return null;
    const [name, documentType] = found;
    notGiven(item, ['DocumentVersion'], at, answer.note);
    const version = text(item, 'DocumentVersion');
    const platforms = list(item, 'PlatformTypes', at, answer.note).filter((one) => typeof one === 'string');
    return {
      ...{ name, documentType, tags: tagsOf(item, at, answer.note) },
      ...(version === null ? {} : { version }),
      ...(platforms.length === 0 ? {} : { platforms: [...platforms].sort() }),
    };
  });
  return documents.filter((one) => one !== null);
}

/** The content of one document. */
export function takeDocumentContent(answer: Answer): DocumentContent[] {
  const name = text(answer.fields, 'Name') ?? answer.argument ?? '';
  return [{ name, version: text(answer.fields, 'DocumentVersion'), content: contentOf(answer) }];
}
