import type { Instance } from '../snapshot/snapshot.ts';

/**
 * `role/DevOps` for an ARN, `account 444455556666` for an outside account; the text itself if it is not an
 * ARN. The path is left out: names of users and of roles are unique in an account without it.
 */
export function shortPrincipal(arn: string): string {
  const parts = /^arn:[^:]*:(?:iam|sts)::([^:]*):(.*)$/s.exec(arn);
  if (parts === null) return arn;
  const [, account = '', resource = ''] = parts;
  if (resource === 'root') return `account ${account}`;
  return resource.replace(/^(user|role)\/[!-~]*\/([\w+=,.@-]+)$/, '$1/$2');
}

/** `SSO AdministratorAccess` of a permission set's role, as people know it; null for any other principal. */
export function ssoName(arn: string): string | null {
  const set = /\/AWSReservedSSO_([^/]+)_[0-9a-f]{16}$/.exec(arn)?.[1];
  return set === undefined ? null : `SSO ${set}`;
}

/** The actor of a change as people know it, by its ARN and what follows: `SSO AdministratorAccess (session mara)`. */
export const actorName = (actor: string): string =>
  actor.replace(/^arn:\S+/, (arn) => ssoName(arn) ?? shortPrincipal(arn));

/** `payments-api (i-0abc)`: anyone in the account may set the name, so the id is always beside it. */
export function instanceLabel(instance: { readonly id: string; readonly name: string | null }): string {
  return instance.name === null || instance.name === '' ? instance.id : `${instance.name} (${instance.id})`;
}

/** True for a word that fits on a line of a phone as code: it is not broken there. */
export const fitsOnLine = (word: string): boolean => /^[ -~]{1,30}$/.test(word);

/** Ids that AWS gives, in a sentence: of instances, security groups, images. As an odd part of a split text. */
export const AWS_IDS = /\b([a-z]+-[0-9a-f]{8,17})\b/;

const ENVIRONMENT_KEYS = ['environment', 'env', 'stage'];

/** The value of the tag that names the environment (`environment`, `env` or `stage`, any case), or null. */
export function environmentOf(instance: Instance | undefined): string | null {
  for (const key of ENVIRONMENT_KEYS) {
    const tag = instance?.tags.find((candidate) => candidate.key.toLowerCase() === key);
    if (tag !== undefined && tag.value !== '') return tag.value;
  }
  return null;
}

/** `2026-08-23 10:15 UTC`; the text itself if it is not an ISO 8601 time. */
export function shortTime(iso: string): string {
  const parts = /^(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2})/.exec(iso);
  return parts === null ? iso : `${parts[1]} ${parts[2]} UTC`;
}
