import { evaluateClause } from '../../evaluator/conditions/evaluate-clause.ts';
import type { KeyState } from '../../evaluator/context.ts';
import { formulaKey } from '../../evaluator/formula-key.ts';
import { remembered } from '../../memory/remembered.ts';
import type { Tags } from '../../snapshot/snapshot.ts';
import type { Account } from '../account/account.ts';
import { tagStates } from '../account/request-context.ts';
import { stateOf, VOLUME_KEYS } from '../account/resource-facts.ts';
import type { Target } from '../account/target.ts';
import { type ArnShape, kindRow, PASSED_FOR, type ResourceKind } from '../paths/resource-kinds.ts';
import { ArnFeatures } from './arn-features.ts';
import { type KeyReader, keyReader } from './key-reader.ts';
import type { Relevant } from './relevant.ts';
import { RequestFingerprints } from './request-fingerprints.ts';

/** The value of every key that no condition reads. */
const UNSEEN = 'any';

/** What policies read of resources. One of those with equal fingerprints represents all. */
export class ResourceFingerprints {
  readonly requests: RequestFingerprints;
  /** true if a condition on passing a role reads the instance that the role is for */
  readonly asksWhatFor: boolean;
  readonly #relevant: Relevant;
  readonly #partition: string;
  readonly #arns = new Map<string, ArnFeatures>();
  readonly #values = new Map<string, (value: string | null) => string>();
  readonly #tagged = new Map<string, boolean>();
  readonly #blind = new Map<ResourceKind, boolean>();
  #tagReaders: readonly KeyReader[] | null = null;

  /** true if a condition reads more of a disk than its tags */
  readonly #seesVolumeKeys: boolean;

  constructor(account: Account, relevant: Relevant) {
    this.#relevant = relevant;
    this.#partition = account.snapshot.partition;
    this.requests = new RequestFingerprints(account, relevant);
    this.#seesVolumeKeys = relevant.clauses.some(({ keys }) => keys.some((key) => VOLUME_KEYS.has(key)));
    this.asksWhatFor = relevant.clauses.some(({ keys }) => keys.includes(PASSED_FOR));
  }

  of(kind: ResourceKind, { arn, tags, context, missing }: Target): string {
    const { arns } = kindRow(kind);
    const parts = [arns ? this.arnsOf(arns).of(arn) : arn];
    if (!arns || this.#seesTags(arns.service)) parts.push(tags === null ? '' : this.#tagsOf(tags, arns));
    if (missing !== undefined) parts.push(missing);
    for (const [name, value] of Object.entries(context ?? {})) {
      const key = name.toLowerCase();
      const seen = key === PASSED_FOR ? UNSEEN : this.value(key, value);
      // a key that is absent differs from an unknown one
      if (seen !== UNSEEN) parts.push(`${key}:${seen}`);
    }
    return parts.join(' ');
  }

  /** Only tags that conditions read: each disk may have a name of its own. */
  #tagsOf(tags: Tags, arns: ArnShape | undefined): string {
    if (!arns) return JSON.stringify(tags);
    const states = tagStates(tags);
    this.#tagReaders ??= tagReaders(this.#relevant);
    return this.#tagReaders.map((read) => read(states, states)).join();
  }

  /** True if no policy separates any two resources of the kind. Keys of the request are not considered. */
  isBlind(kind: ResourceKind): boolean {
    return remembered(this.#blind, kind, () => this.#findBlind(kind));
  }

  #findBlind(kind: ResourceKind): boolean {
    const { arns, keys = [] } = kindRow(kind);
    return (
      arns !== undefined &&
      !this.#relevant.clauses.some((clause) => keys.some((key) => clause.keys.includes(key))) &&
      this.arnsOf(arns).isBlind &&
      !this.#seesTags(arns.service) &&
      !(arns.type.startsWith('volume') && this.#seesVolumeKeys)
    );
  }

  arnsOf({ service, type, idsHavePaths }: ArnShape): ArnFeatures {
    const name = `${service} ${type}`;
    const prefix = `arn:${this.#partition}:${service}:`;
    return remembered(
      this.#arns,
      name,
      () => new ArnFeatures(this.#relevant.patterns, prefix, type, idsHavePaths ?? false),
    );
  }

  /**
   * Equal for values with the same result in every condition. If a condition on the key has a variable, every value
   * is different.
   */
  value(key: string, value: string | null): string {
    const of = remembered(this.#values, key, () => this.#valuesOf(key));
    return of(value);
  }

  /** True if a condition reads the key. */
  asksFor = (key: string): boolean => this.value(key, null) !== UNSEEN;

  #valuesOf(key: string): (value: string | null) => string {
    const clauses = this.#relevant.clauses.filter(({ keys }) => keys.includes(key));
    if (clauses.length === 0) return () => UNSEEN;
    if (clauses.some(({ hasVariables, keys }) => hasVariables || keys.length > 1))
      return (value) => value ?? 'none';
    return (value) => {
      const lookup = (asked: string): KeyState => (asked === key ? stateOf(value) : null);
      return clauses
        .map(({ clause, service }) => formulaKey(evaluateClause(clause, { service, lookup })))
        .join();
    };
  }

  #seesTags(service: string): boolean {
    return remembered(this.#tagged, service, () =>
      this.#relevant.clauses.some(
        (one) => one.service === service && one.keys.some((key) => key.includes('resourcetag/')),
      ),
    );
  }
}

function tagReaders({ clauses }: Relevant): readonly KeyReader[] {
  const asked = clauses.flatMap(({ keys }) => keys.filter((key) => key.startsWith('aws:resourcetag/')));
  return [...new Set(asked)].map((key) =>
    keyReader(
      key,
      clauses.filter(({ keys }) => keys.includes(key)),
    ),
  );
}
