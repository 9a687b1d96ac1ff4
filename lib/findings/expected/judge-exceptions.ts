import { quoted } from '../../policy/quoted.ts';
import { guardrailsOf } from '../../snapshot/guardrails.ts';
import type { Facts } from '../facts.ts';
import type { Finding } from '../finding.ts';
import type { AccessHit, PlaceHit, Rule } from '../rule.ts';
import type { Exception, Expected, Granted } from './expected.ts';
import { grantedByAccess, grantedByPlace } from './granted.ts';
import { beyondInstances, isAbout, partInScope } from './scope.ts';
import { widenedBy } from './widened.ts';

/** The result for an exception: `why` in sentences; empty if it applies. */
export interface ExceptionVerdict {
  readonly exception: Exception;
  readonly state: 'applies' | 'expired' | 'drifted' | 'unmatched';
  readonly why: readonly string[];
  /** the hits that it covers, which count unless it applies */
  readonly parts: ReadonlyMap<AccessHit, AccessHit>;
  readonly places: readonly PlaceHit[];
}

/** Checks each exception of this account against all hits. */
export function judgeExceptions(
  facts: Facts,
  { exceptions }: Expected,
  hits: { readonly access: readonly AccessHit[]; readonly places: readonly PlaceHit[] },
  at: string,
): readonly ExceptionVerdict[] {
  return exceptions
    .filter(({ account }) => account === facts.snapshot.accountId)
    .map((one) => judge(facts, one, hits, at));
}

function judge(
  facts: Facts,
  exception: Exception,
  hits: { readonly access: readonly AccessHit[]; readonly places: readonly PlaceHit[] },
  at: string,
): ExceptionVerdict {
  const parts = new Map<AccessHit, AccessHit>();
  for (const hit of hits.access) {
    const part = partInScope(facts, exception, hit);
    if (part) parts.set(hit, part);
  }
  const places = hits.places.filter((hit) => isAbout(facts, exception, hit));
  const about = { exception, parts, places };
  if (parts.size === 0 && places.length === 0) return { ...about, state: 'unmatched', why: [] };
  if (at.slice(0, 10) > exception.until)
    return { ...about, state: 'expired', why: [`it ended on ${exception.until}`] };
  const why = moreThanAccepted(facts, exception, [...parts.values()], places);
  return { ...about, state: why.length > 0 ? 'drifted' : 'applies', why };
}

function moreThanAccepted(
  facts: Facts,
  exception: Exception,
  access: readonly AccessHit[],
  places: readonly PlaceHit[],
): readonly string[] {
  const beyond = beyondInstances(
    facts,
    exception,
    access.flatMap(({ cells }) => cells),
  );
  return [
    ...(beyond === null ? [] : [`it reaches instance ${quoted(beyond)}, which the exception does not name`]),
    ...(access.length === 0
      ? []
      : widenedBy(limitsSeen(facts, exception.granted), grantedByAccess(facts, access))),
    ...(places.length === 0 ? [] : widenedBy(exception.granted, grantedByPlace(facts, places))),
  ];
}

/** Guardrails that were not collected this time still count. */
function limitsSeen({ snapshot }: Facts, granted: Granted): Granted {
  if (guardrailsOf(snapshot).areWhole) return granted;
  return { ...granted, limits: (granted.limits ?? []).filter((limit) => limit.includes(' of ')) };
}

/** Why it is not known that an exception matches nothing: data of one of its rules was not collected. */
export function unseenFor(facts: Facts, one: Exception, rules: readonly Rule[]): string | null {
  const holder = one.principal === undefined ? [] : [{ principal: one.principal }];
  return (
    rules
      .filter(({ id }) => one.rules.includes(id))
      .map((rule) => rule.unseen(facts, pseudoFinding(one, rule, holder)))
      .find((reason) => reason !== null) ?? null
  );
}

/** The part of a finding that rules need to say whether it could be checked. */
const pseudoFinding = (one: Exception, rule: Rule, holders: readonly { readonly principal: string }[]) =>
  ({
    paths: rule.paths,
    regions: [],
    holders,
    cause: { kind: 'setting', resource: one.resource ?? '', statements: [] },
  }) as unknown as Finding;
