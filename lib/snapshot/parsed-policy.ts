import { remembered } from '../memory/remembered.ts';
import { type PolicyDocument, parsePolicy } from '../policy/document.ts';
import { DOCUMENT_KINDS } from './document-kind.ts';
import type { PolicyRecord } from './snapshot.ts';

const parsed = new WeakMap<PolicyRecord, PolicyDocument>();

/**
 * A collected policy, parsed on first use, and once: the matrix, findings, drift and the list of problems all
 * need it.
 */
export const parsedPolicy = (record: PolicyRecord): PolicyDocument =>
  remembered(parsed, record, () =>
    parsePolicy(record.document, DOCUMENT_KINDS[record.kind], record.problems),
  );
