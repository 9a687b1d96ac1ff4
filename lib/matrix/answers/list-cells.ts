import { once } from '../../memory/once.ts';
import { remembered } from '../../memory/remembered.ts';
import { SetHolders } from '../../snapshot/held-by.ts';
import { instancesById, instancesOf } from '../../snapshot/instances-of.ts';
import type { Instance, Snapshot } from '../../snapshot/snapshot.ts';
import { AgentChannels } from '../account/agent-channels.ts';
import { type AuditedAccount, auditedAccount, pathOf } from '../account/audited-account.ts';
import { kindsOf } from '../account/kinds-of.ts';
import { regionFor } from '../account/whole-lists.ts';
import { ChainEnds } from '../chains/chain-end.ts';
import type { AccessPath } from '../paths/access-paths.ts';
import type { Cell, Opens, PathId, PrincipalKind, Removable } from '../paths/cell.ts';
import { ALSO_IF_UNKNOWN, inTheWay } from '../paths/in-the-way.ts';
import type { CellGroup, Matrix } from '../paths/matrix.ts';
import { isReachable } from '../paths/reachable.ts';
import { type CellFilter, type FoundGroup, findGroups } from './find-groups.ts';
import { Removers } from './removers.ts';
import { RequestNames } from './request-names.ts';
import { Steps } from './steps.ts';
import { isSmall, TagOpens } from './tag-changes/tag-opens.ts';

/** Additional details of cells, which take time in a large account. */
export interface CellDetails {
  /** who may remove obstacles */
  readonly removable?: true;
}

/** The cells that are not denied, one by one, in the matrix's order of groups. */
export function* cellsOf(
  matrix: Matrix,
  snapshot: Snapshot,
  filter: CellFilter = {},
  { removable }: CellDetails = {},
): Generator<Cell> {
  const isOne = filter.instance !== undefined && [filter.path].flat().join() === 'tag-rewrite';
  const expand = new Expander(snapshot, isOne || isSmall(matrix), removable);
  for (const { group, principals, instances } of expand.found(matrix, filter)) {
    for (const p of principals) {
      const principal = matrix.principals[p]?.arn ?? '';
      for (const i of instances ?? group.instances)
        yield expand.cell(group, principal, matrix.instances[i]?.id ?? '');
    }
  }
}

/** The same cells in groups, without listing them, and the kind of each principal. */
export function groupsOf(
  matrix: Matrix,
  snapshot: Snapshot,
  filter: CellFilter = {},
): { readonly groups: Iterable<FoundGroup>; readonly kind: (principal: string) => PrincipalKind } {
  const expand = new Expander(snapshot, false);
  return { groups: expand.found(matrix, filter), kind: expand.kind };
}

/** Completes a group's outcome with what depends on the instance: requests and facts. */
class Expander {
  readonly kind: (principal: string) => PrincipalKind;
  readonly #audited: AuditedAccount;
  readonly #names: RequestNames;
  readonly #ends: ChainEnds;
  readonly #steps: Steps;
  readonly #opens: TagOpens | null;
  readonly #instances: ReadonlyMap<string, Instance>;
  readonly #agents: AgentChannels;
  readonly #reachable = new WeakMap<Instance, Map<PathId, boolean | null>>();
  readonly #holders: SetHolders;
  readonly #removers: (() => Removers) | null;

