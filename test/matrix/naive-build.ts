import { deepEqual } from 'node:assert/strict';
import type { Uncertainty } from '../../lib/evaluator/decision.ts';
import { and, type Formula, settle } from '../../lib/evaluator/formula.ts';
import { remaining } from '../../lib/evaluator/residual/remaining.ts';
import type { Subject } from '../../lib/matrix/account/account.ts';
import {
  type AuditedAccount,
  auditedAccount,
  decideDirect,
} from '../../lib/matrix/account/audited-account.ts';
import type { PathDecision } from '../../lib/matrix/account/one-cell.ts';
import { sessionLimits } from '../../lib/matrix/chains/assume-role.ts';
import { atEnd, type Chain, chainGrants, type Edge, grantsAlong } from '../../lib/matrix/chains/chains.ts';
import { limitsFromOutside, outsideSubjects } from '../../lib/matrix/chains/outside.ts';
import { Vias } from '../../lib/matrix/chains/vias.ts';
import type { AccessPath } from '../../lib/matrix/paths/access-paths.ts';
import { landsThrough, type OsUsers, osUsersOf } from '../../lib/matrix/paths/lands-as.ts';
import type { CellGroup, Matrix, Outcome } from '../../lib/matrix/paths/matrix.ts';
import { instancesOf } from '../../lib/snapshot/instances-of.ts';
import type { Instance, Snapshot, Tags } from '../../lib/snapshot/snapshot.ts';
import { certainFirst, followed, type NaiveChain } from './naive-chains.ts';
import { anyOf, mergedCodes, type Resting } from './naive-codes.ts';
import { denyEdges, takesAway } from './naive-denies.ts';
import { directoryEdges } from './naive-directory.ts';
import { NaiveEscalations } from './naive-escalations.ts';
import { rewritingEdges, trusts } from './naive-holders.ts';
import { keptNaively } from './naive-kept.ts';
import { identityOf, newEdges } from './naive-new-principals.ts';
import { letIn, type Outsider, outsidersOf } from './naive-outsiders.ts';
import { sessionUserNaively, untaggedNaively } from './naive-tags.ts';
import { NaiveTrust } from './naive-trust.ts';
import { unseenEdges } from './naive-unseen.ts';
import { isOfVersion, versionEdges } from './naive-versions.ts';
import { freeingEdges, isFreeing, widenedEdges } from './naive-widening.ts';

/** A slow matrix in which each cell is decided separately. The row engine is compared with it. */
export function naiveMatrix(snapshot: Snapshot): Matrix {
  const audited = auditedAccount(snapshot);
  const trust = new NaiveTrust(snapshot);
  const outsiders = new Map(outsidersOf(trust, snapshot).map((one) => [one.name, one]));
  const [insider] = audited.account.subjects as [Subject, ...Subject[]];
  const outside = [...outsiders.keys()].map((arn): Subject => ({ ...insider, ...OUTSIDE, arn }));
  const subjects = [...audited.account.subjects, ...outside];
  const instances = instancesOf(snapshot);
  const cells = new DirectCells(audited, subjects, instances, { trust, outsiders });
  const groups = new GroupBuilder();
  for (const p of subjects.keys()) {
    const levels = followed({
      start: p,
      edgesOf: (from) => cells.edges(from),
      missingOf: (one) => cells.subject(one).missing,
      ranks: cells.ranks,
      inSession,
    });
    for (const path of audited.paths) {
      for (const i of instances.keys()) {
        const outcome = directOutcome(cells, p, i, path) ?? indirectOutcome(cells, levels, i, path);
        if (outcome) groups.add(path, p, i, outcome);
      }
    }
    groups.endRow();
  }
  return {
    schemaVersion: 1,
    accountId: snapshot.accountId,
    takenAt: snapshot.takenAt,
    paths: audited.paths.map((path) => path.id),
    principals: subjects.map(({ arn, kind }) => ({ arn, kind })),
    instances: instances.map(({ id, arn, region, tags }) => ({ id, arn, region, name: nameOf(tags) })),
    groups: groups.groups(),
  };
}

function nameOf(tags: Tags): string | null {
  return tags.find((tag) => tag.key === 'Name')?.value ?? null;
}

function directOutcome(cells: DirectCells, p: number, i: number, path: AccessPath): Outcome | null {
  const own = cells.cell(p, i, path);
  return own && own.verdict !== 'denied'
    ? toOutcome(cells.audited, path, cells.instance(i), cells.subject(p), own, [])
    : null;
}

