import type { Condition, Uncertainty } from '../../evaluator/decision.ts';
import {
  type ExplainedLayer,
  explain as explainRequest,
  type Explanation as RequestExplanation,
} from '../../evaluator/explain.ts';
import { type HeldBy, SetHolders } from '../../snapshot/held-by.ts';
import { instancesOf } from '../../snapshot/instances-of.ts';
import { levelName } from '../../snapshot/level-name.ts';
import type { Instance, Snapshot } from '../../snapshot/snapshot.ts';
import type { Account, Subject } from '../account/account.ts';
import { AgentChannels } from '../account/agent-channels.ts';
import {
  type AuditedAccount,
  applicable,
  auditedAccount,
  decideDirect,
  pathOf,
} from '../account/audited-account.ts';
import { isNotCollected, missingFrom } from '../account/not-collected.ts';
import { askAlternative } from '../account/one-cell.ts';
import { layeredRequest } from '../account/question.ts';
import { regionFor } from '../account/whole-lists.ts';
import { buildMatrix } from '../build.ts';
import { ChainEnds } from '../chains/chain-end.ts';
import { outsideSubjects } from '../chains/outside.ts';
import type { Alternative } from '../paths/access-path.ts';
import type { AccessPath } from '../paths/access-paths.ts';
import type { Cell, PathId, Step, Verdict } from '../paths/cell.ts';
import { inTheWay } from '../paths/in-the-way.ts';
import type { Matrix } from '../paths/matrix.ts';
import { OBSTACLES, type ObstacleId } from '../paths/obstacles.ts';
import { whyUnreachable } from '../paths/reachable.ts';
import { cellsOf } from './list-cells.ts';
import { type Remover, Removers, removalsOf } from './removers.ts';
import { type AskedStep, Steps } from './steps.ts';
import type { Led } from './through-roles.ts';

/**
 * `of`: the ARN or id of what the policies belong to: a principal, an assumed role, a root, an organisational unit,
 * or an account.
 */
export interface LayerOf extends ExplainedLayer {
  readonly of: string;
}

/**
 * `missing`: calls that were not made and that would decide an `unknown` request. The explanation uses known data
 * only.
 */
export interface ExplainedRequest extends Omit<RequestExplanation, 'decision' | 'layers'> {
  readonly layers: readonly LayerOf[];
  readonly decision: RequestExplanation['decision'] | 'unknown';
  readonly missing?: string;
}

/** One alternative of the path with all its requests, each layer by layer. */
export interface ExplainedAlternative {
  readonly id: string;
  readonly requests: readonly ExplainedRequest[];
}

/** One step of the chain with its requests. */
export interface ExplainedStep extends Step {
  readonly requests: readonly ExplainedRequest[];
}

/** A request that removes an obstacle, and the principals that may make it: themselves, or as a role. */
export interface ExplainedRemoval {
  readonly action: string;
  readonly principals: readonly Remover[];
  readonly throughRoles: readonly Led[];
}

/** An obstacle, and the principals that may make each request that removes it. */
export interface ExplainedObstacle {
  readonly obstacle: ObstacleId;
  readonly text: string;
  readonly removals: readonly ExplainedRemoval[];
}

/** One cell in full. `direct` is what the principal may do itself; the cell may also be held through a chain (`via`). */
export interface CellExplanation {
  readonly principal: string;
  readonly instance: string;
  readonly path: PathId;
  /** for the role of a permission set: the groups and people that hold it */
  readonly heldBy?: HeldBy;
  readonly verdict: Verdict;
  readonly condition: Condition | null;
  /** null if the cell is denied */
  readonly cell: Cell | null;
  readonly via: readonly string[];
  /** why the path does not work now, if the instance's role is the reason */
  readonly unreachable?: string;
  /** if the path does not work now: the obstacles, and the principals that may remove them */
  readonly obstacles?: readonly ExplainedObstacle[];
  readonly uncertain: readonly Uncertainty[];
  /** `via`, step by step */
  readonly steps: readonly ExplainedStep[];
  /** the requests of the principal at the end of the chain */
  readonly alternatives: readonly ExplainedAlternative[];
}

