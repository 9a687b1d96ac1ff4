import { type CompiledPolicy, compilePolicy } from '../evaluator/compile.ts';
import { parsePolicy } from '../policy/document.ts';
import { DOCUMENT_KINDS } from '../snapshot/document-kind.ts';
import type { PolicyRecord } from '../snapshot/snapshot.ts';
import { once } from './once.ts';

/** A collected policy, parsed and compiled once somebody asks what it says: a single question asks few of an account. */
export function compileRecord({ id, kind: record, document, problems }: PolicyRecord): CompiledPolicy {
  const kind = DOCUMENT_KINDS[record];
  const whole = once(() => compilePolicy(parsePolicy(document, kind, problems), id, kind));
  return {
    name: id,
    kind,
    get document() {
      return whole().document;
    },
    get statements() {
      return whole().statements;
    },
    get byAction() {
      return whole().byAction;
    },
  };
}
