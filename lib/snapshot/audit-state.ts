import { isAnswered, isAsked, isGap } from './age.ts';
import { placeOf, problemPlace } from './parts.ts';
import type { CoverageEntry, Snapshot } from './snapshot.ts';

/** The counts, if only a part of the snapshot is loaded. */
interface Judged {
  readonly principals: number;
  readonly instances: number;
}

const NOTHING: Judged = { principals: 0, instances: 0 };

const IAM = 'iam.get-account-authorization-details';
const INSTANCES = 'ec2.describe-instances';

/**
 * How much of an account was read. `blind`: no principals, or no list of instances, so nothing can be said
 * about access; `partial`: some call returned nothing, or not everything.
 */
export interface AuditState {
  readonly state: 'complete' | 'partial' | 'blind';
  /** why it is blind: one sentence without its full stop; else empty */
  readonly why: string;
}

export function auditStateOf(snapshot: Snapshot, judged: Judged = NOTHING): AuditState {
  const why = [
    judged.principals > 0 ? null : withoutPrincipals(snapshot),
    judged.instances > 0 ? null : withoutInstances(snapshot),
  ].filter((one) => one !== null);
  if (why.length > 0) return { state: 'blind', why: why.join('; ') };
  return { state: snapshot.coverage.some(isGap) ? 'partial' : 'complete', why: '' };
}

/** A principal or an instance as a whole, not something in it. */
const ITEM = /\$\.(?:(?:User|Role|Group)DetailList\[\d+\]|Reservations\[\d+\](?:\.Instances\[\d+\])?)$/;

/**
 * The lists of principals and instances that were not read completely: no answer, only the start of one, or
 * an item had to be left out. Nothing can be said about what is missing from them.
 */
export function listsInPart({ coverage, problems = [] }: Snapshot): readonly CoverageEntry[] {
  // a duplicate was used once
  const lost = problems.filter(({ path, message }) => ITEM.test(path) && !message.endsWith('twice'));
  const places = new Set(lost.map(({ path }) => problemPlace(path)));
  return coverage.filter(
    (entry) =>
      (entry.call === IAM || entry.call === INSTANCES) &&
      isAsked(entry) &&
      (!isAnswered(entry) || places.has(placeOf(entry))),
  );
}

/** `Partial audit: 3 of 26 calls gave no data`; null where it is not partial. */
export function partialText(snapshot: Snapshot): string | null {
  if (auditStateOf(snapshot).state !== 'partial') return null;
  const coverage = snapshot.coverage.filter(isAsked);
  const gaps = coverage.filter(isGap).length;
  return `Partial audit: ${gaps} of ${coverage.length} call${coverage.length === 1 ? '' : 's'} gave no data`;
}

function withoutPrincipals({ users, roles, coverage }: Snapshot): string | null {
  if (users.length + roles.length > 0) return null;
  const entry = coverage.find(({ call }) => call === IAM);
  return entry && !isAnswered(entry) ? `IAM was not collected${reason(entry)}` : null;
}

/** A list that was cut off before its first instance counts as missing. */
function withoutInstances({ regions, coverage }: Snapshot): string | null {
  const entries = coverage.filter(({ call }) => call === INSTANCES);
  const isSeen = regions.some(({ region, instances }) => {
    const entry = entries.find((one) => one.region === region);
    return instances !== null && (instances.length > 0 || !entry || isAnswered(entry));
  });
  if (isSeen) return null;
  const [first] = entries.filter((entry) => !isAnswered(entry));
  return `no list of instances was collected${first ? reason(first) : ''}`;
}

const reason = ({ detail }: CoverageEntry): string => (detail === '' ? '' : `: ${detail}`);
