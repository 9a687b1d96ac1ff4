import { type FindingDraft, pairOf } from './draft.ts';
import type { Facts } from './facts.ts';
import type { CauseStatement, Finding, FindingStatus } from './finding.ts';
import { RULES } from './rules.ts';
import { bySeverity } from './severities.ts';
import { sha256 } from './sha256.ts';

/**
 * Stable between runs: derived from what identifies the cause. It starts with a readable part, and has
 * letters, digits and hyphens only, because it becomes part of file names and object keys.
 */
export function findingId(kind: string, name: string, key: string): string {
  const last = name.slice(Math.max(name.lastIndexOf('/'), name.lastIndexOf(':')) + 1);
  const readable = last
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 40)
    .replace(/^-|-$/g, '');
  return [kind, ...(readable ? [readable] : []), sha256(key).slice(0, 16)].join('-');
}

const NOT_CHECKED = 'not checked this time: ';

/**
 * How many days, and how many, resolved findings are remembered, so that one that comes back is reported as
 * reopened.
 */
const REMEMBERED_DAYS = 90;
const REMEMBERED = 500;

/**
 * Joins the findings with those of the run before. Missing ones are resolved, and remembered for a while;
 * those that could not be checked, because their data was not collected, stay open and say so.
 */
export function carryOver(
  facts: Facts,
  drafts: readonly FindingDraft[],
  previous: readonly Finding[],
  at: string,
): Finding[] {
  const earlier = new Earlier(previous);
  const ids = drafts.map((draft) => findingId(draft.finding.cause.kind, draft.name, draft.key));
  const same = ids.map((id) => earlier.take(id));
  const found = drafts.map((draft, index) => {
    const before = same[index] ?? earlier.takeAtPlace(draft.finding.cause.statements);
    return toFinding(ids[index] as string, draft, { before, old: earlier.takeOld(draft) }, at);
  });
  const gone = earlier
    .left()
    .map((one) => (one.status === 'resolved' ? slim(one) : judgeGone(facts, one, at)));
  return [...found, ...remembered(gone, at)];
}

/** The findings of the run before; each is continued once. */
class Earlier {
  readonly #byId: Map<string, Finding>;
  readonly #byPlace = new Map<string, Finding>();
  readonly #old = new Map<string, Finding>();

  constructor(previous: readonly Finding[]) {
    this.#byId = new Map(previous.map((one) => [one.id, one]));
    for (const one of previous.filter(({ status }) => status !== 'resolved')) {
      for (const statement of one.cause.statements) this.#byPlace.set(placeOf(statement), one);
      if (one.cause.kind === 'principal') this.#old.set(pairOf(one.rule, one.cause.resource), one);
    }
  }

  /** The same cause. */
  take(id: string): Finding | undefined {
    const one = this.#byId.get(id);
    this.#byId.delete(id);
    return one;
  }

  /** If the text of a statement changed: the finding about the statement at that place. */
  takeAtPlace(statements: readonly CauseStatement[]): Finding | undefined {
    const at = statements
      .map((statement) => this.#byPlace.get(placeOf(statement)))
      .find((one) => one !== undefined && this.#byId.has(one.id));
    return at && this.take(at.id);
  }

  /** Findings of an earlier version that this one covers. */
  takeOld({ pairs }: FindingDraft): readonly Finding[] {
    if (this.#old.size === 0) return [];
    const continued = [...pairs()].flatMap((pair) => this.#old.get(pair) ?? []);
    for (const { id } of continued) this.#byId.delete(id);
    return continued;
  }

  left(): readonly Finding[] {
    return [...this.#byId.values()];
  }
}

const placeOf = ({ policy, statement }: CauseStatement): string => `${policy}\n${statement}`;

function toFinding(
  id: string,
  { finding }: FindingDraft,
  { before, old }: { readonly before: Finding | undefined; readonly old: readonly Finding[] },
  at: string,
): Finding {
  const stood = [...(before ? [before] : []), ...old].map(({ firstSeen }) => firstSeen).sort();
  const isQuiet = finding.accepted !== undefined || before?.status === 'excepted';
  const raised = !isQuiet && before && before.status !== 'resolved' && isGraver(finding, before);
  return {
    id: before?.id ?? id,
    ...finding,
    firstSeen: stood[0] ?? at,
    lastSeen: at,
    ...(raised ? { raisedFrom: before.severity } : {}),
    status: finding.accepted ? 'excepted' : statusOf(before, old),
  };
}

function statusOf(before: Finding | undefined, old: readonly Finding[]): FindingStatus {
  // it was accepted before, and is no longer
  if (before?.status === 'resolved' || before?.status === 'excepted') return 'reopened';
  return before || old.length > 0 ? 'open' : 'new';
}

const isGraver = (one: Pick<Finding, 'severity'>, than: Finding): boolean =>
  bySeverity(one.severity, than.severity) < 0;

function judgeGone(facts: Facts, { raisedFrom: _, accepted, ...finding }: Finding, at: string): Finding {
  const reason = RULES.filter(({ id }) => finding.rules.includes(id))
    .map((rule) => rule.unseen(facts, finding))
    .find((one) => one !== null);
  if (reason === undefined) return { ...finding, status: 'resolved', resolvedAt: at };
  const evidence = finding.evidence.filter((line) => !line.startsWith(NOT_CHECKED));
  const still = { ...finding, evidence: [...evidence, `${NOT_CHECKED}${reason}`] };
  const isAccepted = accepted !== undefined && (accepted.until ?? at) >= at.slice(0, 10);
  return isAccepted ? { ...still, accepted, status: 'excepted' } : { ...still, status: 'open' };
}

/** Only the names of findings that were reported as resolved are kept. */
function slim(finding: Finding): Finding {
  return { ...finding, holders: [], evidence: [] };
}

function remembered(gone: readonly Finding[], at: string): readonly Finding[] {
  const days = (one: Finding): number => (Date.parse(at) - Date.parse(one.resolvedAt ?? at)) / 86_400_000;
  const resolved = gone
    .filter((one) => one.status === 'resolved' && days(one) <= REMEMBERED_DAYS)
    .sort((a, b) =>
      a.resolvedAt === b.resolvedAt ? 0 : (a.resolvedAt ?? '') < (b.resolvedAt ?? '') ? 1 : -1,
    );
  return [...gone.filter((one) => one.status !== 'resolved'), ...resolved.slice(0, REMEMBERED)];
}

/** Findings as the next run has them: nothing is new twice. */
export function stillOpen(findings: readonly Finding[]): readonly Finding[] {
  return findings.map(({ raisedFrom: _, ...finding }) =>
    finding.status === 'new' || finding.status === 'reopened' ? { ...finding, status: 'open' } : finding,
  );
}
