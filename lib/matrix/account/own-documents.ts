import { isObject, own } from '../../policy/fields.ts';
import type { SsmDocument } from '../../snapshot/snapshot.ts';
import { commands } from './document-commands.ts';
import { inRegion, makeable, SSM_DOCUMENT } from './new-resources.ts';
import { keyArns } from './session-key.ts';
import type { Place, Target } from './target.ts';

/**
 * The document with Session Manager's preferences: it starts a session and runs no command of the caller.
 * https://docs.aws.amazon.com/systems-manager/latest/userguide/getting-started-configure-preferences-cli.html
 */
const PREFERENCES = 'SSM-SessionManagerRunShell';

type Wanted = (document: SsmDocument, place: Place) => boolean;

/** The account's documents of one type; if they were not listed, any that a policy names. */
export const ownDocuments =
  (type: string, isWanted: Wanted = () => true) =>
  (place: Place): readonly Target[] => {
    const documents = place.region?.documents;
    if (!documents)
      return makeable(place, SSM_DOCUMENT)
        .filter(({ arn }) => !arn.endsWith(`/${PREFERENCES}`))
        .map((target) => ({ ...target, missing: 'ssm list-documents' }));
    return documents
      .filter((one) => one.documentType === type && one.name !== PREFERENCES && isWanted(one, place))
      .map(({ name, tags }) => ({ arn: inRegion(place, 'ssm', `document/${name}`), tags }));
  };

/**
 * What a session with a document starts, by the document's `sessionType`. A forwarded port is no shell. `encrypted`:
 * commands in a session under a KMS key of the document.
 */
type Opens = 'commands' | 'encrypted' | 'port' | 'unread';

/** https://docs.aws.amazon.com/systems-manager/latest/userguide/session-manager-schema.html */
export const opening =
  (what: Opens): Wanted =>
  ({ name }, { region }) => {
    const content = region?.documentContents?.find((one) => one.name === name)?.content;
    if (!isObject(content)) return what === 'unread';
    if (own(content, 'sessionType') === 'Port') return what === 'port';
    return what === (keyIn(content) === '' ? 'commands' : 'encrypted');
  };

interface EncryptedDocument {
  readonly document: Target;
  readonly key: Target;
}

/**
 * Documents for sessions under a KMS key of their own, once for each key that it may be.
 * https://docs.aws.amazon.com/systems-manager/latest/userguide/session-manager-schema.html
 */
export function encryptedDocuments(place: Place): readonly EncryptedDocument[] {
  const { account, region } = place;
  if (!region?.documents) return [];
  const contents = new Map(region.documentContents?.map(({ name, content }) => [name, content]));
  return ownDocuments(
    'Session',
    opening('encrypted'),
  )(place).flatMap((document) => {
    const key = keyIn(contents.get(document.arn.slice(document.arn.lastIndexOf('/') + 1)));
    return keyArns(key, region, account).map((arn) => ({ document, key: { arn, tags: null } }));
  });
}

function keyIn(content: unknown): string {
  const inputs = isObject(content) ? own(content, 'inputs') : null;
  const key = isObject(inputs) ? own(inputs, 'kmsKeyId') : null;
  return typeof key === 'string' ? key : '';
}

/**
 * Systems Manager rejects a command whose document is for another platform. A document without a platform counts for
 * all.
 * https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_SendCommand.html
 */
export const forPlatform: Wanted = ({ platforms }, { instance }) =>
  platforms === undefined ||
  platforms.some((one) => (one === 'Windows') === (instance.platform === 'windows'));

/** Documents that run commands of the caller and are for the platform of the instance. */
export function commandingDocuments(place: Place): readonly Target[] {
  const { documents = null, documentContents = null } = place.region ?? {};
  return (documentContents ?? []).filter(commands).flatMap(({ name }) => {
    const document = documents?.find((one) => one.name === name);
    if (document && !forPlatform(document, place)) return [];
    return [{ arn: inRegion(place, 'ssm', `document/${name}`), tags: document?.tags ?? null }];
  });
}
