import { actionFacts } from './action-facts.ts';
import type { CompiledPolicy } from './compile.ts';
import type { Context } from './context.ts';
import { and, assume, type Formula, not, or } from './formula.ts';
import { ask, type LayerAnswer, type Match, type Question, SILENT } from './match-statement.ts';
import { isServiceLinked, type NamedAs, type Principal } from './principal.ts';

/** One API call, as IAM sees it. */
export interface Request {
  readonly principal: Principal;
  /** any case */
  readonly action: string;
  readonly resource: string;
  readonly resourceAccount: string;
  readonly context: Context;
  /** the resource's own policy is not known, and assumed to delegate to identity policies */
  readonly policyUnread?: boolean;
}

/** The policies that apply to a request. A level is a list of policies; no levels: no organisation. */
export interface Layers {
  readonly identityPolicies: readonly CompiledPolicy[];
  readonly permissionsBoundary: CompiledPolicy | null;
  readonly serviceControlPolicies: readonly (readonly CompiledPolicy[])[];
  readonly resourceControlPolicies: readonly (readonly CompiledPolicy[])[];
  readonly sessionPolicies: readonly CompiledPolicy[];
  readonly resourcePolicy: CompiledPolicy | null;
}

/** The answer of every layer; `null` if a layer does not apply to the request. */
export interface Answers {
  readonly identity: LayerAnswer;
  readonly boundary: LayerAnswer | null;
  readonly guardrails: readonly LayerAnswer[];
  readonly resourceGuardrails: readonly LayerAnswer[];
  readonly session: LayerAnswer | null;
  readonly resource: LayerAnswer;
}

/** The combined layers: when access is granted, and what each layer removes. */
export interface Combined {
  readonly answers: Answers;
  /** what the identity or resource policy allows, before any other layer */
  readonly granted: Formula;
  /** the part of `granted` that no implicit deny of boundary or session policy limits */
  readonly free: Formula;
  /** `granted`, and allowed by every layer */
  readonly allowed: Formula;
  readonly denied: Formula;
}

/** How the policies of a layer are evaluated; the matrix evaluates many instances at once. */
export type Ask = typeof ask;

/** Evaluates every layer and combines the answers. */
export function combine(request: Request, layers: Layers, asking: Ask = ask): Combined {
  const answers = askAll(request, layers, asking);
  const { granted, within, free } = grant(request, layers, answers);
  const limits = answers.guardrails.reduce<Formula>((sum, level) => and(sum, level.allow), true);
  const fixed = !isNeverAllowed(request);
  const combined = {
    answers,
    granted: and(granted, fixed),
    free,
    allowed: and(and(within, limits), fixed),
    denied: deniedBy(answers),
  };
  // https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html: even where a policy denies it
  const isAlwaysAllowed = actionFacts(request.action).name === 'sts:getcalleridentity';
  return isAlwaysAllowed ? { ...combined, allowed: true, denied: false } : combined;
}

/** The condition under which the request is authorised. */
export function openOf({ allowed, denied }: Combined): Formula {
  return and(allowed, not(denied));
}

function deniedBy(answers: Answers): Formula {
  let denied = or(answers.identity.deny, answers.resource.deny);
  for (const { deny } of answers.resourceGuardrails) denied = or(denied, deny);
  for (const { deny } of answers.guardrails) denied = or(denied, deny);
  if (answers.boundary) denied = or(denied, answers.boundary.deny);
  return answers.session ? or(denied, answers.session.deny) : denied;
}

export function allAnswers(answers: Answers): readonly LayerAnswer[] {
  return [
    answers.identity,
    answers.resource,
    ...answers.resourceGuardrails,
    ...answers.guardrails,
    ...(answers.boundary ? [answers.boundary] : []),
    ...(answers.session ? [answers.session] : []),
  ];
}

/** The question for each layer. */
export function questionFor(request: Request, layers: Layers): Question {
  const { principal, context } = request;
  const { name: action, hasResourceLevel } = actionFacts(request.action);
  const resource = hasResourceLevel === false ? '*' : request.resource;
  return { principal, action, resource, context, bounded: layers.permissionsBoundary !== null };
}

function askAll(request: Request, layers: Layers, asking: Ask): Answers {
  const { principal } = request;
  const { rcpCovers } = actionFacts(request.action);
  const question = questionFor(request, layers);
  const isService = isServiceOrProvider(principal);
  const exempt = isService || isServiceLinked(principal);
  const hasSession = layers.sessionPolicies.length > 0 || principal.kind === 'federated-user';
  return {
    identity: isService ? SILENT : asking(layers.identityPolicies, 'identityPolicies', question),
    boundary:
      layers.permissionsBoundary && !isService
        ? asking([layers.permissionsBoundary], 'permissionsBoundary', question)
        : null,
    guardrails: exempt
      ? []
      : layers.serviceControlPolicies.map((level) => asking(level, 'serviceControlPolicies', question)),
    // RCPFullAWSAccess cannot be detached, so a resource control policy only ever denies
    resourceGuardrails:
      rcpCovers && !isServiceLinked(principal) && !isAwsManagedKey(request)
        ? layers.resourceControlPolicies.map((level) => asking(level, 'resourceControlPolicies', question))
        : [],
    session: hasSession && !isService ? asking(layers.sessionPolicies, 'sessionPolicies', question) : null,
    resource: layers.resourcePolicy ? asking([layers.resourcePolicy], 'resourcePolicy', question) : SILENT,
  };
}

