import { hasResourceLevel } from '../../reference/actions.ts';
import type { Instance } from '../../snapshot/snapshot.ts';
import type { Account } from '../account/account.ts';
import { carriedAmong, isRequestTag } from '../account/carried-keys.ts';
import { targetsOf } from '../account/targets.ts';
import type { RequestRow } from '../paths/access-path.ts';
import { ArnFeatures } from './arn-features.ts';
import type { Relevant } from './relevant.ts';

/** Services none of whose actions has IAM rules of its own. */
const PLAIN: ReadonlySet<string> = new Set(['ec2', 'ec2-instance-connect', 'ssm', 'ebs']);

/**
 * What policies read of the requests of paths. Requests with equal fingerprints have equal answers for principals
 * with equal views.
 */
export class RequestFingerprints {
  readonly #account: Account;
  readonly #documents: ArnFeatures;
  readonly #keys: readonly string[];

  constructor(account: Account, { patterns, clauses }: Relevant) {
    this.#account = account;
    this.#documents = new ArnFeatures(patterns, `arn:${account.snapshot.partition}:ssm:`, 'document/', true);
    this.#keys = [...new Set(clauses.flatMap(({ keys }) => keys))].filter(
      (key) => !key.startsWith('aws:') || isRequestTag(key),
    );
  }

  /** True if policies distinguish neither actions nor documents. */
  get areBlind(): boolean {
    return this.#documents.isBlind && this.#keys.length === 0;
  }

  /** `instances`: one for each region. */
  of(row: RequestRow, instances: readonly Instance[]): string {
    const { action, on, ...rest } = row;
    const service = action.slice(0, action.indexOf(':')).toLowerCase();
    const documents = on.startsWith('document:')
      ? instances.flatMap((instance) => targetsOf(on, instance, this.#account, null))
      : [];
    return JSON.stringify([
      PLAIN.has(service) ? [service, hasResourceLevel(action), carriedAmong(action, this.#keys)] : action,
      documents.length === 0
        ? on
        : documents.map(({ arn, tags }) => [ownerOf(arn), this.#documents.of(arn), tags]),
      rest,
    ]);
  }
}

/** The account in the ARN; documents may belong to AWS. */
function ownerOf(arn: string): string {
  return arn.split(':', 5)[4] ?? '';
}
