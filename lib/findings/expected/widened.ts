import { parsePolicy } from '../../policy/document.ts';
import { quoted } from '../../policy/quoted.ts';
import type { ConditionClause, Statement } from '../../policy/statement.ts';
import { capped, describePrincipal } from '../evidence.ts';
import { likes } from '../statements.ts';
import type { Granted } from './expected.ts';

/** How more is granted than an exception accepts; empty: it is not. */
export function widenedBy(accepted: Granted, now: Granted): readonly string[] {
  const more = (which: 'principals' | 'paths' | 'opens'): readonly string[] =>
    (now[which] ?? []).filter((one) => !(accepted[which] ?? []).includes(one));
  const lost = (accepted.limits ?? []).filter(
    (one) => !(now.limits ?? []).includes(one) && stillHolds(one, now),
  );
  const statements = acceptedStatements(accepted.statements ?? []);
  const changed = (now.statements ?? []).filter((one) => !isWithin(one, statements));
  return [
    ...changed.slice(0, 1).map(() => 'a statement grants more than was accepted, or may do so'),
    ...capped(
      more('principals').map((arn) => `${describePrincipal(arn)} also has it`),
      'holders',
      3,
    ),
    ...more('paths').map((path) => `it also opens ${path}`),
    ...more('opens').map((text) => `it lets in ${text}`),
    ...conditionsLost(accepted.conditions, now.conditions),
    ...lost.map((policy) => `${quoted(policy)} no longer closes a part of it`),
    ...(now.broad && !accepted.broad ? ['it includes future instances'] : []),
  ];
}

/** A limit of somebody who no longer holds anything is no loss. */
function stillHolds(limit: string, { principals = [] }: Granted): boolean {
  const holder = / of (arn:\S+)$/.exec(limit)?.[1];
  return holder === undefined || principals.includes(holder);
}

function conditionsLost(
  accepted: readonly string[] | undefined,
  now: readonly string[] | undefined,
): readonly string[] {
  if (accepted === undefined) return [];
  if (now === undefined) return ['some of it is open without a condition'];
  const other = now.filter((text) => !accepted.includes(text));
  return other.length === 0 ? [] : [`another condition remains: ${quoted(other[0] as string)}`];
}

function acceptedStatements(texts: readonly unknown[]): readonly Read[] {
  return texts.flatMap((one) => read(one) ?? []);
}

interface Read {
  readonly text: string;
  readonly statement: Statement;
}

/** A trust statement is parsed as one, so that its principals count. */
function read(one: unknown): Read | null {
  const kind = typeof one === 'object' && one !== null && 'Principal' in one ? 'trust' : 'identity';
  const { statements } = parsePolicy({ Version: '2012-10-17', Statement: [one] }, kind);
  const [statement] = statements;
  return statement ? { text: plainText(statement), statement } : null;
}

/** The contents of a statement without its name and position. */
const plainText = ({ index: _, sid: __, ...says }: Statement): string => JSON.stringify(says);

/** True if the statement is equal to an accepted one, or certainly narrower. */
function isWithin(one: unknown, accepted: readonly Read[]): boolean {
  const now = read(one);
  if (now === null) return false;
  return accepted.some(({ text, statement }) => text === now.text || isNarrower(now.statement, statement));
}

function isNarrower(now: Statement, than: Statement): boolean {
  const isPlain = (one: Statement): boolean =>
    one.effect === 'Allow' && !one.notActions && !one.notResources && one.principals === null;
  return (
    isPlain(now) &&
    isPlain(than) &&
    now.actions.every((action) =>
      than.actions.some((wider) => takesIn(wider.toLowerCase(), action.toLowerCase())),
    ) &&
    (now.resources ?? []).every((arn) => (than.resources ?? []).some((wider) => takesIn(wider, arn))) &&
    than.conditions.every((clause) => now.conditions.some((other) => asksAsMuch(other, clause))) &&
    than.emptyOperators.length === now.emptyOperators.length
  );
}

/** A `?` would match a `*` only as a letter, so patterns with one are compared literally. */
const takesIn = (wider: string, pattern: string): boolean =>
  wider === pattern || (!/[?$]/.test(wider + pattern) && likes(wider, pattern));

/** Operators for which fewer values allow less. */
const FEWER_IS_LESS = /^(stringequals|stringequalsignorecase|stringlike|arnequals|arnlike|ipaddress)$/;

function asksAsMuch(now: ConditionClause, than: ConditionClause): boolean {
  if (
    now.operator.toLowerCase() !== than.operator.toLowerCase() ||
    now.key.toLowerCase() !== than.key.toLowerCase()
  )
    return false;
  const isFewer = now.values.length > 0 && now.values.every((value) => than.values.includes(value));
  if (FEWER_IS_LESS.test(now.operator.toLowerCase())) return isFewer;
  return isFewer && now.values.length === than.values.length;
}
