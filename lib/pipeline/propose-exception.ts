import type { Exception, Expected, Granted } from '../findings/expected/expected.ts';
import { grantedByAccess, grantedByPlace } from '../findings/expected/granted.ts';
import { judgeExceptions } from '../findings/expected/judge-exceptions.ts';
import { apart } from '../findings/expected/sort-hits.ts';
import { gatherFacts } from '../findings/facts.ts';
import { hitsOf } from '../findings/find.ts';
import type { Finding } from '../findings/finding.ts';
import { exceptionRules } from '../findings/rules/exceptions.ts';
import type { Audit } from './load.ts';

/** Why a finding cannot be accepted in this way. */
export class NotAcceptable extends Error {}

export type ExceptionRequest = Pick<
  Exception,
  'owner' | 'reason' | 'ticket' | 'until' | 'principal' | 'instances' | 'tag'
>;

/** Holders, and texts of statements, in one entry: more would not be an exception. */
const MOST = 200;

/** The exception that accepts a finding as it is today. Throws NotAcceptable if that is not possible. */
export function proposeException(
  finding: Finding,
  asked: ExceptionRequest,
  { audit, expected }: { readonly audit: Audit; readonly expected: Expected },
): Exception {
  if (finding.rules.some((rule) => exceptionRules.some(({ id }) => id === rule)))
    throw new NotAcceptable(
      `finding \`${finding.id}\` is about an exception: correct the entry in the file instead`,
    );
  const draft: Exception = {
    account: audit.snapshot.accountId,
    rules: finding.rules,
    ...scopeOf(finding, asked),
    ...(asked.instances ? { instances: asked.instances } : {}),
    ...(asked.tag ? { tag: asked.tag } : {}),
    ...{ owner: asked.owner, reason: asked.reason, ticket: asked.ticket, until: asked.until },
    granted: {},
  };
  const facts = gatherFacts(audit.snapshot, audit.matrix, expected);
  const hits = hitsOf(facts);
  const about = { ...hits, access: apart(facts, hits.access).others };
  const [verdict] = judgeExceptions(
    facts,
    { ...expected, exceptions: [draft] },
    about,
    audit.snapshot.takenAt,
  );
  const parts = [...(verdict?.parts.values() ?? [])];
  const places = verdict?.places ?? [];
  if (parts.length === 0 && places.length === 0)
    throw new NotAcceptable(
      asked.principal === undefined
        ? `finding \`${finding.id}\` is not found in the audit as it is now: run \`latchkey scan\` again`
        : `\`${asked.principal}\` holds nothing of finding \`${finding.id}\`: its holders are in \`latchkey findings --json\``,
    );
  const beyond = verdict?.why.find((why) => why.includes('which the exception does not name'));
  if (beyond !== undefined) throw new NotAcceptable(`${beyond}: name it, too, or leave the limit out`);
  const granted = parts.length > 0 ? grantedByAccess(facts, parts) : grantedByPlace(facts, places);
  mustBeFew(granted);
  return { ...draft, granted };
}

function scopeOf(
  { cause, id }: Finding,
  { principal, instances, tag }: ExceptionRequest,
): Pick<Exception, 'statement' | 'principal' | 'resource'> {
  const [first] = cause.statements;
  if (cause.kind === 'statement' && first) {
    const { policy, statement, sid } = first;
    return {
      statement: { policy, statement, ...(sid ? { sid } : {}) },
      ...(principal === undefined ? {} : { principal }),
    };
  }
  if (cause.kind === 'principal') return { principal: principal ?? cause.resource };
  if (principal !== undefined || instances || tag)
    throw new NotAcceptable(
      `finding \`${id}\` is about a place, not a statement: leave \`--principal\`, \`--instance\` and \`--tag\` out`,
    );
  return { resource: cause.resource };
}

function mustBeFew({ principals = [], statements = [] }: Granted): void {
  if (principals.length > MOST)
    throw new NotAcceptable(
      `${principals.length} principals hold it, and an exception names ${MOST} at most: take it away from most, or accept it of one with \`--principal\``,
    );
  if (statements.length > MOST)
    throw new NotAcceptable(
      `its statement has ${statements.length} different texts, and an exception takes at most ${MOST}: accept it of one holder with \`--principal\``,
    );
}
