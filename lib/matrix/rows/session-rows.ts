import { openOf } from '../../evaluator/combine.ts';
import { type CompiledStatement, statementsFor } from '../../evaluator/compile.ts';
import { resolve } from '../../evaluator/conditions/resolve.ts';
import { type Formula, or } from '../../evaluator/formula.ts';
import { formulaKey } from '../../evaluator/formula-key.ts';
import { matchesResource, type ResourcePattern } from '../../evaluator/match-resource.ts';
import { remembered } from '../../memory/remembered.ts';
import { entriesName } from '../account/access-entries.ts';
import type { Account, Subject } from '../account/account.ts';
import { requestGrants } from '../account/one-cell.ts';
import { ask } from '../account/question.ts';
import { contextOf } from '../account/request-context.ts';
import { runAsName } from '../account/run-as.ts';
import {
  SESSION_ID,
  type SessionOwner,
  sessionArn,
  sessionOwners,
  sessionTarget,
  userIdOf,
} from '../account/sessions.ts';
import type { Target } from '../account/target.ts';
import { ArnFeatures } from '../classes/arn-features.ts';
import { keyReader } from '../classes/key-reader.ts';
import { type Relevant, variableKeys } from '../classes/relevant.ts';
import type { RequestRow } from '../paths/access-path.ts';
import { NEW_ID } from '../paths/placeholder-ids.ts';
import { anyOf, type RowAnswer } from './row-answer.ts';

/**
 * Requests on sessions of other principals. There are as many sessions as principals, so only some are evaluated:
 * one of each kind that the caller's policies distinguish (two, if one of them is its own, since a principal does
 * not resume its own sessions), and those whose name begins with the value of a policy variable.
 */
export class SessionRows {
  readonly #account: Account;
  /** by name */
  readonly #owners: readonly SessionOwner[];
  readonly #byName: ReadonlyMap<string, readonly SessionOwner[]>;
  readonly #kinds: readonly SessionOwner[];
  /** user ids of owners that are the only ones of their kind */
  readonly #single: ReadonlySet<string>;
  readonly #features: ArnFeatures;
  readonly #regions: readonly string[];
  readonly #seen = new Map<string, string>();

  constructor(account: Account, relevant: Relevant) {
    this.#account = account;
    this.#owners = sessionOwners(account);
    this.#byName = Map.groupBy(this.#owners, ({ name }) => name);
    const fixed = relevant.patterns.filter((pattern) => !pattern.template.hasVariables);
    this.#features = new ArnFeatures(fixed, `arn:${account.snapshot.partition}:ssm:`, 'session/', true);
    this.#regions = account.snapshot.regions.map(({ region }) => region);
    const tagOf = sessionTagReader(relevant);
    const kinds = Map.groupBy(this.#owners, (owner) =>
      [tagOf(owner), this.#featuresOf(owner.name)].join('\t'),
    );
    this.#kinds = [...kinds.values()].flatMap((owners) => owners.slice(0, 2));
    this.#single = new Set(
      [...kinds.values()].flatMap(([first, ...others]) => (first && others.length === 0 ? first.userId : [])),
    );
  }