/** Why there is no such cell: an unknown word, or a path that cannot apply. */
export interface NoCell {
  readonly error: 'principal' | 'instance' | 'path' | 'not applicable';
}

export interface CellName {
  readonly principal: string;
  readonly instance: string;
  readonly path: PathId;
}

/**
 * Decides one cell again in full, every request with every layer. `matrix` is that of the snapshot, needed
 * for chains; it is built if left out.
 */
export function explainCell(snapshot: Snapshot, name: CellName, matrix?: Matrix): CellExplanation | NoCell {
  const audited = auditedAccount(snapshot);
  const sought = seek(audited, name);
  if ('error' in sought) return sought;
  const { subject, instance, path, alternatives } = sought;
  const [cell = null] = cellsOf(matrix ?? buildMatrix(snapshot), snapshot, name, { removable: true });
  const direct = subject.kind === 'outside' ? null : decideDirect(audited, path, instance, subject);
  const { verdict, condition, via } = cell ?? NOT_HELD;
  const ends = new ChainEnds(audited.account);
  const end = ends.of(name.principal, via) ?? subject;
  const steps = new Steps(audited, ends).asked(name.principal, via);
  const heldBy = new SetHolders(snapshot).of(name.principal);
  return {
    ...name,
    ...(heldBy && { heldBy }),
    verdict,
    condition,
    cell,
    via,
    ...(cell && notReachable(path, instance, audited)),
    uncertain: cell?.uncertain ?? direct?.uncertain ?? [],
    steps: steps.map((step) => explainStep(step, audited.account)),
    alternatives:
      end.kind === 'outside'
        ? []
        : alternatives.map((one) => explainAlternative(one, instance, end, audited)),
  };
}

const NOT_HELD = { verdict: 'denied', condition: null, via: [] } as const;

/** The principal, instance and path that a cell's name means. */
interface Sought {
  readonly subject: Subject;
  readonly instance: Instance;
  readonly path: AccessPath;
  readonly alternatives: readonly Alternative[];
}

function seek(audited: AuditedAccount, name: CellName): Sought | NoCell {
  const { account } = audited;
  const subject = [...account.subjects, ...outsideSubjects(account)].find(
    (one) => one.arn === name.principal,
  );
  if (!subject) return { error: 'principal' };
  const instance = instancesOf(account.snapshot).find((one) => one.id === name.instance);
  if (!instance) return { error: 'instance' };
  const path = pathOf(audited, name.path);
  if (!path) return { error: 'path' };
  const alternatives = applicable(audited, path, instance);
  return alternatives ? { subject, instance, path, alternatives } : { error: 'not applicable' };
}

function notReachable(
  { fact }: AccessPath,
  instance: Instance,
  audited: AuditedAccount,
): Pick<CellExplanation, 'unreachable' | 'obstacles'> {
  const region = regionFor(instance, audited.account);
  const agents = new AgentChannels(audited.account);
  const unreachable = whyUnreachable(fact, instance, region, agents);
  const ids = inTheWay(fact, instance, region, agents);
  if (ids.length === 0) return {};
  const removers = new Removers(audited, [instance]);
  const obstacles = ids.map((obstacle) => ({
    obstacle,
    text: OBSTACLES[obstacle].text,
    removals: removalsOf([obstacle]).map((removal) => ({
      action: removal.action,
      principals: removers.who(removal, instance),
      throughRoles: removers.throughRoles(removal, instance),
    })),
  }));
  return { ...(unreachable === null ? {} : { unreachable }), obstacles };
}

