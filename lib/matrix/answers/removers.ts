import { hasBit, placesIn } from '../../evaluator/bits.ts';
import type { Condition } from '../../evaluator/decision.ts';
import { Residuals } from '../../evaluator/residual/residuals.ts';
import { once } from '../../memory/once.ts';
import { remembered } from '../../memory/remembered.ts';
import type { Instance } from '../../snapshot/snapshot.ts';
import type { Subject } from '../account/account.ts';
import type { AuditedAccount } from '../account/audited-account.ts';
import { asRemoving } from '../account/not-collected.ts';
import { type ClassifiedInstances, classify } from '../classes/instance-classes.ts';
import { PolicyViews } from '../classes/policy-views.ts';
import type { SubjectClass } from '../classes/principal-classes.ts';
import { PrincipalViews } from '../classes/principal-views.ts';
import { relevantTo } from '../classes/relevant.ts';
import type { Removable, Verdict } from '../paths/cell.ts';
import {
  type ObstacleId,
  REMOVAL_ACTIONS,
  REMOVAL_KINDS,
  REMOVALS,
  type Removal,
} from '../paths/obstacles.ts';
import { DirectRows } from '../rows/direct-rows.ts';
import type { RowCell } from '../rows/row-cell.ts';
import { SessionRows } from '../rows/session-rows.ts';
import { type End, type Led, ThroughRoles } from './through-roles.ts';

/** The principals that may make the request, as a cell lists them. */
export interface Remover {
  readonly principal: string;
  readonly verdict: Verdict;
  readonly condition: Condition | null;
}

/** The principals that may make one request, and on which instances. */
interface Held {
  /** by class of instances: their number */
  readonly counts: Uint32Array;
  readonly classes: readonly { readonly one: SubjectClass; readonly cells: readonly RowCell[] }[];
}

const ACTIONS = REMOVAL_ACTIONS.map((action) => action.toLowerCase());

/**
 * Finds the principals that may remove obstacles. Each request is evaluated for all classes of principals and
 * instances at once, like a path. What principals may do as a role that they assume is listed separately.
 */
export class Removers {
  readonly #classified: ClassifiedInstances;
  readonly #places: ReadonlyMap<string, number>;
  readonly #subjects: readonly Subject[];
  readonly #classes: readonly SubjectClass[];
  readonly #rows: DirectRows;
  readonly #held = new Map<Removal, Held>();
  readonly #led = new Map<string, readonly Led[]>();
  readonly #through: () => ThroughRoles;
  readonly #removable = new Map<string, readonly Removable[]>();

  constructor(audited: AuditedAccount, instances: readonly Instance[]) {
    const { account } = audited;
    this.#through = once(() => new ThroughRoles(account));
    const relevant = relevantTo(account, { actions: ACTIONS, kinds: REMOVAL_KINDS });
    this.#classified = classify(account, instances, relevant, ({ instanceProfile }) => instanceProfile ?? '');
    const { classOf } = this.#classified;
    this.#places = new Map(instances.map(({ id }, i) => [id, classOf[i] as number]));
    const principalViews = new PrincipalViews(new PolicyViews(), ACTIONS);
    this.#subjects = account.subjects.map(asRemover);
    this.#classes = classesOf(this.#subjects, principalViews);
    const residuals = new Residuals(account.guardrailsAreWhole ? [] : ['guardrails-not-collected']);
    const sessions = new SessionRows(account, relevant);
    this.#rows = new DirectRows({
      ...{ audited, classified: this.#classified, principalViews },
      ...{ residuals, sessions },
    });
  }

  /** The same object for instances of one class. */
  removable(obstacles: readonly ObstacleId[], instance: Instance): readonly Removable[] {
    const place = this.#places.get(instance.id);
    if (place === undefined) return [];
    return remembered(this.#removable, `${place} ${obstacles.join()}`, () =>
      removalsOf(obstacles).map((removal) => {
        const { obstacle, action } = removal;
        const count = this.#holders(removal).counts[place] as number;
        const throughRoles = this.throughRoles(removal, instance).length;
        return { obstacle, action, count, ...(throughRoles > 0 ? { throughRoles } : {}) };
      }),
    );
  }

  /** Principals that cannot make the request themselves, but as a role that they assume. In the account's order. */
  throughRoles(removal: Removal, { id }: Instance): readonly Led[] {
    const at = this.#holdersAt(removal, id);
    if (at.length === 0) return [];
    const name = at.map(({ one, cell }) => `${one.name} ${cell.residual.id} ${cell.missing}`).join('\n');
    return remembered(this.#led, name, () => {
      const ends = new Map<string, End>();
      for (const { one, cell } of at)
        for (const member of one.members) {
          const { arn } = this.#subjects[member] as Subject;
          ends.set(arn, { open: cell.residual.open, missing: cell.missing });
        }
      return this.#through().to(ends);
    });
  }

  /** Principals that may make the request themselves. In the account's order. */
  who(removal: Removal, { id }: Instance): readonly Remover[] {
    return this.#holdersAt(removal, id)
      .flatMap(({ one, cell }) => one.members.map((member) => ({ member, cell })))
      .sort((a, b) => a.member - b.member)
      .map(({ member, cell: { verdict, condition } }) => ({
        principal: (this.#subjects[member] as Subject).arn,
        verdict,
        condition,
      }));
  }

  /** The classes of principals that may make the request about an instance, with their cells there. */
  #holdersAt(
    removal: Removal,
    id: string,
  ): readonly { readonly one: SubjectClass; readonly cell: RowCell }[] {
    const place = this.#places.get(id);
    if (place === undefined) return [];
    return this.#holders(removal).classes.flatMap(({ one, cells }) => {
      const cell = cells.find(({ bits }) => hasBit(bits, place));
      return cell ? [{ one, cell }] : [];
    });
  }

  #holders(removal: Removal): Held {
    return remembered(this.#held, removal, () => {
      const counts = new Uint32Array(this.#classified.representatives.length);
      const classes = this.#classes
        .map((one) => ({ one, cells: this.#rows.decide(removal, one) }))
        .filter(({ cells }) => cells.length > 0);
      for (const { one, cells } of classes)
        for (const { bits } of cells)
          for (const place of placesIn(bits)) counts[place] = (counts[place] as number) + one.members.length;
      return { counts, classes };
    });
  }
}

/** A principal whose missing policies may also allow it to create a role that removes an obstacle. */
export function asRemover(subject: Subject): Subject {
  if (subject.missing === null) return subject;
  const { layers } = subject;
  return { ...subject, layers: { ...layers, identityPolicies: layers.identityPolicies.map(asRemoving) } };
}

export function removalsOf(obstacles: readonly ObstacleId[]): readonly Removal[] {
  return REMOVALS.filter(({ obstacle }) => obstacles.includes(obstacle));
}

function classesOf(subjects: readonly Subject[], views: PrincipalViews): readonly SubjectClass[] {
  const none = { runAs: '', sessions: '', ownSession: '', entries: '' };
  const classes = new Map<string, SubjectClass & { readonly members: number[] }>();
  for (const [i, first] of subjects.entries()) {
    const principalViews = views.of(first);
    const name = `${first.kind} ${principalViews.join()} ${first.missing ?? ''}`;
    remembered(classes, name, () => ({ ...none, first, members: [], principalViews, name })).members.push(i);
  }
  return [...classes.values()];
}
