import type { Subject } from '../account/account.ts';
import { limitsAttaching } from '../account/attachable-policies.ts';
import { setOfGroup } from '../account/attached-sets.ts';
import { allowsAsked, usefulVersions } from '../account/policy-versions.ts';
import type { Escalation } from '../paths/escalation.ts';
import { type Attaching, attachings, fillings, stepsOfAttaching } from './attaching-edges.ts';
import type { Opening } from './codes.ts';
import type { FoundWidening } from './equal-widenings.ts';
import type { EscalationRequests } from './escalation-requests.ts';
import type { PolicyChange } from './policy-changes.ts';
import type { Others, WideningTargets } from './widening-targets.ts';

/** A change that adds or replaces some policies only. */
export interface FoundChange extends FoundWidening {
  readonly change: PolicyChange;
}

export interface WideningOptions extends Others {
  readonly requests: EscalationRequests;
}

/** The users that a principal may become and that gain something if it may put them into a group under a condition. */
type Users = (asked: Opening) => readonly number[];

/** What principals can attach to others, into which groups they can put them, and which versions they can activate. */
export class ChangesToOthers {
  readonly #given: WideningOptions;
  readonly #targets: WideningTargets;

  constructor(given: WideningOptions, targets: WideningTargets) {
    this.#given = given;
    this.#targets = targets;
  }

  of(subject: Subject, rows: readonly Escalation[], users: Users): readonly FoundChange[] {
    const having = (kind: Escalation['becomes']): readonly Escalation[] =>
      rows.filter(({ becomes }) => becomes === kind);
    const attaching = limitsAttaching(subject) ? having('attached') : [];
    return [
      ...attaching.flatMap((row) => this.#attachingsOf(subject, row, users)),
      ...having('group').flatMap((row) => this.#joiningsOf(subject, row, users)),
      ...having('version').flatMap((row) => this.#activationsOf(subject, row)),
    ];
  }

  /** What a principal that may attach some policies only can attach to others. */
  #attachingsOf(subject: Subject, row: Escalation, users: Users): readonly FoundChange[] {
    const { account, requests } = this.#given;
    const on = row.requests[0]?.on;
    if (on === 'other-group') return this.#fillingsOf(subject, row, users);
    return this.#targets.kindsFor(this.#targets.of(row), subject, row).flatMap((kind) => {
      const attached = on === 'new-group' ? null : this.#targets.attachEnds(kind, row);
      if (attached?.length === 0) return [];
      const found = attachings(subject, { row, targets: [kind[0]] }, account, requests);
      return changes(row, found, attached ? () => attached : users);
    });
  }

  /** What it can attach to groups into which it puts others. */
  #fillingsOf(subject: Subject, row: Escalation, users: Users): readonly FoundChange[] {
    const { account, requests } = this.#given;
    const found = account.snapshot.groups.flatMap((group) =>
      fillings(subject, { row, group }, account, requests),
    );
    return changes(row, found, users);
  }

  /** Groups into which it can put others. */
  #joiningsOf(subject: Subject, row: Escalation, users: Users): readonly FoundChange[] {
    const { account, requests } = this.#given;
    const found = account.snapshot.groups.flatMap((group) => {
      const set = setOfGroup(group, account);
      if (!set.policies.some(allowsAsked)) return [];
      const asked = requests.any(subject, row.requests, [{ arn: group.arn, tags: [] }]);
      return asked.open === false ? [] : [{ asked, set }];
    });
    return changes(row, found, users);
  }

  /** Versions of policies of others, or of their boundaries, that it may activate. */
  #activationsOf(subject: Subject, row: Escalation): readonly FoundChange[] {
    const { account, requests } = this.#given;
    return this.#targets.kindsFor(this.#targets.of(row), subject, row).flatMap((kind) => {
      const asked = requests.any(subject, row.requests, [kind[0]]);
      if (asked.open === false) return [];
      return kind.flatMap(({ arn }) => {
        const ends = this.#targets.versionEnds(arn);
        return usefulVersions(arn, account).map((change) => ({
          ...{ steps: [row.action, change.step], asked, change },
          ...{ all: ends, ends },
        }));
      });
    });
  }
}

/** Changes that affect somebody. */
function changes(row: Escalation, found: readonly Attaching[], endsOf: Users): readonly FoundChange[] {
  return found.flatMap(({ asked, set }) => {
    const ends = endsOf(asked);
    if (ends.length === 0) return [];
    return [{ steps: stepsOfAttaching(row, set), asked, change: set, all: ends, ends }];
  });
}
