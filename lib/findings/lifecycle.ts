import { plain } from '../policy/quoted.ts';
import type { Told } from './broader.ts';
import type { Facts } from './facts.ts';
import type { Finding } from './finding.ts';
import type { Hit } from './rule.ts';
import { RULES } from './rules.ts';
import { sha256 } from './sha256.ts';

/**
 * Stable between runs: the rule, and whom or what it is about. Readable in front, and of letters, digits and hyphens
 * only, because it becomes part of file names and object keys.
 */
export function findingId(rule: string, subject: string): string {
  const name = subject.slice(Math.max(subject.lastIndexOf('/'), subject.lastIndexOf(':')) + 1);
  const readable = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 40)
    .replace(/^-|-$/g, '');
  const hash = sha256(`${rule}\n${subject}`).slice(0, 16);
  return [rule.toLowerCase(), ...(readable ? [readable] : []), hash].join('-');
}

const NOT_CHECKED = 'not checked this time: ';

/**
 * Joins what was found with what the run before had found. What is gone is listed once more as resolved, and then no
 * more; what could not be looked at, because its data was not collected, stays open and says so.
 */
export function carryOver(
  facts: Facts,
  { kept, dropped }: Told,
  previous: readonly Finding[],
  at: string,
): Finding[] {
  const before = new Map(previous.filter((one) => one.status !== 'resolved').map((one) => [one.id, one]));
  const found = new Map<string, Finding>();
  for (const hit of kept) {
    const id = idOf(hit);
    found.set(id, toFinding(id, hit, before.get(id), at));
  }
  const told = new Map(dropped.map(({ hit, broader }) => [idOf(hit), broader.rule.id]));
  const gone = [...before.values()]
    .filter((one) => !found.has(one.id))
    .map((one) => judgeGone(facts, one, told.get(one.id)));
  return [...found.values(), ...gone];
}

function idOf(hit: Hit): string {
  return findingId(hit.rule.id, hit.principal ?? hit.resource ?? '');
}

function toFinding(id: string, hit: Hit, before: Finding | undefined, at: string): Finding {
  const { rule, severity, principal, instance, resource, path, regions, evidence, remediation } = hit;
  const subject = principal ?? instance ?? resource ?? '';
  return {
    id,
    rule: rule.id,
    severity,
    title: `${plain(subject)}: ${hit.title ?? rule.title}`,
    ...(principal === undefined ? {} : { principal }),
    ...(instance === undefined ? {} : { instance }),
    ...(resource === undefined ? {} : { resource }),
    ...(path === undefined ? {} : { path }),
    ...(regions === undefined ? {} : { regions }),
    evidence,
    remediation,
    firstSeen: before?.firstSeen ?? at,
    lastSeen: at,
    status: before ? 'open' : 'new',
  };
}

function judgeGone(facts: Facts, finding: Finding, broader: string | undefined): Finding {
  if (broader) {
    const evidence = [...finding.evidence, `the access is still there: ${broader} now describes it`];
    return { ...finding, status: 'resolved', evidence };
  }
  const rule = RULES.find((one) => one.id === finding.rule);
  const reason = rule?.unseen(facts, finding) ?? null;
  if (reason === null) return { ...finding, status: 'resolved' };
  const evidence = finding.evidence.filter((line) => !line.startsWith(NOT_CHECKED));
  return { ...finding, status: 'open', evidence: [...evidence, `${NOT_CHECKED}${reason}`] };
}
