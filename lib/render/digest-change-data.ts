import { type Cause, type Drift, isUnexplained } from '../drift/drift.ts';
import { taggedProd } from '../findings/expected/production.ts';
import type { Severity } from '../findings/finding.ts';
import { count } from '../policy/counted.ts';
import type { SetHolders } from '../snapshot/held-by.ts';
import type { Instance } from '../snapshot/snapshot.ts';
import { changeText } from './change-words.ts';
import { type CauseChange, changesOf, firstNames, undoLines } from './changes.ts';
import { firstOf, graverFirst, joined, kept, type Most } from './digest-data.ts';
import { holdersText } from './held-by-text.ts';
import { instanceLabel, shortPrincipal, shortTime } from './names.ts';
import { pathTitle } from './path-facts.ts';
import { stateText } from './state-text.ts';

const CHANGE_ROWS = 10;

/** Groups of cells of one change, and names of each kind. */
const CHANGE_LINES = 3;
const NAMED = 3;

/** Some names, and how many there are beside them. */
export interface DigestNames {
  readonly names: readonly string[];
  readonly left: number;
}

/** The cause of a change in a digest. */
export interface DigestCause {
  readonly kind: Cause['kind'];
  readonly detail: string;
  readonly actor: string;
  readonly sourceIp: string;
  /** empty: not known */
  readonly time: string;
  /** its name and id */
  readonly event: string;
  /** no event explains it */
  readonly unexplained: boolean;
  readonly undo: readonly string[];
}

/** A change in a digest, with all its text. */
export interface DigestChange {
  readonly accountId: string;
  readonly id: string;
  readonly severity: Severity;
  readonly what: string;
  readonly principals: DigestNames;
  readonly instances: DigestNames;
  readonly rows: readonly { readonly paths: string; readonly before: string; readonly after: string }[];
  readonly rowsLeft: number;
  readonly cause: DigestCause;
  /** the run that saw it; null: the scan of the digest */
  readonly seen: SeenBy | null;
}

/** An earlier run that saw a change, its time, and whether its alert is still to be sent. */
export interface SeenBy {
  readonly run: string;
  readonly at: string;
  readonly waits: boolean;
}

export interface DigestChanges extends Most<DigestChange> {
  readonly critical: number;
  /** how many of them are changes of the file of expected access, which change no access; left out: none */
  readonly configured?: number;
}

export const NO_CHANGES: DigestChanges = { count: 0, critical: 0, configured: 0, first: [] };

/** The number of changes of access. */
export const accessChanges = ({ count: all, configured = 0 }: DigestChanges): number => all - configured;

export const joinedChanges = (a: DigestChanges, b: DigestChanges): DigestChanges => ({
  ...joined(a, b, CHANGE_ROWS, graverFirst),
  critical: a.critical + b.critical,
  configured: (a.configured ?? 0) + (b.configured ?? 0),
});

/** The part of a run's drift in a digest, worst first. `instances`: those of the account, by id. */
export function digestChanges(
  drift: readonly Drift[],
  about: {
    readonly accountId: string;
    readonly instances: ReadonlyMap<string, Instance>;
    readonly seen: SeenBy | null;
    readonly holders: SetHolders;
  },
): DigestChanges {
  const changes = changesOf(drift);
  const shown = firstOf(changes, CHANGE_ROWS, graverFirst);
  return {
    count: changes.length,
    critical: changes.filter(({ severity }) => severity === 'critical').length,
    configured: changes.filter(({ cause }) => cause.kind === 'configuration').length,
    first: shown.map((change) => ({
      ...{ accountId: about.accountId, id: change.id, severity: change.severity },
      what: kept(changeText(change)),
      principals: principalNames(change, about.holders),
      instances: instanceNames(change, about.instances),
      ...rowsOf(change),
      cause: digestCause(change.cause),
      seen: about.seen,
    })),
  };
}

export const digestCause = (cause: Cause): DigestCause => ({
  ...{ kind: cause.kind, detail: kept(cause.detail) },
  ...{ actor: kept(cause.actor ?? ''), sourceIp: kept(cause.sourceIp ?? '') },
  time: cause.time === undefined ? '' : kept(shortTime(cause.time)),
  event: kept([cause.eventName, cause.eventId].filter((part) => part !== undefined).join(' ')),
  unexplained: isUnexplained(cause),
  undo: undoLines(cause),
});

/** `Run Command`: `none` -> `always, as root`, for the worst of it. */
function rowsOf({ rows, cause }: CauseChange): Pick<DigestChange, 'rows' | 'rowsLeft'> {
  // nobody gained any of it
  if (cause.alike) return { rows: [], rowsLeft: 0 };
  const shown = rows.slice(0, CHANGE_LINES).map(({ paths, before, after }) => {
    const named = paths.slice(0, NAMED).map(pathTitle).join(', ');
    const more = paths.length > NAMED ? ` and ${count(paths.length - NAMED, 'more path')}` : '';
    return {
      paths: `${named}${more}`,
      before: kept(stateText(before)),
      after: kept(stateText(after)),
    };
  });
  return { rows: shown, rowsLeft: rows.length - shown.length };
}

/** With the groups and people that hold a permission set. */
function principalNames({ rows, counts }: CauseChange, holders: SetHolders): DigestNames {
  const { names, left } = firstNames(rows, 'principals', counts.principals, NAMED);
  const named = names.map((arn) => {
    const heldBy = holders.of(arn);
    return kept(`${shortPrincipal(arn)}${heldBy ? ` (${holdersText(heldBy, 1)})` : ''}`);
  });
  return { names: named, left };
}

/** Production first, since readers look for it. */
function instanceNames({ rows, counts }: CauseChange, instances: ReadonlyMap<string, Instance>): DigestNames {
  const rank = (id: string): number => Number(!taggedProd(instances.get(id)));
  const all = firstNames(rows, 'instances', counts.instances, counts.instances).names;
  const names = all.toSorted((a, b) => rank(a) - rank(b)).slice(0, NAMED);
  const named = names.map((id) => {
    const name = instances.get(id)?.tags.find(({ key }) => key === 'Name')?.value ?? null;
    return kept(instanceLabel({ id, name }));
  });
  return { names: named, left: counts.instances - named.length };
}
