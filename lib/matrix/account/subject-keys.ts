import { isSessionKey } from './session-facts.ts';

/**
 * The condition keys that depend on who makes a request. All others are the same for everybody: unknown, or decided by
 * the request. Classes of principals rest on this: a key that is missing here makes two that differ look alike.
 * `key` is canonical (`canonicalKey`).
 */
export function isSubjectKey(key: string): boolean {
  return isIdentityKey(key) || isSessionKey(key);
}

/** Those that tell principals apart whose credentials come in the same ways. */
export function isIdentityKey(key: string): boolean {
  return key.startsWith('aws:principal') || key === 'aws:username' || key === 'aws:userid';
}
