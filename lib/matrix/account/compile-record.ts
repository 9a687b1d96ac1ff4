import { type CompiledPolicy, compilePolicy } from '../../evaluator/compile.ts';
import type { Uncertainty } from '../../evaluator/decision.ts';
import { remembered } from '../../memory/remembered.ts';
import { DOCUMENT_KINDS } from '../../snapshot/document-kind.ts';
import { parsedPolicy } from '../../snapshot/parsed-policy.ts';
import type { PolicyRecord } from '../../snapshot/snapshot.ts';

/** A collected policy, compiled when first needed: a single question needs few of an account's policies. */
class CompiledRecord implements CompiledPolicy {
  readonly name: string;
  readonly kind: CompiledPolicy['kind'];
  readonly code: Uncertainty | null;
  readonly byAction: CompiledPolicy['byAction'] = new Map();
  readonly #record: PolicyRecord;
  #policy: CompiledPolicy | null = null;

  constructor(record: PolicyRecord) {
    this.name = record.id;
    this.kind = DOCUMENT_KINDS[record.kind];
    this.code = record.copyOf === undefined ? null : 'policy-copy';
    this.#record = record;
  }

  get document(): CompiledPolicy['document'] {
    return this.#whole.document;
  }

  get statements(): CompiledPolicy['statements'] {
    return this.#whole.statements;
  }

  get #whole(): CompiledPolicy {
    this.#policy ??= compilePolicy(parsedPolicy(this.#record), this.name, this.kind);
    return this.#policy;
  }
}

const known = new WeakMap<PolicyRecord, CompiledPolicy>();

/** One object per record: accounts that share records share the cached results about them. */
export function compileRecord(record: PolicyRecord): CompiledPolicy {
  return remembered(known, record, () => new CompiledRecord(record));
}