  runAs = (subject: Subject): string => runAsName(subject, this.#account);

  entries = (subject: Subject): string => entriesName(subject, this.#account);

  /**
   * What policies read of the session that a principal starts. Values of variables are part of the principal's
   * views.
   */
  ownSession(subject: Subject): string {
    if (this.#features.isBlind) return '';
    return [subject.principal.name, userIdOf(subject)].map((name) => this.#featuresOf(name)).join('\t');
  }

  /** Cached by name: a principal keeps its name, whatever it makes of itself. */
  #featuresOf(name: string): string {
    return remembered(this.#seen, name, () =>
      this.#regions.map((region) => this.#features.of(sessionArn(this.#account, region, name))).join('\t'),
    );
  }

  /** What the answer depends on besides policies: the caller's own sessions are left out. */
  keyOf(subject: Subject): string {
    const userId = userIdOf(subject);
    const hasVariables = subject.layers.identityPolicies.some((policy) =>
      statementsFor(policy, 'ssm:resumesession').some((statement) =>
        statement.resources?.some((pattern) => pattern.template.hasVariables),
      ),
    );
    return hasVariables || this.#single.has(userId) ? userId : '';
  }

  /** The answer, by region; null: no session can be resumed. */
  answers(row: RequestRow, subject: Subject): (region: string) => RowAnswer | null {
    if (!mayResume(row, subject)) return () => null;
    const owners = this.candidates(subject, row);
    return (region) => this.#answer(row, region, subject, owners);
  }

  #answer(
    row: RequestRow,
    region: string,
    subject: Subject,
    owners: readonly SessionOwner[],
  ): RowAnswer | null {
    let open: Formula = false;
    const answers: RowAnswer[] = [];
    const seen = new Set<string>();
    const mayAllow = this.#allowing(row, region, subject);
    for (const owner of owners) {
      const target = sessionTarget(this.#account, region, owner);
      if (!mayAllow(target)) continue;
      const one = ask(this.#account, { subject, row, target, region });
      const formula = openOf(one);
      const key = formulaKey(formula);
      if (formula === false || seen.has(key)) continue;
      seen.add(key);
      answers.push({ open: formula, grants: requestGrants([one]) });
      open = or(open, formula);
      if (open === true) break;
    }
    return open === false ? null : anyOf(answers);
  }

  /**
   * Tests identity policies first, since they rarely allow a session of another principal: then other layers need
   * not be evaluated.
   */
  #allowing(row: RequestRow, region: string, subject: Subject): (target: Target) => boolean {
    // sessions differ in their ARNs only
    const session = { arn: sessionArn(this.#account, region, ''), tags: null };
    const context = contextOf({ subject, row, target: session, region }, this.#account);
    const statements = statementsOn(row, subject).filter(({ effect }) => effect === 'Allow');
    return ({ arn }) =>
      statements.some(
        ({ resources, notResources }) =>
          !resources ||
          notResources ||
          resources.some((pattern) => matchesResource(pattern, arn, context, false) !== false),
      );
  }

  /** Other principals, in the same order as for a single cell, so that both name the same session. */
  candidates(subject: Subject, row: RequestRow): readonly SessionOwner[] {
    const own = userIdOf(subject);
    const isOther = ({ userId }: SessionOwner): boolean => userId !== own;
    const patterns = statementsOn(row, subject).flatMap((statement) => statement.resources ?? []);
    const dynamic = patterns.filter((pattern) => pattern.template.hasVariables);
    const prefixes = dynamic.map((pattern) => this.#prefix(pattern, subject, row));
    if (prefixes.includes(null)) return this.#owners.filter(isOther);
    const near = prefixes.flatMap((prefix) => this.#startingWith(prefix ?? ''));
    return [...new Set([...this.#kinds, ...near])].filter(isOther);
  }

  /** Principals with session ids that begin with this text. */
  #startingWith(prefix: string): readonly SessionOwner[] {
    const found: SessionOwner[] = [];
    const shorter = [...prefix]
      .map((_, i) => prefix.slice(0, i + 1))
      .filter((name) => name !== prefix && `${name}-${NEW_ID}`.startsWith(prefix))
      .flatMap((name) => this.#byName.get(name) ?? []);
    let low = 0;
    let high = this.#owners.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#owners[middle] as SessionOwner).name < prefix) low = middle + 1;
      else high = middle;
    }
    for (let i = low; this.#owners[i]?.name.startsWith(prefix); i++)
      found.push(this.#owners[i] as SessionOwner);
    return [...shorter, ...found];
  }

  /** The start of the session's name in a pattern with variables, as plain text; null: it may be anything. */
  #prefix(pattern: ResourcePattern, subject: Subject, row: RequestRow): string | null {
    const context = contextOf({ subject, row, target: { arn: '*', tags: null }, region: '' }, this.#account);
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

/**
 * A text with the results of conditions on a session's user id. Conditions on the caller's own id have the same
 * result for all other sessions; a condition with another variable makes each session a kind of its own.
 */
function sessionTagReader({ clauses }: Relevant): (owner: SessionOwner) => string {
  const asking = clauses.filter(({ keys }) => keys.includes(SESSION_ID));
  const fixed = asking.filter(({ hasVariables }) => !hasVariables);
  const isOfCaller = (key: string): boolean => key === 'aws:userid' || key === SESSION_ID;
  const isStrange = asking.some(({ clause, service }) =>
    clause.values.some(({ template }) => !variableKeys(template, service).every(isOfCaller)),
  );
  if (isStrange) return ({ userId }) => userId;
  if (fixed.length === 0) return () => '';
  const read = keyReader(SESSION_ID, fixed);
  return ({ userId }) => read(new Map([[SESSION_ID, { values: [userId] }]]), new Map());
}

function mayResume(row: RequestRow, subject: Subject): boolean {
  return statementsOn(row, subject).some(({ effect }) => effect !== 'Deny');
}

function statementsOn({ action }: RequestRow, { layers }: Subject): readonly CompiledStatement[] {
  return layers.identityPolicies.flatMap((policy) => statementsFor(policy, action.toLowerCase()));
}
