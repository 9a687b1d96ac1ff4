import { jsonLine, plain, quoted } from '../../policy/quoted.ts';
import { describePrincipal } from '../evidence.ts';
import type { Exception } from '../expected/expected.ts';
import { type ExceptionVerdict, unseenFor } from '../expected/judge-exceptions.ts';
import type { Facts } from '../facts.ts';
import type { FindingCause } from '../finding.ts';
import type { PlaceHit, Rule } from '../rule.ts';
import { gravest } from '../severities.ts';
import { sha256 } from '../sha256.ts';

type Words = Omit<Rule, 'find' | 'unseen' | 'paths' | 'references'>;

/** These rules need the results of the other rules, so `exceptionHits` runs them last. */
const afterAll = (words: Words): Rule => ({
  ...{ ...words, references: [], paths: [] },
  find: () => [],
  unseen: () => null,
});

const VERIFY = 'the evidence names the entry in `latchkey.yml`';

const excExpired = afterAll({
  id: 'EXC-EXPIRED',
  severity: 'high',
  title: 'has expired, but its access still exists',
  fires: 'an exception has ended, and the access that it accepted still exists',
  risk: 'access that was accepted for a time has become permanent without a decision',
  verify: VERIFY,
  remediation: 'remove the access; or accept it again with `latchkey except`, and delete the old entry',
});

const excDrifted = afterAll({
  id: 'EXC-DRIFTED',
  severity: 'high',
  title: 'no longer applies: more is granted than was accepted',
  fires:
    'more is granted than an exception accepts: another holder, path or instance, a wider statement, a condition or a limit that is gone',
  risk: 'more is open than what was accepted',
  verify: VERIFY,
  remediation:
    'remove the additional access; or accept all of it with `latchkey except`, and delete the old entry',
});

const excUnmatched = afterAll({
  id: 'EXC-UNMATCHED',
  severity: 'low',
  title: 'matches nothing',
  fires: 'an exception matches no finding, and all of its data was collected',
  risk: 'it would hide access that does not exist yet',
  verify: VERIFY,
  remediation: 'delete the entry from `latchkey.yml`',
});

const excUnreadable = afterAll({
  id: 'EXC-UNREADABLE',
  severity: 'high',
  title: 'parts of `latchkey.yml` cannot be read and do not apply',
  fires: 'the file of expected access has an error; the other parts apply',
  risk: 'accepted access is reported as if it were not accepted',
  verify: 'the evidence names each place and what is wrong there',
  remediation:
    'correct the file: docs/expected.md explains its members, and docs/schema has a JSON Schema for editors',
});

export const exceptionRules: readonly Rule[] = [excExpired, excDrifted, excUnmatched, excUnreadable];

const OF_STATE = { expired: excExpired, drifted: excDrifted, unmatched: excUnmatched } as const;

/** The hits about exceptions themselves, and about their file. */
export function exceptionHits(
  facts: Facts,
  verdicts: readonly ExceptionVerdict[],
  problems: readonly string[],
  rules: readonly Rule[],
): readonly PlaceHit[] {
  const hits = verdicts.flatMap((verdict) => {
    if (verdict.state === 'applies') return [];
    if (verdict.state === 'unmatched' && unseenFor(facts, verdict.exception, rules) !== null) return [];
    return [exceptionHit(verdict, OF_STATE[verdict.state])];
  });
  return [...hits, ...(problems.length === 0 ? [] : [unreadableHit(facts, problems)])];
}

function exceptionHit({ exception, why, parts, places }: ExceptionVerdict, rule: Rule): PlaceHit {
  const { owner, ticket, reason, until } = exception;
  return {
    ...{ kind: 'place', rule, severity: severityOf(rule, [...parts.keys(), ...places]) },
    cause: causeOf(exception),
    title: `the exception for ${scopeText(exception)} ${rule.title}`,
    ...{ instanceCount: 0, productionCount: 0, regions: [], subjects: [] },
    evidence: [
      ...why,
      `owner ${quoted(owner)}, ticket ${quoted(ticket)}, until ${plain(until)}: ${quoted(reason)}`,
    ],
    remediation: rule.remediation,
  };
}

/** As grave as what it accepted, but not so grave that it alerts in addition to the reopened finding. */
function severityOf(rule: Rule, about: readonly { readonly rule: Rule }[]): PlaceHit['severity'] {
  if (about.length === 0) return rule.severity;
  const worst = gravest(about.map((hit) => hit.rule.severity));
  return worst === 'critical' ? 'high' : worst;
}

const causeOf = ({
  account,
  rules,
  statement,
  principal,
  resource,
  instances,
  tag,
}: Exception): FindingCause => ({
  kind: 'exception',
  resource: `exception/${sha256(jsonLine([account, rules, statement ?? null, principal ?? null, resource ?? null, instances ?? null, tag ?? null])).slice(0, 16)}`,
  statements: [],
});

/** `SSM-START-ALL of statement 0 of `arn:…` held by user `alice``. */
function scopeText({ rules, statement, principal, resource, tag, instances }: Exception): string {
  return [
    rules.map((rule) => plain(rule)).join(', '),
    statement ? `in statement ${statement.statement} of ${quoted(statement.policy)}` : '',
    principal === undefined ? '' : `held by ${describePrincipal(principal)}`,
    resource === undefined ? '' : `at ${quoted(resource)}`,
    instances ? `on ${instances.length} instances` : '',
    tag ? `on instances with tag ${quoted(`${tag.key}=${tag.value}`)}` : '',
  ]
    .filter((part) => part !== '')
    .join(' ');
}

function unreadableHit({ snapshot }: Facts, problems: readonly string[]): PlaceHit {
  return {
    ...{ kind: 'place', rule: excUnreadable, severity: excUnreadable.severity },
    cause: {
      kind: 'setting',
      resource: `arn:${snapshot.partition}:iam::${snapshot.accountId}:root`,
      statements: [],
    },
    title: excUnreadable.title,
    ...{ instanceCount: 0, productionCount: 0, regions: [], subjects: [] },
    evidence: problems.slice(0, 20).map((one) => plain(one, 400)),
    remediation: excUnreadable.remediation,
  };
}
