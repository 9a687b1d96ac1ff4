import type { DocumentKind } from '../policy/document.ts';
import type { PolicyKind } from './snapshot.ts';

/** The grammar of each kind of collected policy. */
export const DOCUMENT_KINDS: Readonly<Record<PolicyKind, DocumentKind>> = {
  'aws-managed': 'identity',
  'customer-managed': 'identity',
  'earlier-version': 'identity',
  inline: 'identity',
  trust: 'trust',
  scp: 'scp',
  rcp: 'rcp',
};
