/**
 * A second, simple implementation of how AWS decides a request: slow, without optimisations, and written from the
 * AWS pages alone. Only for complete contexts and well-formed policies. The evaluator is compared with it.
 */
import { accessLevel, hasResourceLevel } from '../../lib/reference/actions.ts';
import { rcpCovers } from '../../lib/reference/services.ts';
import { conditionHolds } from './conditions.ts';
import { matchAction, matchResource } from './pattern.ts';
import { type Grant, grantOf } from './principal.ts';
import {
  accountOfResource,
  type Case,
  type Context,
  contextOf,
  type Requester,
  requesterOf,
  withId,
} from './request.ts';

export interface NaiveDecision {
  readonly decision: 'allowed' | 'explicitDeny' | 'implicitDeny';
  readonly blockedBy: string | null;
}

interface Statement {
  readonly Effect: string;
  readonly [member: string]: unknown;
}

/** The result of one set of policies: whether an Allow applies, and whether a Deny does. */
interface Voice {
  readonly allow: boolean;
  readonly deny: boolean;
}

function list(value: unknown): string[] {
  return (Array.isArray(value) ? value : [value]) as string[];
}

function statementsOf(policy: unknown): { version: string; statements: Statement[] } {
  const { Version = '2008-10-17', Statement } = policy as {
    Version?: string;
    Statement: Statement | Statement[];
  };
  return { version: Version, statements: Array.isArray(Statement) ? Statement : [Statement] };
}

/**
 * Whether an ARN with missing parts means all ARNs that begin with it: this depends on where the policy is attached.
 */
type Shortens = (entry: string) => boolean;

const IN_IDENTITY: Shortens = () => true;
const IN_RESOURCE: Shortens = (entry) => entry.includes('*');
const IN_RESOURCE_CONTROL: Shortens = () => false;

/** Evaluates Action, Resource and Condition of a statement; the principal is evaluated elsewhere. */
function applies(
  statement: Statement,
  version: string,
  request: Case,
  context: Context,
  shortens: Shortens,
): boolean {
  const action = request.action;
  if (statement.Action !== undefined && !list(statement.Action).some((a) => matchAction(a, action)))
    return false;
  if (statement.NotAction !== undefined && list(statement.NotAction).some((a) => matchAction(a, action)))
    return false;
  const resource = hasResourceLevel(action) === false ? '*' : request.resource;
  const matches = (entry: string): boolean =>
    matchResource(entry, resource, version, context, shortens(entry));
  if (statement.Resource !== undefined && !list(statement.Resource).some(matches)) return false;
  if (statement.NotResource !== undefined && list(statement.NotResource).some(matches)) return false;
  return conditionHolds(statement.Condition, version, context);
}

/** A statement with a principal belongs in a resource policy or a resource control policy. Elsewhere it is inert. */
function namesPrincipal(statement: Statement): boolean {
  return statement.Principal !== undefined || statement.NotPrincipal !== undefined;
}

function voiceOf(policies: readonly unknown[], request: Case, context: Context, principals = false): Voice {
  const shortens = principals ? IN_RESOURCE_CONTROL : IN_IDENTITY;
  let allow = false;
  let deny = false;
  for (const policy of policies) {
    const { version, statements } = statementsOf(policy);
    for (const statement of statements)
      if (namesPrincipal(statement) === principals && applies(statement, version, request, context, shortens))
        if (statement.Effect === 'Deny') deny = true;
        else allow = true;
  }
  return { allow, deny };
}

/** The result of the resource's own policy for this caller: a Deny, or the widest kind of grant. */
function resourceVoice(
  request: Case,
  requester: Requester,
  context: Context,
): { deny: boolean; grants: Set<Grant> } {
  const grants = new Set<Grant>();
  let deny = false;
  if (request.resourcePolicy === undefined) return { deny, grants };
  const { version, statements } = statementsOf(request.resourcePolicy);
  for (const statement of statements) {
    if (!applies(statement, version, request, context, IN_RESOURCE)) continue;
    const grant = grantOf(statement, requester, request.permissionsBoundary !== undefined);
    if (grant === null) continue;
    if (statement.Effect === 'Deny') deny = true;
    else grants.add(grant);
  }
  return { deny, grants };
}

function isServiceLinkedRole(requester: Requester): boolean {
  return requester.kind === 'role' && requester.name.includes(':role/aws-service-role/');
}

/** Every level from the root to the account needs its own Allow; a Deny at any level denies. */
function serviceControl(request: Case, requester: Requester, context: Context): Voice {
  const levels = request.serviceControlPolicies ?? [];
  if (levels.length === 0 || requester.kind === 'service' || isServiceLinkedRole(requester))
    return { allow: true, deny: false };
  const voices = levels.map((level) => voiceOf(level, request, context));
  return { allow: voices.every((v) => v.allow), deny: voices.some((v) => v.deny) };
}