type Levels = readonly (readonly NaiveChain[])[];

const inSession = (edge: Edge | null, open: Formula): Formula => atEnd({ edge } as Chain, open);

/** Codes of the account, which every cell has. */
const isOfAll = (code: string): boolean => code === 'guardrails-not-collected';

/** At the first level that opens the cell, the best chain: without a condition, then without codes. */
function indirectOutcome(cells: DirectCells, levels: Levels, i: number, path: AccessPath): Outcome | null {
  for (const level of levels) {
    let best: Outcome | null = null;
    let most = -1;
    for (const chain of level) {
      const end = cells.cell(chain.to, i, path);
      if (!end || end.verdict === 'denied') continue;
      const { audited } = cells;
      const outcome = throughChain(audited, path, cells.instance(i), cells.subject(chain.to), end, chain);
      // the same order among unknown cells
      const isSure = remaining(and(chain.open, inSession(chain.edge, end.open))) === true && !isUnseen(end);
      const isCoded = outcome?.uncertain.some((code) => !isOfAll(code)) ?? false;
      const goodness = 2 * Number(isSure) + Number(!isCoded);
      if (outcome === null || goodness <= most) continue;
      best = outcome;
      most = goodness;
    }
    if (best) return best;
  }
  return null;
}

/** True if it depends on a resource that was not listed. */
function isUnseen({ alternative }: PathDecision): boolean {
  return alternative !== null && alternative.missing !== null;
}

function throughChain(
  audited: AuditedAccount,
  path: AccessPath,
  instance: Instance,
  end: Subject,
  decision: PathDecision,
  chain: NaiveChain,
): Outcome | null {
  const last = new Set<Uncertainty>();
  const residual = remaining(and(chain.open, settle(inSession(chain.edge, decision.open), last)));
  if (residual === false) return null;
  const missing = chain.missing ?? decision.missing;
  const verdict = missing !== null ? 'unknown' : residual === true ? 'allowed' : 'conditional';
  const condition = residual === true || missing !== null ? null : residual;
  const grants = chainGrants(decision.grants, grantsAlong(chain));
  // the last step alone decides the OS users
  const landed = landingOf(audited, path, instance, end, decision);
  const users = landsThrough(landed, chain.edge?.runAs ?? []);
  const uncertain = mergedCodes(decision.uncertain, chain.codes, [...last]);
  const held: PathDecision = { ...decision, verdict, condition, grants, missing, uncertain };
  return {
    ...toOutcome(audited, path, instance, end, held, new Vias().of(chain)),
    landsAs: users,
  };
}

function toOutcome(
  audited: AuditedAccount,
  path: AccessPath,
  instance: Instance,
  subject: Subject,
  decision: PathDecision,
  via: readonly string[],
): Outcome {
  return {
    verdict: decision.verdict,
    condition: decision.condition,
    alternative: decision.alternative?.id ?? '',
    landsAs: landingOf(audited, path, instance, subject, decision).landsAs,
    via,
    grants: decision.grants,
    uncertain: decision.uncertain as readonly Uncertainty[],
    ...(decision.verdict === 'unknown' && decision.missing !== null ? { missing: decision.missing } : {}),
  };
}

function landingOf(
  audited: AuditedAccount,
  path: AccessPath,
  instance: Instance,
  subject: Subject,
  { condition }: PathDecision,
): OsUsers {
  const session = sessionUserNaively(subject, audited.account, instance.region);
  return osUsersOf(path, instance, condition, session);
}

/** Decides who may assume which roles, without code of the engine. */
interface Taking {
  readonly trust: NaiveTrust;
  readonly outsiders: ReadonlyMap<string, Outsider>;
}

const GIVING = /^iam:(CreatePolicyVersion|(Put|Attach)(User|Group|Role)Policy)$/;

/** Marks principals from outside: they hold nothing directly, and assume roles as NaiveTrust decides. */
const OUTSIDE = { kind: 'outside', role: null, missing: null, tags: [] } as const;

