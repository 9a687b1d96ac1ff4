import type { Grant } from '../matrix/paths/cell.ts';
import { thousands } from '../policy/counted.ts';
import { jsonLine, quoted } from '../policy/quoted.ts';
import type { AccessCause, RulePart } from './access-cause.ts';
import {
  capped,
  conditionSentences,
  denialsOf,
  describePrincipal,
  inlineOwner,
  instanceSentences,
  manageable,
  named,
  placeName,
  policyText,
  viaSentences,
} from './evidence.ts';
import type { Facts } from './facts.ts';
import { instancesText } from './instances-text.ts';
import { weightSentence } from './severity.ts';

/** `statement 0 of policy `FleetOps` lets 146 principals (12 people) run their own commands as root on 812 of 1,204 instances`. */
export function accessTitle(facts: Facts, cause: AccessCause): string {
  const worst = cause.parts[0] as RulePart;
  const reached = facts.countAll(worst.cells).all;
  const all = facts.matrix.instances.length;
  const what = worst.rule.title.replace(/ on every instance$/, '');
  return `${subject(facts, cause)} lets ${who(facts, worst)} ${what} on ${instancesText(reached, all)}`;
}

function subject(facts: Facts, { grants, parts }: AccessCause): string {
  const [first] = grants;
  if (!first)
    return `what is granted to ${describePrincipal(arnOf(facts, (parts[0] as RulePart).worst.principal))}`;
  const like = grants.length === 1 ? '' : ` and ${thousands(grants.length - 1)} like it`;
  return `${placeName(facts, first)}${like}`;
}

function who(facts: Facts, { hits, worst }: RulePart): string {
  if (hits.length === 1) return manageable(arnOf(facts, worst.principal));
  const people = hits.filter(({ principal }) => facts.kindOf(principal) === 'person').length;
  const outside = hits.filter(({ principal }) => facts.kindOf(principal) === 'outside').length;
  const all = hits.length;
  if (people === all) return `${thousands(all)} people`;
  if (outside === all) return `${thousands(all)} principals from outside`;
  const parts = [
    people === 0 ? '' : `${thousands(people)} ${people === 1 ? 'person' : 'people'}`,
    outside === 0 ? '' : `${thousands(outside)} from outside`,
  ].filter((part) => part !== '');
  return `${thousands(all)} principals${parts.length === 0 ? '' : ` (${parts.join(', ')})`}`;
}

const arnOf = (facts: Facts, principal: number): string => facts.matrix.principals[principal]?.arn ?? '';

/**
 * The evidence: what each rule found, where the statement is and is attached, what it reaches, under which
 * conditions.
 */
export function accessEvidence(facts: Facts, cause: AccessCause): string[] {
  const { parts, grants, cells } = cause;
  const denials = denialsOf(facts, cells).map((grant) => `${placeName(facts, grant)} denies a part of it`);
  return [
    ...parts.map(({ rule, worst }) => `${rule.id}: ${worst.says}`),
    ...parts.flatMap(({ worst }) => worst.more ?? []),
    ...placeSentences(facts, grants),
    ...instanceSentences(facts, cells),
    ...viaSentences(cells),
    ...conditionSentences(cells),
    ...capped(denials, 'denials', 3),
    ...throughSentences(facts, cause),
    weightSentence((parts[0] as RulePart).weight),
  ];
}

function placeSentences(facts: Facts, grants: readonly Grant[]): string[] {
  const [first] = grants;
  if (!first) return [];
  if (inlineOwner(first.policy) !== null) {
    const places = grants.map((grant) => placeName(facts, grant));
    return [
      `${grants.length === 1 ? 'it is in' : 'the same statement, except for names and ids, is in'} ${named(places)}`,
    ];
  }
  const kind = facts.policies.record(first.policy)?.kind;
  if (kind === 'scp' || kind === 'rcp')
    return [`${policyText(facts, first.policy)} is a guardrail of the organisation`];
  return [`${policyText(facts, first.policy)} is attached to ${named(carriers(facts, first.policy))}`];
}

function carriers(facts: Facts, policy: string): string[] {
  const owners = facts.carriersOf(policy).map(manageable);
  return owners.length === 0 ? ['no collected principal'] : owners;
}

/** The principals that get there by assuming a role that holds it. */
function throughSentences(facts: Facts, { holders, cells }: AccessCause): string[] {
  const paths = [...new Set(cells.map(({ path }) => path))];
  const found = holders
    .map(({ principal }) => ({
      principal,
      n: Math.max(0, ...paths.map((path) => facts.heldThrough(path, principal))),
    }))
    .filter(({ n }) => n > 0)
    .sort((a, b) => b.n - a.n);
  const sentences = found.map(
    ({ principal, n }) =>
      `${thousands(n)} other ${n === 1 ? 'principal reaches' : 'principals reach'} it through ${describePrincipal(principal)}`,
  );
  return capped(sentences, 'roles that others reach it through', 3);
}

/** What to change, where, and an example. An AWS managed policy cannot be edited, only detached. */
export function accessRemedy(facts: Facts, { grants, parts }: AccessCause): string {
  const { rule, worst } = parts[0] as RulePart;
  const sample = worst.example ? `; for example ${jsonLine(worst.example)}` : '';
  const where = worst.adds ? '' : change(facts, grants);
  return `${where}${rule.remediation}${sample}`;
}

function change(facts: Facts, grants: readonly Grant[]): string {
  const [first] = grants;
  if (!first) return '';
  const record = facts.policies.record(first.policy);
  const effect = facts.policies.statements(first.policy)?.[first.statement]?.effect;
  // a Deny of AWS cannot be edited, and removing it would open what it protects
  if (record?.kind === 'aws-managed' && effect === 'Deny') return 'add a policy of your own: ';
  if (record?.kind === 'aws-managed')
    return `AWS manages the policy: detach ${quoted(record.name)} from ${named(carriers(facts, first.policy), 3)} and attach a policy of your own: `;
  const rest = grants.length > 1 ? ` and in ${thousands(grants.length - 1)} like it` : '';
  return `change ${placeName(facts, first)}${rest}: `;
}
