import { remembered } from '../../memory/remembered.ts';
import type { Role } from '../../snapshot/snapshot.ts';
import type { Account, Subject } from '../account/account.ts';
import type { SessionChoice } from '../account/chosen-sessions.ts';
import type { EscalationNames } from '../classes/escalation-names.ts';
import { type EqualTargets, equalTargets } from '../classes/target-classes.ts';
import { ASSUMING } from '../paths/assuming.ts';
import type { Escalation } from '../paths/escalation.ts';
import { callingRole } from '../paths/escalations.ts';
import { ANY_USER } from '../paths/lands-as.ts';
import type { AskedRow } from './asked-rows.ts';
import { assumeByOwnTrust, limitsUnder, ownTrust, type Reduce } from './assume-role.ts';
import { NO_CALLERS } from './calling-roles.ts';
import { type Edge, partOf, resting } from './chains.ts';
import { bothOpenings, type Opening, settled } from './codes.ts';
import { type EscalationRequests, grantsIn, isAnywhere, type RequestsAnswer } from './escalation-requests.ts';
import { type TargetClass, targetsFor } from './escalation-targets.ts';
import { FoundEscalations } from './found-escalations.ts';
import { holderEdges } from './holder-edges.ts';
import { missingToPass } from './passed-roles.ts';
import { isOfSession, type SessionsByRewriters } from './trusted-sessions.ts';

/** The principals to which rows of the table may lead. */
interface Ends {
  /** numbers of users and roles by ARN */
  readonly index: ReadonlyMap<string, number>;
  /** by service and ARN: numbers of roles as the service uses them, for certain calls only */
  readonly callers: ReadonlyMap<string, ReadonlyMap<string, number>>;
  readonly sessions: SessionsByRewriters;
}

interface Given {
  readonly account: Account;
  readonly requests: EscalationRequests;
  readonly reduce: Reduce;
  readonly names: EscalationNames | undefined;
  readonly found: FoundEscalations;
  readonly ends: Ends;
}

/** A row, and the answer to its requests. */
interface Asked {
  readonly row: Escalation;
  readonly asked: RequestsAnswer;
}

type Chosen = readonly [choices: readonly SessionChoice[], targets: readonly TargetClass[]];

/** Edges through IAM to existing users and roles. */
export class ExistingEdges {
  readonly #given: Given;
  /** separate, since roles of calling services and in chosen sessions are hypothetical principals of this account */
  readonly #ofHypotheticals = new FoundEscalations();
  readonly #chosen = new WeakMap<readonly TargetClass[], readonly Chosen[]>();

  constructor(given: Given) {
    this.#given = given;
  }

  get found(): FoundEscalations {
    return this.#given.found;
  }

  /** Cached by what policies say about this row: few principals differ in that. */
  of(subject: Subject, { row, name, actions }: AskedRow): readonly Edge[] {
    const { names } = this.#given;
    if (!names) return this.#find(subject, row);
    return remembered(this.#foundBy(row).byRow, `${name} ${names.of(subject, actions)}`, () =>
      this.#find(subject, row),
    );
  }