/** The direct cells, each decided once, and the edges that follow from them. */
class DirectCells {
  readonly #audited: AuditedAccount;
  readonly #subjects: readonly Subject[];
  readonly #escalations: NaiveEscalations;
  readonly #instances: readonly Instance[];
  readonly #taking: Taking;
  readonly #cells = new Map<string, PathDecision | null>();
  readonly #edges = new Map<number, readonly Edge[]>();
  readonly #roleIndex: ReadonlyMap<string, number>;
  readonly #profileRoles: ReadonlyMap<string, readonly string[]>;

  constructor(
    audited: AuditedAccount,
    subjects: readonly Subject[],
    instances: readonly Instance[],
    taking: Taking,
  ) {
    this.#taking = taking;
    this.#audited = audited;
    this.#escalations = new NaiveEscalations(audited.account, subjects);
    this.#subjects = [...subjects, ...this.#escalations.hypotheticals];
    this.#instances = instances;
    this.#roleIndex = new Map(
      subjects.flatMap((subject, i) => (subject.role ? [[subject.arn, i] as const] : [])),
    );
    this.#profileRoles = new Map(
      audited.account.snapshot.instanceProfiles.map((profile) => [profile.arn, profile.roles]),
    );
  }

  /** True if IAM's list was cut off. */
  get #isCut(): boolean {
    return this.#audited.account.snapshot.coverage.some(
      ({ call, status }) => call === 'iam.get-account-authorization-details' && status !== 'collected',
    );
  }

  get audited(): AuditedAccount {
    return this.#audited;
  }

  /** // the order that decides between equally short chains */
  get ranks(): readonly number[] {
    return this.#escalations.ranks;
  }

  subject(p: number): Subject {
    return this.#subjects[p] as Subject;
  }

  instance(i: number): Instance {
    return this.#instances[i] as Instance;
  }

  cell(p: number, i: number, path: AccessPath): PathDecision | null {
    const subject = this.#subjects[p] as Subject;
    if (subject.kind === 'outside') return null;
    const key = `${p} ${i} ${path.id}`;
    let cell = this.#cells.get(key);
    if (cell === undefined) {
      cell = decideDirect(this.#audited, path, this.#instances[i] as Instance, subject);
      this.#cells.set(key, cell);
    }
    return cell;
  }

  edges(from: number): readonly Edge[] {
    let edges = this.#edges.get(from);
    if (!edges) {
      const subject = this.#subjects[from] as Subject;
      const roles = this.#roleEdges(subject);
      const { account } = this.#audited;
      // removals and created principals are evaluated by the naive files
      const made = this.#escalations
        .own(from)
        .filter((edge) => !takesAway(edge) && !isFreeing(edge) && !isOfVersion(edge));
      const own = [
        ...made.filter((edge) => this.#isAsKept(subject, edge)),
        ...freeingEdges(subject, this.#subjects, account),
        ...denyEdges(subject, this.#subjects, account),
        ...versionEdges(subject, this.#subjects, account),
      ];
      const others = certainFirst([
        ...this.#escalations.others(from),
        ...newEdges(subject, this.#subjects, account),
        ...rewritingEdges(subject, this.#subjects, account),
        ...unseenEdges(subject, this.#subjects, account),
        ...directoryEdges(subject, this.#subjects, account, this.#taking.trust),
      ]);
      edges = [
        ...roles,
        ...this.#instanceEdges(from),
        ...own,
        ...others,
        ...widenedEdges(subject, roles, this.#subjects, account),
        ...widenedEdges(subject, others, this.#subjects, account),
      ];
      this.#edges.set(from, edges);
    }
    return edges;
  }

  /** The Denies that a principal keeps when it gives itself any policy, without code of the engine. */
  #isAsKept(subject: Subject, { to: [to], steps: [step] }: Edge): true {
    if (/^iam:Untag(User|Role)$/.test(step ?? '')) {
      const left = this.#subjects[to as number]?.tags.map(({ key }) => key);
      deepEqual(left, untaggedNaively(subject, this.#audited.account));
      return true;
    }
    const names = this.#subjects[to as number]?.layers.identityPolicies.map(({ name }) => name) ?? [];
    if (
      names[0] !== 'any policy' ||
      !GIVING.test(step ?? '') ||
      subject.layers.identityPolicies[0]?.name === 'any policy'
    )
      return true;
    deepEqual(names.slice(1), keptNaively(subject, this.#audited.account));
    return true;
  }

  #roleEdges(subject: Subject): readonly Edge[] {
    const { snapshot } = this.#audited.account;
    const { trust, outsiders } = this.#taking;
    const outsider = outsiders.get(subject.arn);
    const { account } = this.#audited;
    const asOutsider = outsideSubjects(account).find(({ arn }) => arn === subject.arn);
    return snapshot.roles.flatMap((role) => {
      const { open, codes, runAs } = outsider
        ? letIn(trust, outsider, role)
        : trust.byInsider(identityOf(subject, snapshot), subject.layers, role, subject.ownTags ?? new Set());
      const to = this.#roleIndex.get(role.arn);
      const isLinked = role.path.startsWith('/aws-service-role/');
      // the session of a provider has the provider as a key
      const assumes = outsider?.shared === undefined ? { assumes: true as const } : {};
      const gap = trust.isRead(role) || isLinked ? {} : { missing: `iam get-role of ${role.arn}` };
      if (open === false || to === undefined) return [];
      const limits = asOutsider
        ? limitsFromOutside(asOutsider, role, account)
        : sessionLimits(subject, role, account);
      const limit = limits ? { limits } : {};
      return [{ to: [to], steps: [role.arn], open, codes, runAs, ...assumes, ...gap, ...limit }];
    });
  }

  /** A shell on an instance gives a shell with its role. */
  #instanceEdges(from: number): readonly Edge[] {
    const shells = this.#audited.paths.filter((path) => path.groups.includes('shell'));
    const { snapshot } = this.#audited.account;
    const all = this.#instances.flatMap((instance, i) => {
      const roles = (instance.instanceProfile && this.#profileRoles.get(instance.instanceProfile)) || [];
      const ends: (number | undefined)[] = roles.map((arn) => this.#roleIndex.get(arn));
      const isLost = instance.instanceProfile !== null && (roles.length === 0 || ends.includes(undefined));
      const isListed = this.#profileRoles.has(instance.instanceProfile ?? '') && roles.length === 0;
      if (isLost && !isListed && this.#isCut)
        ends.push(this.#subjects.findIndex(({ arn }) => arn.endsWith(':role/*')));
      return ends.flatMap((to) => {
        // also to itself: the session has other keys
        if (to === undefined) return [];
        const opens = shells
          .map((path) => this.cell(from, i, path))
          .filter((cell) => cell !== null && cell.verdict !== 'denied' && !isUnseen(cell));
        if (opens.length === 0) return [];
        const ways = opens.flatMap((cell) =>
          cell ? [{ open: cell.open, codes: cell.uncertain.filter((code) => !isOfAll(code)) }] : [],
        );
        const { role } = this.#subjects[to] as Subject;
        if (role?.trust && !trusts(snapshot, role.trust, 'ec2.amazonaws.com')) return [];
        const isRead = !role?.trust || snapshot.policies.find(({ id }) => id === role.trust)?.document;
        const gap = isRead ? {} : { missing: `iam get-role of ${role.arn}` };
        return [{ to: [to], steps: [instance.arn], ...anyOf(ways), ...gap }];
      });
    });
    // through the instance with the best shell
    const goodness = ({ open, codes }: Resting): number =>
      2 * Number(open === true) + Number(codes.length === 0);
    return [...Map.groupBy(all, ({ to: [to] }) => to).values()].map((edges) =>
      edges.reduce((best, one) => (goodness(one) > goodness(best) ? one : best)),
    );
  }
}

/** Collects cells with the same outcome: instances of one row first, then equal rows. */
class GroupBuilder {
  readonly #row = new Map<
    string,
    { path: AccessPath; outcome: Outcome; principal: number; instances: number[] }
  >();
  readonly #groups = new Map<string, CellGroup & { principals: number[] }>();

  add(path: AccessPath, principal: number, instance: number, outcome: Outcome): void {
    const key = `${path.id} ${JSON.stringify(outcome)}`;
    const entry = this.#row.get(key) ?? { path, outcome, principal, instances: [] };
    entry.instances.push(instance);
    this.#row.set(key, entry);
  }

  endRow(): void {
    for (const [key, { path, outcome, principal, instances }] of this.#row) {
      const full = `${key} ${instances.join(',')}`;
      const group = this.#groups.get(full) ?? { path: path.id, principals: [], instances, outcome };
      group.principals.push(principal);
      this.#groups.set(full, group);
    }
    this.#row.clear();
  }

  groups(): readonly CellGroup[] {
    return [...this.#groups.values()];
  }
}
