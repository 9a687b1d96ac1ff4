import { openOf } from '../../evaluator/combine.ts';
import { type CompiledStatement, statementsFor } from '../../evaluator/compile.ts';
import { resolve } from '../../evaluator/conditions/resolve.ts';
import { type Formula, or } from '../../evaluator/formula.ts';
import { formulaKey } from '../../evaluator/formula-key.ts';
import { matchesResource, type ResourcePattern } from '../../evaluator/match-resource.ts';
import type { Account, Subject } from '../account/account.ts';
import { grantsOf } from '../account/one-cell.ts';
import { ask } from '../account/question.ts';
import { contextOf } from '../account/request-context.ts';
import { sessionArn, type Target } from '../account/targets.ts';
import { ArnFeatures } from '../classes/arn-features.ts';
import type { Relevant } from '../classes/relevant.ts';
import type { RequestRow } from '../paths/access-path.ts';
import { anyOf, type RowAnswer } from './row-answer.ts';

/**
 * Requests on somebody else's session. There are as many as principals, so only those are asked about that the
 * principal's policies can tell from each other: one (or two, as nobody is his own victim) of each kind, and those
 * whose name begins as a policy variable comes out.
 */
export class SessionRows {
  readonly #account: Account;
  readonly #names: readonly string[];
  readonly #known: ReadonlySet<string>;
  readonly #kinds: readonly string[];
  /** names that no other shares its kind with */
  readonly #single: ReadonlySet<string>;

  constructor(account: Account, relevant: Relevant) {
    this.#account = account;
    this.#names = [...new Set(account.subjects.map((subject) => subject.principal.name))].sort();
    this.#known = new Set(this.#names);
    const fixed = relevant.patterns.filter((pattern) => !pattern.template.hasVariables);
    const features = new ArnFeatures(fixed, `arn:${account.snapshot.partition}:ssm:`, 'session/', true);
    const regions = account.snapshot.regions.map(({ region }) => region);
    const kinds = Map.groupBy(this.#names, (name) =>
      regions.map((region) => features.of(sessionArn(account, region, name))).join('\t'),
    );
    this.#kinds = [...kinds.values()].flatMap((names) => names.slice(0, 2));
    this.#single = new Set([...kinds.values()].flatMap((names) => (names.length === 1 ? names : [])));
  }

  /** What the answer depends on beside the policies: nobody is his own victim. */
  keyOf(subject: Subject): string {
    const { name } = subject.principal;
    const hasVariables = subject.layers.identityPolicies.some((policy) =>
      statementsFor(policy, 'ssm:resumesession').some((statement) =>
        statement.resources?.some((pattern) => pattern.template.hasVariables),
      ),
    );
    return hasVariables || this.#single.has(name) ? name : '';
  }

  /** What the answer in a region is; null: no session can be resumed. */
  answers(row: RequestRow, subject: Subject): (region: string) => RowAnswer | null {
    if (!mayResume(row, subject)) return () => null;
    const names = this.candidates(subject, row);
    return (region) => this.#answer(row, region, subject, names);
  }

  #answer(row: RequestRow, region: string, subject: Subject, names: readonly string[]): RowAnswer | null {
    let open: Formula = false;
    const answers: RowAnswer[] = [];
    const seen = new Set<string>();
    const mayAllow = this.#allowing(row, region, subject);
    for (const name of names) {
      const target = this.#session(region, name);
      if (!mayAllow(target)) continue;
      const one = ask(this.#account, { subject, row, target, region });
      const formula = openOf(one);
      const key = formulaKey(formula);
      if (formula === false || seen.has(key)) continue;
      seen.add(key);
      answers.push({ open: formula, grants: grantsOf([one]) });
      open = or(open, formula);
      if (open === true) break;
    }
    return open === false ? null : anyOf(answers);
  }

  /** Most sessions are somebody else's: the other layers need not be asked. */
  #allowing(row: RequestRow, region: string, subject: Subject): (target: Target) => boolean {
    // only its ARN tells one session from another
    const context = contextOf(row, this.#session(region, ''), region, subject, this.#account);
    const statements = statementsOn(row, subject).filter(({ effect }) => effect === 'Allow');
    return ({ arn }) =>
      statements.some(
        ({ resources, notResources }) =>
          !resources ||
          notResources ||
          resources.some((pattern) => matchesResource(pattern, arn, context, false) !== false),
      );
  }

  #session(region: string, name: string): Target {
    return { arn: sessionArn(this.#account, region, name), tags: null };
  }

  /** Names of others in the order in which a single cell tries them, so that both name the same session. */
  candidates(subject: Subject, row: RequestRow): readonly string[] {
    const own = subject.principal.name;
    const patterns = statementsOn(row, subject).flatMap((statement) => statement.resources ?? []);
    const dynamic = patterns.filter((pattern) => pattern.template.hasVariables);
    const prefixes = dynamic.map((pattern) => this.#prefix(pattern, subject, row));
    if (prefixes.includes(null)) return this.#names.filter((name) => name !== own);
    const near = prefixes.flatMap((prefix) => this.#startingWith(prefix ?? ''));
    return [...new Set([...this.#kinds, ...near])].filter((name) => name !== own);
  }

  /** Names whose session id begins with the text; the names are sorted. */
  #startingWith(prefix: string): readonly string[] {
    const found: string[] = [];
    const shorter = [...prefix]
      .map((_, i) => prefix.slice(0, i + 1))
      .filter((name) => name !== prefix && this.#known.has(name));
    let low = 0;
    let high = this.#names.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#names[middle] as string) < prefix) low = middle + 1;
      else high = middle;
    }
    for (let i = low; this.#names[i]?.startsWith(prefix); i++) found.push(this.#names[i] as string);
    return [...shorter.filter((name) => `${name}-00000000000000000`.startsWith(prefix)), ...found];
  }

  /** The literal beginning of the session's name in a pattern with variables; null: it may be anything. */
  #prefix(pattern: ResourcePattern, subject: Subject, row: RequestRow): string | null {
    const context = contextOf(row, { arn: '*', tags: null }, '', subject, this.#account);
    const resolved = resolve(pattern.template, context);
    if (resolved === 'absent') return '\u{0}';
    if (resolved === 'unknown')
      return /\$\{aws:userid\}/i.test(
        pattern.template.parts.map((part) => ('key' in part ? `\${${part.key}}` : '')).join(''),
      )
        ? '\u{0}'
        : null;
    const text = resolved.parts
      .map((part) => (part.literal ? part.text.replaceAll(/[*?]/g, '\u{1}') : part.text))
      .join('');
    const tail = text.slice(text.indexOf('session/') + 'session/'.length);
    if (!text.includes('session/')) return null;
    return tail.slice(0, tail.search(/[*?]|$/)).replaceAll('\u{1}', '*');
  }
}

function mayResume(row: RequestRow, subject: Subject): boolean {
  return statementsOn(row, subject).some(({ effect }) => effect !== 'Deny');
}

function statementsOn({ action }: RequestRow, { layers }: Subject): readonly CompiledStatement[] {
  return layers.identityPolicies.flatMap((policy) => statementsFor(policy, action.toLowerCase()));
}