function explainAlternative(
  alternative: Alternative,
  instance: Instance,
  subject: Subject,
  audited: AuditedAccount,
): ExplainedAlternative {
  const { account } = audited;
  const asked = askAlternative(alternative, instance, subject, account);
  const known = { chosen: new Set(alternative.chosen ?? []), given: subject.given };
  const requests = asked.requests.flatMap(({ asked: one, combined }) => {
    // a request that needs no grant is shown only if a Deny affects it
    if (one.row.undenied && combined.denied === false) return [];
    const question = layeredRequest(account, one);
    const found = explainRequest(question.request, question.layers, known);
    return [withOwners(found, subject, account, subject.missing ?? one.target.missing)];
  });
  return { id: alternative.id, requests };
}

function explainStep({ step, subject, questions }: AskedStep, account: Account): ExplainedStep {
  if (!subject) return { ...step, requests: [] };
  const requests = questions.map(({ request, layers, chosen }) => {
    const found = explainRequest(request, layers, { chosen, given: subject.given });
    const missing = missingFrom([layers.resourcePolicy ?? undefined]);
    return withOwners(found, subject, account, subject.missing ?? missing);
  });
  return { ...step, requests: subject.kind === 'outside' ? asOutsider(requests, step.condition) : requests };
}

/**
 * An outsider may have several identities: this is the one with which it enters. Conditions on the caller's identity
 * are shown in the step, all others in the cell.
 */
function asOutsider(
  requests: readonly ExplainedRequest[],
  condition: Condition | null,
): readonly ExplainedRequest[] {
  const among = (test: (request: ExplainedRequest) => boolean): ExplainedRequest | undefined =>
    requests.find(test);
  const one =
    among(({ decision }) => decision === 'allowed' && condition === null) ??
    among((request) => request.condition?.text === condition?.text && request.decision === 'conditional') ??
    among(({ decision }) => decision === 'conditional') ??
    among(({ decision }) => decision === 'allowed') ??
    requests[0];
  if (one?.decision !== 'conditional') return one ? [one] : [];
  if (condition !== null) return [{ ...one, condition }];
  const layers = one.layers.map(
    (layer): LayerOf => (layer.verdict === 'conditional' ? { ...layer, verdict: 'allows' } : layer),
  );
  return [{ ...one, decision: 'allowed', condition: null, layers }];
}

function withOwners(
  found: RequestExplanation,
  subject: Subject,
  account: Account,
  missing: string | null | undefined,
): ExplainedRequest {
  const layers = found.layers
    // the policies of the other account are not known
    .filter(({ layer }) => subject.kind !== 'outside' || layer !== 'identityPolicies')
    .map((layer) => ({ ...layer, of: ownerOf(layer, found.resource, subject, account) }));
  const explained = { ...found, layers };
  return missing == null ? explained : asFarAsKnown(explained, missing);
}

type KnownRequest = Omit<RequestExplanation, 'layers'> & { readonly layers: readonly LayerOf[] };

function ownerOf(
  { layer, level }: ExplainedLayer,
  resource: string,
  subject: Subject,
  { snapshot }: Account,
): string {
  if (layer === 'resourcePolicy') return resource;
  if (layer !== 'serviceControlPolicies' && layer !== 'resourceControlPolicies') return subject.arn;
  return levelName(snapshot.organization?.levels[level ?? 0] ?? { targetId: '' });
}

/** A denied request stays denied whatever the missing policies contain; every other becomes unknown. */
function asFarAsKnown(explained: KnownRequest, missing: string): ExplainedRequest {
  const isDenied = explained.decision === 'explicitDeny' || explained.decision === 'implicitDeny';
  const seen = explained.statements.filter(({ policy }) => !isNotCollected(policy));
  const layers = explained.layers.map((layer): LayerOf => {
    const statements = layer.statements.filter(({ policy }) => !isNotCollected(policy));
    const isPart = statements.length < layer.statements.length && layer.verdict !== 'denies';
    return { ...layer, statements, verdict: isPart ? 'unknown' : layer.verdict };
  });
  if (isDenied) return { ...explained, statements: seen, layers };
  return { ...explained, decision: 'unknown', condition: null, statements: seen, layers, flip: [], missing };
}
