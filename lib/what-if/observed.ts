import { clauseName } from '../evaluator/clause-name.ts';
import { type CompiledPolicy, statementsFor } from '../evaluator/compile.ts';
import type { CompiledClause } from '../evaluator/conditions/clause.ts';
import { evaluateClause } from '../evaluator/conditions/evaluate-clause.ts';
import { formulaKey } from '../evaluator/formula-key.ts';
import { type Account, policiesOf, type Subject } from '../matrix/account/account.ts';
import { contextAt, type PlaceKeys, placeKeys } from '../matrix/account/request-context.ts';
import { isSubjectKey } from '../matrix/account/subject-keys.ts';
import { relevantClause, variableKeys } from '../matrix/classes/relevant.ts';
import { remembered } from '../memory/remembered.ts';
import { type EquivalentClasses, type FingerprintedInstance, joinedParts } from './equivalent-classes.ts';

/** A condition on the tags of an instance, for some principals. */
export interface ObservedClause {
  readonly clause: CompiledClause;
  readonly service: string;
  readonly subject: Subject;
  /** the tags, canonical */
  readonly keys: readonly string[];
  /** the indexes of the tags in a fingerprint */
  readonly at: readonly number[];
  /** its result, by the text of these tags */
  readonly known: Map<string, string>;
}

/** The properties of an instance that the answer to a request depends on. */
export interface Observed {
  /** names of all properties that it may read */
  readonly names: readonly string[];
  /** names of those that it reads other than through `clauses` */
  readonly otherwise: readonly string[];
  /** conditions for which only the result matters */
  readonly clauses: readonly ObservedClause[];
}

interface ObservedPolicy {
  readonly names: readonly string[];
  readonly otherwise: readonly string[];
  readonly clauses: readonly NamedClause[];
}

interface NamedClause {
  readonly name: string;
  readonly clause: CompiledClause;
  readonly keys: readonly string[];
  readonly subjectKeys: readonly string[];
}

/** What policies read of an instance in a request on it. */
export class ObservedBy {
  readonly #account: Account;
  readonly #equivalents: EquivalentClasses;
  readonly #byPolicy = new Map<CompiledPolicy, Map<string, ObservedPolicy>>();
  readonly #clauses = new Map<string, ObservedClause>();
  readonly #keys = new WeakMap<FingerprintedInstance, Map<string, PlaceKeys>>();

  constructor(account: Account, equivalents: EquivalentClasses) {
    this.#account = account;
    this.#equivalents = equivalents;
  }

  /** `action` in lower case. */
  of(action: string, subject: Subject): Observed {
    const seen = policiesOf(subject).map((policy) => this.#bySide(policy, action));
    const service = serviceOf(action);
    const all = <T>(own: (one: ObservedPolicy) => readonly T[]): readonly T[] => [
      ...new Set(seen.flatMap(own)),
    ];
    const clauses = seen.flatMap((one) =>
      one.clauses.map((clause) => this.#clause(clause, service, subject)),
    );
    return {
      names: all(({ names }) => names),
      otherwise: all(({ otherwise }) => otherwise),
      clauses: [...new Set(clauses)],
    };
  }

  /** The result of a condition on an instance: equal texts, equal answers. */
  outcome({ clause, service, subject, at, known }: ObservedClause, on: FingerprintedInstance): string {
    const text = joinedParts(on.fingerprint, at);
    return remembered(known, text, () =>
      formulaKey(evaluateClause(clause, contextAt(this.#keysOf(on, service), subject))),
    );
  }

  #keysOf(on: FingerprintedInstance, service: string): PlaceKeys {
    const byService = remembered(this.#keys, on, () => new Map<string, PlaceKeys>());
    let keys = byService.get(service);
    if (!keys) {
      const { arn, tags, region } = on.instance;
      keys = placeKeys({ action: `${service}:`, on: 'instance' }, { arn, tags }, region, this.#account);
      byService.set(service, keys);
    }
    return keys;
  }

  #clause(
    { name, clause, keys, subjectKeys }: NamedClause,
    service: string,
    subject: Subject,
  ): ObservedClause {
    let full = `${service} ${name}`;
    if (subjectKeys.length > 0) {
      const { lookup } = contextAt({ ...NOWHERE, service }, subject);
      full += JSON.stringify(subjectKeys.map((key) => lookup(key) ?? String(lookup(key))));
    }
    const at = keys.map((key) => this.#equivalents.fingerprints.names.indexOf(key));
    const known = this.#clauses.get(full) ?? { clause, service, subject, keys, at, known: new Map() };
    this.#clauses.set(full, known);
    return known;
  }

  #bySide(policy: CompiledPolicy, action: string): ObservedPolicy {
    const known = remembered(this.#byPolicy, policy, () => new Map<string, ObservedPolicy>());
    return remembered(known, action, () => this.#read(policy, action));
  }

  #read(policy: CompiledPolicy, action: string): ObservedPolicy {
    const service = serviceOf(action);
    const statements = statementsFor(policy, action);
    const patterns = statements.flatMap(({ resources }) => resources ?? []);
    const otherwise = patterns.flatMap(({ template }) => variableKeys(template, service));
    if (patterns.some((pattern) => this.#equivalents.fingerprints.tellsApart(pattern))) otherwise.push('arn');
    const clauses: NamedClause[] = [];
    for (const clause of statements.flatMap((statement) => statement.clauses)) {
      const { keys } = relevantClause(clause, service);
      const tags = keys.filter(isTag);
      const subjectKeys = keys.filter(isSubjectKey);
      if (tags.length + subjectKeys.length < keys.length) otherwise.push(...keys);
      else if (tags.length > 0) clauses.push({ name: clauseName(clause), clause, keys: tags, subjectKeys });
    }
    return { names: [...otherwise, ...clauses.flatMap(({ keys }) => keys)], otherwise, clauses };
  }
}

const NOWHERE = { fixed: new Map(), own: new Map(), tags: null, carried: null, boundary: undefined };

const isTag = (key: string): boolean => key.startsWith('aws:resourcetag/');

const serviceOf = (action: string): string => action.slice(0, action.indexOf(':'));