  #find(subject: Subject, row: Escalation): readonly Edge[] {
    const { account, requests, ends } = this.#given;
    const { becomes } = row;
    if (typeof becomes === 'object' && 'runBy' in becomes)
      return holderEdges(subject, { row, runBy: becomes.runBy }, { account, requests, index: ends.index });
    const type = becomes === 'user' ? 'user/' : 'role/';
    const actions = row.requests.filter((request) => !isAnywhere(request)).map(({ action }) => action);
    if (isOfTrust(row)) actions.push(...ASSUMING);
    const targetClasses = this.#targetClasses(row);
    const { sure, unsure } = remembered(this.#foundBy(row).bySureness, targetClasses, () => {
      const isMissing = ({ role }: TargetClass): boolean => missingToPass(row, role, account) !== null;
      const missing = targetClasses.filter(isMissing);
      if (missing.length === 0) return { sure: targetClasses, unsure: missing };
      return { sure: targetClasses.filter((one) => !isMissing(one)), unsure: missing };
    });
    const known = equalTargets(sure, { type, actions }, subject, account);
    const kinds = [...known, ...unsure.map((one) => [one] as const)];
    return kinds.flatMap((kind) => this.#kindEdges(subject, row, kind));
  }

  #kindEdges(subject: Subject, row: Escalation, kind: EqualTargets<TargetClass>): readonly Edge[] {
    const asked = this.#given.requests.any(subject, row.requests, [kind[0]]);
    if (asked.open === false) return [];
    if (isOfTrust(row)) return this.#trustEdges(subject, { row, asked }, kind);
    const edge = this.#edgeOf(kind, { row, asked }, settled(row.asks ?? true));
    return edge ? [edge] : [];
  }

  /** Edges to roles whose trust policy the caller writes, in sessions of its choice. */
  #trustEdges(subject: Subject, of: Asked, kind: EqualTargets<TargetClass>): readonly Edge[] {
    const { account, reduce } = this.#given;
    return this.#byChoices(of.row, kind).flatMap(([choices, targets]) => {
      const { role } = targets[0] as TargetClass;
      if (!role) return [];
      const taken = assumeByOwnTrust({ role, choices }, subject, account, reduce);
      const edge = this.#edgeOf(targets, of, taken);
      if (!edge) return [];
      const admitted = { ...edge, assumes: true, runAs: ANY_USER } as const;
      if (choices.length === 0) return [admitted];
      const chosen = { ...admitted, after: choices };
      const trust = ownTrust(subject, choices);
      const limitsOf = (one: Role) => limitsUnder({ role: one, trust }, subject, account);
      if (!limitsOf(role)) return [chosen];
      // limits are those of one role
      return targets.map((one, at) => {
        const limits = one.role ? limitsOf(one.role) : undefined;
        return { ...partOf(chosen, [at]), ...(limits && { limits }) };
      });
    });
  }

  /** The targets with the choices for their sessions. The same lists for the same kind. */
  #byChoices(row: Escalation, kind: readonly TargetClass[]): readonly Chosen[] {
    if (!isOfSession(row)) return [[NO_CHOICES, kind]];
    const sessions = this.#given.ends.sessions.of(row);
    return remembered(this.#chosen, kind, () => [
      ...Map.groupBy(kind, ({ arn }) => sessions.get(arn)?.choices ?? NO_CHOICES),
    ]);
  }

  /** `rest`: what else the edge depends on. */
  #edgeOf(targets: readonly TargetClass[], { row, asked }: Asked, rest: Opening): Edge | null {
    const { open, codes } = bothOpenings(asked, rest);
    if (open === false) return null;
    const [first] = targets;
    const missing = missingToPass(row, first?.role ?? null, this.#given.account) ?? asked.missing ?? null;
    const gap = missing === null ? {} : { missing };
    return {
      ...{ ...this.#endsOf(targets, row), by: row.action, open, ...resting(codes) },
      ...{ grants: grantsIn(asked), ...gap },
    };
  }

  /** Thousands of principals may become the same thousands of others: they share one list. */
  #endsOf(targets: readonly TargetClass[], row: Escalation): Pick<Edge, 'to' | 'steps'> {
    return remembered(this.#foundBy(row).ends, targets, () => ({
      to: targets.map(({ arn }) => this.#endOf(arn, row) as number),
      steps: targets.map(({ arn }) => arn),
    }));
  }

  #targetClasses(row: Escalation): readonly TargetClass[] {
    const name = JSON.stringify([row.becomes, row.by]);
    return remembered(this.#foundBy(row).targetClassesOf, name, () =>
      targetsFor(row, this.#given.account, (arn) => this.#endOf(arn, row) !== undefined),
    );
  }

  #foundBy(row: Escalation): FoundEscalations {
    return callingRole(row) || isOfSession(row) ? this.#ofHypotheticals : this.found;
  }

  /** The principal to which a row leads on this target; undefined: none. */
  #endOf(arn: string, row: Escalation): number | undefined {
    const { index, callers, sessions } = this.#given.ends;
    if (isOfSession(row)) return sessions.of(row).get(arn)?.to;
    const caller = callingRole(row);
    return (caller ? (callers.get(caller.passedTo) ?? NO_CALLERS) : index).get(arn);
  }
}

const NO_CHOICES: readonly SessionChoice[] = [];
const isOfTrust = (row: Escalation): boolean => row.becomes === 'trusted-role' || isOfSession(row);