/** Neither has its own policies, nor an account whose guardrails would apply. */
function isServiceOrProvider({ kind }: Principal): boolean {
  return kind === 'service' || kind === 'provider';
}

/**
 * What identity and resource policy grant, what boundary and session policy leave of it, and what they cannot
 * limit.
 */
interface Grant {
  readonly granted: Formula;
  readonly within: Formula;
  readonly free: Formula;
}

function grant(request: Request, layers: Layers, answers: Answers): Grant {
  const { principal } = request;
  const named = namedAllows(answers.resource.matches);
  const byResource = or(
    or(named.everyone, named.account),
    or(or(named.user, named.role), or(named.session, named.service)),
  );
  if (isServiceOrProvider(principal)) return { granted: byResource, within: byResource, free: byResource };
  const identity = principal.kind === 'root' ? true : answers.identity.allow;
  const boundary = answers.boundary ? answers.boundary.allow : true;
  const session = answers.session ? answers.session.allow : true;
  const limits = and(boundary, session);
  if (principal.account !== request.resourceAccount) {
    const both = and(identity, byResource);
    return { granted: both, within: and(both, limits), free: false };
  }
  const base = needsResourcePolicy(request) ? and(identity, byResource) : identity;
  const direct = directGrant(principal, named, {
    boundary,
    session,
    hasSession: layers.sessionPolicies.length > 0,
  });
  return { ...direct, granted: or(base, direct.granted), within: or(and(base, limits), direct.within) };
}

/**
 * What a resource policy of the same account grants without any identity policy, and which layers still limit it:
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html#access_policies_boundaries-eval-logic
 */
function directGrant(
  principal: Principal,
  named: Readonly<Record<NamedAs, Formula>>,
  layers: { readonly boundary: Formula; readonly session: Formula; readonly hasSession: boolean },
): Grant {
  const limits = and(layers.boundary, layers.session);
  // the documentation exempts these grants from session policies in one place and not in another
  const contested = layers.hasSession ? or(layers.session, assume('contested-session-policy', true)) : true;
  const unlimited = and(or(named.everyone, or(named.session, named.service)), contested);
  const isUser = principal.kind === 'user';
  const limited = isUser ? false : or(named.user, named.role);
  const self = isUser ? named.user : false;
  const free = or(unlimited, self);
  return { granted: or(free, limited), within: or(free, and(limited, limits)), free };
}

const NOBODY_NAMED: Readonly<Record<NamedAs, Formula>> = {
  everyone: false,
  account: false,
  user: false,
  role: false,
  session: false,
  service: false,
};

function namedAllows(matches: readonly Match[]): Readonly<Record<NamedAs, Formula>> {
  if (matches.length === 0) return NOBODY_NAMED;
  const named = { ...NOBODY_NAMED };
  for (const match of matches) {
    if (match.ref.effect !== 'Allow') continue;
    for (const name of match.names) named[name] = or(named[name], match.applies);
  }
  return named;
}

/**
 * Role trust policies and KMS key policies must themselves allow; an identity policy alone is not enough. A
 * KMS action with resource-level permissions that is not on an alias is on a key.
 * https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html
 */
function needsResourcePolicy(request: Request): boolean {
  if (request.policyUnread) return false;
  const { name, hasResourceLevel } = actionFacts(request.action);
  if (name === 'sts:assumerole') return true;
  if (!name.startsWith('kms:') || hasResourceLevel === false) return false;
  return request.resource.includes(':key/') || request.resource === '*';
}

const ALIAS_ACTIONS: ReadonlySet<string> = new Set(['kms:createalias', 'kms:updatealias', 'kms:deletealias']);

function isAwsManagedKey(request: Request): boolean {
  return request.resource.includes(':alias/aws/');
}

/** AWS's managed policies, and the roles that it reserves. */
export function isOwnedByAws(resource: string): boolean {
  return /^arn:[^:]+:iam::(aws:policy|\d{12}:role\/aws-reserved)\//.test(resource);
}

/**
 * Nobody can change AWS's own resources: its managed policies, the roles it reserves, the aliases of its
 * keys. https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_managed-vs-inline.html
 */
function isNeverAllowed(request: Request): boolean {
  const { action, resource } = request;
  if (isOwnedByAws(resource)) return actionFacts(action).changes;
  return isAwsManagedKey(request) && ALIAS_ACTIONS.has(actionFacts(action).name);
}
