import { clauseName } from '../evaluator/clause-name.ts';
import { type CompiledPolicy, statementsFor } from '../evaluator/compile.ts';
import type { CompiledClause } from '../evaluator/conditions/clause.ts';
import { patternName } from '../evaluator/pattern-name.ts';
import type { Account, Subject } from '../matrix/account/account.ts';
import { decidingPolicies, gatingTagsIn } from '../matrix/account/gating-tags.ts';
import { specificPatterns } from '../matrix/account/named-arns.ts';
import { SESSION_ID } from '../matrix/account/sessions.ts';
import type { AccountRows } from '../matrix/account-rows.ts';
import type { BuiltRows } from '../matrix/build.ts';
import { classify } from '../matrix/classes/instance-classes.ts';
import { type Relevant, relevantClause, relevantIn, relevantTo } from '../matrix/classes/relevant.ts';
import { RequestFingerprints } from '../matrix/classes/request-fingerprints.ts';
import { once } from '../memory/once.ts';
import { remembered } from '../memory/remembered.ts';
import type { Instance } from '../snapshot/snapshot.ts';

/** A policy as it is and as it would be. */
export interface PolicyPair {
  readonly before: CompiledPolicy;
  readonly after: CompiledPolicy;
}

/**
 * Finds out whether changed policies distinguish instances, requests or sessions that no policy distinguished
 * before.
 */
export class NewDistinctions {
  readonly #account: Account;
  readonly #rows: AccountRows;
  readonly #instances: readonly Instance[];
  readonly #patterns: ReadonlySet<string>;
  readonly #clauses: ReadonlySet<string>;
  /** number of policies that read each tag, by its canonical key and its spelling */
  readonly #gating = new Map<string, Map<string, number>>();
  /** number of policies of principals that contain a name */
  readonly #names = once(() => {
    const counts = new Map<string, number>();
    const policies = new Set(this.#account.subjects.flatMap(({ layers }) => layers.identityPolicies));
    for (const name of [...policies].flatMap((policy) => [...specificPatterns(policy)]))
      counts.set(name, (counts.get(name) ?? 0) + 1);
    return counts;
  });
  readonly #known = new WeakMap<CompiledPolicy, boolean>();
  /** by the names of what is new, since many policies add the same */
  readonly #apart = new Map<string, boolean>();

  constructor({ audited, rows, instances }: BuiltRows) {
    this.#account = audited.account;
    this.#rows = rows;
    this.#instances = instances;
    const { patterns, clauses } = relevantIn(audited);
    this.#patterns = new Set(patterns.map(patternName));
    this.#clauses = new Set(clauses.map(({ clause, service }) => `${service} ${clauseName(clause)}`));
    for (const policy of decidingPolicies(audited.account)) {
      for (const [key, tag] of gatingTagsIn(policy)) {
        const spellings = this.#gating.get(key) ?? new Map<string, number>();
        this.#gating.set(key, spellings.set(tag, (spellings.get(tag) ?? 0) + 1));
      }
    }
  }

  /**
   * True if the changed policies together distinguish more instances, requests or sessions, or if other tags gate a
   * path.
   */
  between(pairs: readonly PolicyPair[]): boolean {
    return (
      this.#otherGates(pairs) || this.#otherNames(pairs) || pairs.some(({ after }) => this.tellsMore(after))
    );
  }

  /** True if one policy like this would distinguish more instances, requests or sessions. */
  tellsMore(after: CompiledPolicy): boolean {
    return remembered(this.#known, after, () => this.#asksMore(after));
  }

  #asksMore(after: CompiledPolicy): boolean {
    if (this.#otherSessions(after)) return true;
    const news = this.#newIn(after);
    return !new RequestFingerprints(this.#account, news).areBlind || this.#otherInstances(news);
  }

  #otherGates(pairs: readonly PolicyPair[]): boolean {
    /** by tag: the change of the number of policies that read it */
    const more = new Map<string, number>();
    for (const { before, after } of pairs) {
      const [was, is] = [gatingTagsIn(before), gatingTagsIn(after)];
      for (const key of new Set([...was.keys(), ...is.keys()])) {
        const [only, ...others] = this.#gating.get(key)?.keys() ?? [];
        if (only === undefined || others.length > 0 || (is.get(key) ?? only) !== only) return true;
        more.set(key, (more.get(key) ?? 0) + Number(is.has(key)) - Number(was.has(key)));
      }
    }
    return [...more].some(([key, by]) => {
      const [count = 0] = this.#gating.get(key)?.values() ?? [];
      return count + by < 1;
    });
  }

  /** Resources that were not listed are represented by the names in Allows: true if there would be others, or fewer. */
  #otherNames(pairs: readonly PolicyPair[]): boolean {
    const more = new Map<string, number>();
    for (const { before, after } of pairs) {
      const [was, is] = [specificPatterns(before), specificPatterns(after)];
      for (const name of was.union(is))
        more.set(name, (more.get(name) ?? 0) + Number(is.has(name)) - Number(was.has(name)));
    }
    return [...more].some(([name, by]) => {
      const count = this.#names().get(name) ?? 0;
      return count + by < 1 !== count < 1;
    });
  }

  #otherSessions(policy: CompiledPolicy): boolean {
    const isNew = (clause: CompiledClause): boolean =>
      relevantClause(clause, 'ssm').keys.includes(SESSION_ID) &&
      !this.#clauses.has(`ssm ${clauseName(clause)}`);
    return statementsFor(policy, 'ssm:resumesession').some(
      ({ resources, clauses }) =>
        clauses.some(isNew) || resources?.some((pattern) => !this.#patterns.has(patternName(pattern))),
    );
  }

  #otherInstances(news: Relevant): boolean {
    if (news.patterns.length === 0 && news.clauses.length === 0) return false;
    const clauses = news.clauses.map(({ clause, service }) => `${service} ${clauseName(clause)}`);
    const name = JSON.stringify([news.patterns.map(patternName), clauses]);
    return remembered(this.#apart, name, () => this.#areApart(news));
  }

  #areApart(news: Relevant): boolean {
    const { classOf } = classify(this.#account, this.#instances, news);
    const byPlace = new Map<number, number>();
    return this.#instances.some((_, i) => {
      const place = this.#rows.placeOf(i);
      const number = remembered(byPlace, place, () => classOf[i] as number);
      return number !== classOf[i];
    });
  }

  #newIn(policy: CompiledPolicy): Relevant {
    const [subject] = this.#account.subjects;
    const layers = { identityPolicies: [policy], permissionsBoundary: null };
    const alone = { ...subject, layers: { ...subject?.layers, ...layers } } as Subject;
    const { patterns, clauses, kinds } = relevantTo({
      ...this.#account,
      subjects: [alone],
      guardrails: { serviceControlPolicies: [], resourceControlPolicies: [] },
    });
    return {
      kinds,
      patterns: patterns.filter((pattern) => !this.#patterns.has(patternName(pattern))),
      clauses: clauses.filter(
        ({ clause, service }) => !this.#clauses.has(`${service} ${clauseName(clause)}`),
      ),
    };
  }
}
