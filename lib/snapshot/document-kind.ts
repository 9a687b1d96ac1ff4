import type { DocumentKind } from '../policy/document.ts';
import type { PolicyKind } from './snapshot.ts';

/** By which grammar the document of a collected policy is read. */
export const DOCUMENT_KINDS: Readonly<Record<PolicyKind, DocumentKind>> = {
  'aws-managed': 'identity',
  'customer-managed': 'identity',
  inline: 'identity',
  trust: 'trust',
  scp: 'scp',
  rcp: 'rcp',
};
