import { awsCommand } from '../policy/shell-word.ts';
import { policyOwner } from '../snapshot/policy-owner.ts';
import type { PolicyRecord, Tags } from '../snapshot/snapshot.ts';
import type { InputChange, InputSubject } from './input-change.ts';

type Undo = NonNullable<InputChange['undo']>;

/*
 * Null if a scan does not know a call: AWS made the change, IAM Identity Center would repeat it, or a name cannot be
 * typed. https://docs.aws.amazon.com/cli/latest/reference/iam/
 */

/** IAM accepts no longer document, and a longer line is unreadable. */
const LONGEST_DOCUMENT = 6144;

/** A managed policy that was attached or detached. */
export const undoAttachment =
  (holder: InputSubject, policy: string, added: boolean): Undo =>
  () =>
    ofHolder(holder, `${added ? 'detach' : 'attach'}-${holder.word}-policy`, { 'policy-arn': policy });

/** An inline policy that was added or deleted. */
export const undoInline =
  (holder: InputSubject, record: PolicyRecord, added: boolean): Undo =>
  () =>
    added
      ? ofHolder(holder, `delete-${holder.word}-policy`, { 'policy-name': record.name })
      : putInline(holder, record);

/** A document that changed: `old` is the text before. */
export const undoDocument =
  (old: PolicyRecord): Undo =>
  () => {
    const owner = policyOwner(old.id);
    const document = documentText(old);
    if (document === null) return null;
    switch (old.kind) {
      case 'inline':
        return owner && putInline(owner, old);
      case 'trust':
        return owner && ofHolder(owner, 'update-assume-role-policy', { 'policy-document': document });
      case 'customer-managed':
        return awsCommand('iam create-policy-version', {
          ...{ 'policy-arn': old.id, 'set-as-default': true, 'policy-document': document },
        });
      case 'scp':
      case 'rcp':
        return isOrganizationId(old.id)
          ? awsCommand('organizations update-policy', { 'policy-id': old.id, content: document })
          : null;
      default:
        return null;
    }
  };

export const undoBoundary =
  (holder: InputSubject, old: string | null): Undo =>
  () =>
    old === null
      ? ofHolder(holder, `delete-${holder.word}-permissions-boundary`, {})
      : ofHolder(holder, `put-${holder.word}-permissions-boundary`, { 'permissions-boundary': old });

export const undoMembership =
  (user: string, group: string, added: boolean): Undo =>
  () =>
    awsCommand(`iam ${added ? 'remove-user-from' : 'add-user-to'}-group`, {
      ...{ 'user-name': user, 'group-name': group },
    });

/** A tag of a user or role, or of an instance with its region; `old` is null if it did not have the key. */
export const undoTag =
  (subject: InputSubject, key: string, old: Tags[number] | null, region: string | null): Undo =>
  () => {
    // as JSON: in the short form commas and spaces have a meaning
    const tags = JSON.stringify([{ Key: key, ...(old === null ? {} : { Value: old.value }) }]);
    if (region !== null) {
      const call = old === null ? 'ec2 delete-tags' : 'ec2 create-tags';
      return awsCommand(call, { region, resources: subject.name, tags });
    }
    return old === null
      ? ofHolder(subject, `untag-${subject.word}`, { 'tag-keys': key })
      : ofHolder(subject, `tag-${subject.word}`, { tags });
  };

export const undoGuardrail =
  (policy: string, target: string, added: boolean): Undo =>
  () =>
    [policy, target].every(isOrganizationId)
      ? awsCommand(`organizations ${added ? 'detach' : 'attach'}-policy`, {
          ...{ 'policy-id': policy, 'target-id': target },
        })
      : null;

export const undoSerialConsole =
  (region: string, wasOn: boolean): Undo =>
  () =>
    awsCommand(`ec2 ${wasOn ? 'enable' : 'disable'}-serial-console-access`, { region });

/** A snapshot distinguishes policies with one id and two contents: `p-1a2b3c4d#2`. */
const isOrganizationId = (id: string): boolean => /^[\w-]+$/.test(id);

function putInline(holder: InputSubject, old: PolicyRecord): string | null {
  const document = documentText(old);
  if (document === null) return null;
  return ofHolder(holder, `put-${holder.word}-policy`, {
    ...{ 'policy-name': old.name, 'policy-document': document },
  });
}

/**
 * A call about a user, group or role. The service writes roles of IAM Identity Center and refuses other
 * writers.
 */
function ofHolder(
  { word, name }: InputSubject,
  call: string,
  options: Readonly<Record<string, string>>,
): string | null {
  if (word === 'role' && name.startsWith('AWSReservedSSO_')) return null;
  return awsCommand(`iam ${call}`, { [`${word}-name`]: name, ...options });
}

function documentText({ document }: PolicyRecord): string | null {
  if (document === null || typeof document !== 'object') return null;
  const text = JSON.stringify(document);
  return text.length > LONGEST_DOCUMENT ? null : text;
}