/** RCPFullAWSAccess is always attached, so only a Deny counts. Keys that AWS manages are exempt. */
function resourceControl(request: Case, requester: Requester, context: Context): Voice {
  const isAwsKey = request.resource.includes(':alias/aws/');
  if (!rcpCovers(request.action.split(':')[0] ?? '') || isServiceLinkedRole(requester) || isAwsKey)
    return { allow: true, deny: false };
  return {
    allow: true,
    deny: voiceOf((request.resourceControlPolicies ?? []).flat(), request, context, true).deny,
  };
}

/** Requests whose answer no policy changes. */
function fixedVerdict({ action, resource }: Case): NaiveDecision | null {
  const name = action.toLowerCase();
  if (name === 'sts:getcalleridentity') return { decision: 'allowed', blockedBy: null };
  const changes = ['Write', 'Tagging', 'Permissions management'].includes(accessLevel(action) ?? '');
  const refused: NaiveDecision = { decision: 'implicitDeny', blockedBy: null };
  if (changes && name.startsWith('iam:') && resource.startsWith('arn:aws:iam::aws:policy/')) return refused;
  if (changes && name.startsWith('iam:') && /:role\/aws-reserved\//.test(resource)) return refused;
  if (/^kms:(create|update|delete)alias$/.test(name) && /:alias\/aws\//.test(resource)) return refused;
  return null;
}

/** Role trust policies and key policies must themselves allow. */
function needsResourcePolicy(request: Case): boolean {
  const action = request.action.toLowerCase();
  return action === 'sts:assumerole' || (action.startsWith('kms:') && request.resource.includes(':key/'));
}

/** How the request is granted: not at all, within boundary and session policy, or without these limits. */
function grantPath(
  request: Case,
  requester: Requester,
  identity: Voice,
  grants: Set<Grant>,
): 'none' | 'limited' | 'free' {
  if (requester.kind === 'service') return grants.has('direct') ? 'free' : 'none';
  const identityAllows = requester.kind === 'root' || identity.allow;
  if (requester.account !== accountOfResource(request, requester))
    return identityAllows && grants.size > 0 ? 'limited' : 'none';
  if (grants.has('direct')) return 'free';
  if (grants.has('limited')) return 'limited';
  if (identityAllows && (grants.has('account') || !needsResourcePolicy(request))) return 'limited';
  return 'none';
}

/** Boundary and session policies. None: no limit. A federated user has only the session policies. */
function limitVoice(policies: readonly unknown[], always: boolean, request: Case, context: Context): Voice {
  return policies.length > 0 || always ? voiceOf(policies, request, context) : { allow: true, deny: false };
}

function boundaryOf(request: Case, requester: Requester): unknown[] {
  const bound = requester.kind !== 'service' && requester.kind !== 'root';
  return bound && request.permissionsBoundary !== undefined ? [request.permissionsBoundary] : [];
}

export function naiveEvaluate(request: Case): NaiveDecision {
  const fixed = fixedVerdict(request);
  if (fixed) return fixed;
  const requester = withId(requesterOf(request.principal), request.context);
  const context = contextOf(request);
  const attached = requester.kind === 'service' ? [] : (request.identityPolicies ?? []);
  const identity = voiceOf(attached, request, context);
  const boundary = limitVoice(boundaryOf(request, requester), false, request, context);
  const session = limitVoice(request.sessionPolicies ?? [], requester.kind === 'federated', request, context);
  const resource = resourceVoice(request, requester, context);
  const scp = serviceControl(request, requester, context);
  const rcp = resourceControl(request, requester, context);

  const path = grantPath(request, requester, identity, resource.grants);
  const stops = (voice: Voice, limits: boolean): boolean => voice.deny || (limits && !voice.allow);
  const layers: [string, boolean][] = [
    ['resourceControlPolicies', stops(rcp, true)],
    ['serviceControlPolicies', stops(scp, true)],
    ['permissionsBoundary', stops(boundary, path === 'limited')],
    ['sessionPolicies', stops(session, path === 'limited')],
  ];
  const stopped = layers.find(([, does]) => does)?.[0] ?? null;
  const denied = identity.deny || resource.deny;
  const blockedBy = denied || path === 'none' ? null : stopped;
  if (denied || [rcp, scp, boundary, session].some((voice) => voice.deny))
    return { decision: 'explicitDeny', blockedBy };
  return { decision: path !== 'none' && stopped === null ? 'allowed' : 'implicitDeny', blockedBy };
}
