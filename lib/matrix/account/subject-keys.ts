import { isSessionKey } from './session-facts.ts';

/**
 * The condition keys that depend on the caller. All others are the same for everybody: unknown, or decided by
 * the request. Classes of principals depend on this list: if a key is missing, principals that differ look
 * equal. `key` is canonical (`canonicalKey`).
 */
export function isSubjectKey(key: string): boolean {
  return isIdentityKey(key) || isSessionKey(key);
}

/** Those that differ between principals with the same kind of credentials. */
export function isIdentityKey(key: string): boolean {
  return key.startsWith('aws:principal') || key === 'aws:username' || key === 'aws:userid';
}