  /** `opens`: also compute what tag changes would open. `removable`: also find who may remove obstacles. */
  constructor(snapshot: Snapshot, opens: boolean, removable = false) {
    this.#audited = auditedAccount(snapshot);
    this.#names = new RequestNames(this.#audited.account);
    this.#agents = new AgentChannels(this.#audited.account);
    this.#ends = new ChainEnds(this.#audited.account);
    this.#steps = new Steps(this.#audited, this.#ends);
    this.kind = kindsOf(this.#audited.account);
    this.#holders = new SetHolders(snapshot);
    this.#opens = opens ? new TagOpens(this.#audited) : null;
    this.#removers = removable ? once(() => new Removers(this.#audited, instancesOf(snapshot))) : null;
    this.#instances = instancesById(snapshot);
  }

  /** The wanted groups, also filtered by facts of the snapshot. */
  *found(matrix: Matrix, filter: CellFilter): Generator<FoundGroup> {
    for (const { group, principals, instances } of findGroups(matrix, filter)) {
      const asked = filter.people
        ? principals.filter((p) => this.kind(matrix.principals[p]?.arn ?? '') === 'person')
        : principals;
      const on = asked.length === 0 ? [] : this.#among(matrix, group, instances, filter);
      if (on === null || on.length > 0) yield { group, principals: asked, instances: on };
    }
  }

  /** The instances with the wanted tags that the path reaches now, if the filter asks for this. */
  #among(
    matrix: Matrix,
    group: CellGroup,
    instances: FoundGroup['instances'],
    { tags, reachable }: CellFilter,
  ): FoundGroup['instances'] {
    if (tags === undefined && reachable === undefined) return instances;
    const { path } = group;
    const canFail = reachable === true && pathOf(this.#audited, path)?.fact !== 'none';
    return (instances ?? group.instances).filter((i) => {
      const instance = this.#instances.get(matrix.instances[i]?.id ?? '');
      if (instance === undefined) return tags === undefined;
      if (tags !== undefined && !hasTags(instance, tags)) return false;
      return !canFail || this.#isReachable(path, instance) !== false;
    });
  }

  cell(group: CellGroup, principal: string, id: string): Cell {
    const { outcome, path } = group;
    const instance = this.#instances.get(id);
    const { alternative, ...shared } = outcome;
    const row = pathOf(this.#audited, path);
    const reachable = instance ? this.#isReachable(path, instance) : null;
    const heldBy = this.#holders.of(principal);
    return {
      principal,
      kind: this.kind(principal),
      ...(heldBy && { heldBy }),
      instance: id,
      path,
      verdict: shared.verdict,
      condition: shared.condition,
      requests: instance ? this.#requests(group, principal, instance, alternative) : [],
      landsAs: shared.landsAs,
      via: shared.via,
      steps: this.#steps.of(principal, shared.via),
      grants: shared.grants,
      ...(row?.fact === 'none' ? {} : { reachable }),
      ...(row && instance ? this.#removed(row, instance, reachable) : {}),
      uncertain: shared.uncertain,
      ...(row?.runsAs === undefined ? {} : { runsAs: row.runsAs }),
      ...(path === 'tag-rewrite' ? this.#opened(group, principal, instance) : {}),
      ...(shared.missing === undefined ? {} : { missing: shared.missing }),
    };
  }

  #removed(
    row: AccessPath,
    instance: Instance,
    reachable: boolean | null,
  ): { readonly removable?: readonly Removable[] } {
    const mayBe = reachable === false || ALSO_IF_UNKNOWN.has(row.fact);
    if (!this.#removers || !mayBe) return {};
    const region = regionFor(instance, this.#audited.account);
    const obstacles = inTheWay(row.fact, instance, region, this.#agents);
    if (reachable !== false && obstacles.length === 0) return {};
    return { removable: this.#removers().removable(obstacles, instance) };
  }

  #opened(
    { outcome }: CellGroup,
    principal: string,
    instance: Instance | undefined,
  ): { readonly opens?: readonly Opens[] } {
    const end = this.#ends.of(principal, outcome.via);
    const opens = outcome.opens ?? (instance && end && this.#opens?.of(end, instance));
    return opens ? { opens } : {};
  }

  /** Independent of the principal. */
  #isReachable(path: PathId, instance: Instance): boolean | null {
    const known = remembered(this.#reachable, instance, () => new Map<PathId, boolean | null>());
    let reachable = known.get(path);
    if (reachable === undefined) {
      const row = pathOf(this.#audited, path);
      const region = regionFor(instance, this.#audited.account);
      reachable = row ? isReachable(row.fact, instance, region, this.#agents) : null;
      known.set(path, reachable);
    }
    return reachable;
  }

  #requests(group: CellGroup, principal: string, instance: Instance, alternative: string): Cell['requests'] {
    const row = pathOf(this.#audited, group.path)?.alternatives.find((one) => one.id === alternative);
    const end = this.#ends.of(principal, group.outcome.via);
    return row && end ? this.#names.of(row, instance, end) : [];
  }
}

const hasTags = ({ tags }: Instance, wanted: NonNullable<CellFilter['tags']>): boolean =>
  wanted.every(({ key, value }) => tags.some((tag) => tag.key === key && tag.value === value));
