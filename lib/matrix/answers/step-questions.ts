import { atomsIn } from '../../evaluator/atoms.ts';
import { combine, openOf } from '../../evaluator/combine.ts';
import { allowsSome, type CompiledPolicy } from '../../evaluator/compile.ts';
import type { KeyState } from '../../evaluator/context.ts';
import type { ConditionKeys } from '../../snapshot/services.ts';
import type { Role, Tags } from '../../snapshot/snapshot.ts';
import type { Account, Subject } from '../account/account.ts';
import { isAttachedStep } from '../account/attached-sets.ts';
import { arnsBeside } from '../account/beside.ts';
import { roleGivers } from '../account/directory.ts';
import { newGroups } from '../account/new-groups.ts';
import { ATTACHED_POLICY, attachesNewPolicy, creatablePolicies } from '../account/new-policies.ts';
import { newcomerOf } from '../account/new-principals.ts';
import { type DenyRemoval, denyRemovals } from '../account/own-denies.ts';
import { policyOfVersion } from '../account/policy-versions.ts';
import { type LayeredRequest, layeredRequest, questionWith } from '../account/question.ts';
import { contextOf } from '../account/request-context.ts';
import { type Holder, holdersIn } from '../account/role-holders.ts';
import { assumeWith, BROUGHT, CHOSEN, reduced, trustIn } from '../chains/assume-role.ts';
import { bothOpenings, OPEN, type Opening, rankOf, settled } from '../chains/codes.ts';
import { isAnywhere, placesAnywhere } from '../chains/escalation-requests.ts';
import { lettingIn } from '../chains/holder-edges.ts';
import { comingAs, requestOf } from '../chains/outside.ts';
import type { Escalation, EscalationRequest, RoleHolder } from '../paths/escalation.ts';
import { ESCALATIONS, unpassedRole } from '../paths/escalations.ts';
import { inPartition } from '../paths/in-partition.ts';

/** A request of a step, and the keys that its caller may choose. */
export interface StepQuestion extends LayeredRequest {
  readonly chosen: ReadonlySet<string>;
}

/** The requests of a step, and the condition under which all of them are open. */
export interface StepTaken extends Opening {
  readonly questions: readonly StepQuestion[];
}

interface Place {
  readonly arn: string;
  readonly tags: Tags | null;
  readonly region: string;
  readonly context?: ConditionKeys;
}

const NOTHING_CHOSEN: ReadonlySet<string> = new Set();
/** The caller also chooses the endpoint, and so the region. */
const CHOSEN_KEYS: readonly string[] = ['aws:requestedregion', ...CHOSEN];

/**
 * The requests that assume a role, one for each identity of an outsider. `trust`: a trust policy to use instead of
 * the role's.
 */
export function assumeQuestions(
  subject: Subject,
  role: Role,
  account: Account,
  trust: CompiledPolicy | undefined = account.policies.get(role.trust),
): readonly StepQuestion[] {
  if (!trust) return [];
  const row = { action: requestOf(subject), on: 'any' } as const;
  const target = { arn: role.arn, tags: role.tags };
  const brought = BROUGHT.filter((one) => allowsSome(trust, one.row.action));
  const isLeft = (key: string): boolean => BROUGHT.some((one) => one.isKey(key) && !brought.includes(one));
  const who = subject.kind === 'outside' ? comingAs(subject, role, account) : [subject];
  return who.map((one) => {
    const context = contextOf({ subject: one, row, target, region: '' }, account);
    const lookup = (key: string): KeyState => (isLeft(key) ? null : context.lookup(key));
    const asked = { subject: one, row, target, resourcePolicy: trust };
    const question = questionWith(account, asked, { ...context, lookup });
    const keys = atomsIn(openIn(question).open).map(({ canonical }) => canonical);
    const isChosen = (key: string): boolean =>
      CHOSEN_KEYS.includes(key) || brought.some(({ isKey }) => isKey(key));
    return { ...question, chosen: new Set(keys.filter(isChosen)) };
  });
}

/** An IAM action of a chain. */
interface ChainAction {
  readonly action: string;
  /** the principal that it leads to, if it is another one */
  readonly other: string | null;
  /** the principal whose user, role, policies or groups the action changes, if it is not the caller */
  readonly self?: Subject;
}

/** The requests of the action. */
export function actionQuestions(
  subject: Subject,
  { action, other, self = subject }: ChainAction,
  account: Account,
): StepTaken {
  const rows = ESCALATIONS.filter(
    (one) =>
      one.action === action &&
      (one.by === 'both' || one.by === self.kind) &&
      // an overwritten policy is part of the chain only if it is a boundary
      (action !== 'iam:CreatePolicyVersion' || (other !== null) === (one.becomes === 'no-boundary')) &&
      (!attaches(one) || isAttachedStep(other ?? '') === (one.becomes === 'attached')) &&
      [null, roleOf(other, account)?.name].includes(unpassedRole(one)),
  )
    .flatMap((row) => inPartition(row, account.snapshot.partition))
    .flatMap((row) => withNewPolicies(row, account));
  const ways = rows.flatMap((row) => {
    const { becomes } = row;
    const following = becomes === 'attached' ? null : other;
    const requests = becomes === 'attached' ? oneByOne(row.requests, other ?? '') : row.requests;
    const role = becomes === 'new-role' || becomes === 'trusted-role' ? roleOf(other, account) : null;
    return placings(requests, account, (request) =>
      request.on === ATTACHED_POLICY
        ? [{ arn: request.context?.['iam:PolicyARN'] ?? '', tags: [], region: '' }]
        : placesOf(request, self, following, account),
    ).map((placed) => {
      const questions = placed.map(({ request, places }) => firstOpen(places, request, subject, account));
      if (role) return withOwnTrust(questions, subject, role, account);
      const asked = wayOf(questions, subject);
      const way = row.asks ? { ...asked, ...bothOpenings(asked, settled(row.asks)) } : asked;
      const [holder] = placed[0]?.places ?? [];
      if (!holder || !('roles' in holder)) return way;
      return { ...way, ...bothOpenings(way, lettingIn(subject, row, holder as Holder, account)) };
    });
  });
  const open = ways.filter((way) => way.open !== false);
  return firstBest(open, (way) => way) ?? { questions: [], ...OPEN };
}

/** The row for each policy that the caller may create and attach. */
const withNewPolicies = (row: Escalation, account: Account): readonly Escalation[] =>
  attachesNewPolicy(row)
    ? creatablePolicies(account).map((arn) => ({
        ...row,
        requests: row.requests.map((one) => ({ ...one, context: { 'iam:PolicyARN': arn } })),
      }))
    : [row];

/** What is attached follows the action only if it is limited. */
const attaches = ({ action, becomes }: Escalation): boolean =>
  action.startsWith('iam:Attach') && (becomes === 'attached' || becomes === 'any-policy');

/** The requests for each of the policies that are attached. */
const oneByOne = (requests: readonly EscalationRequest[], policies: string): readonly EscalationRequest[] =>
  policies
    .split(' ')
    .flatMap((arn) => requests.map((request) => ({ ...request, context: { 'iam:PolicyARN': arn } })));

/** The first of the best rank. */
function firstBest<T>(all: readonly T[], openingOf: (one: T) => Opening): T | undefined {
  const ranks = all.map((one) => rankOf(openingOf(one)));
  return all[ranks.indexOf(Math.max(...ranks))];
}

interface Placing {
  readonly request: EscalationRequest;
  readonly places: readonly Place[];
}

/**
 * The resources and regions in which a row's requests may be made. Requests on a holder of a role are all made on
 * the same one.
 */
function placings(
  requests: readonly EscalationRequest[],
  account: Account,
  placesOf: (request: EscalationRequest) => readonly Place[],
): readonly (readonly Placing[])[] {
  const [first] = requests;
  if (!first || !isOfOne(first)) return [requests.map((request) => ({ request, places: placesOf(request) }))];
  return placesOf(first).map((place) =>
    requests.map((request) => {
      if (isAnywhere(request)) return { request, places: placesOf(request) };
      const beside = arnsBeside(request, place, account);
      const places = beside?.map((arn) => ({ arn, tags: null, region: place.region }));
      return { request, places: places ?? [place] };
    }),
  );
}

const isOfOne = ({ on }: EscalationRequest): boolean =>
  on.startsWith('holder:') || ['own-set', 'other-group', 'new-group'].includes(on);

/** The role with that ARN: one of the account, or one that somebody may create. */
function roleOf(arn: string | null, account: Account): Role | null {
  const own = account.snapshot.roles.find((role) => role.arn === arn);
  return own ?? (arn === null ? undefined : newcomerOf(arn, account))?.role ?? null;
}

/** A trust policy that admits its writer. */
function withOwnTrust(
  questions: readonly (StepQuestion | null)[],
  subject: Subject,
  role: Role,
  account: Account,
): StepTaken {
  const trust = trustIn(subject.principal.arn);
  const way = wayOf([...questions, ...assumeQuestions(subject, role, account, trust)], subject);
  const taken = assumeWith({ role, trust }, subject, account, reduced);
  return { ...way, ...bothOpenings(wayOf(questions, subject), taken) };
}

/** The combined condition of requests, as for an edge of a chain: conditions that exclude each other close it. */
function wayOf(questions: readonly (StepQuestion | null)[], { given }: Subject): StepTaken {
  const asked = questions.filter((question) => question !== null);
  const { open, codes } = asked.map(openIn).reduce(bothOpenings, OPEN);
  const isOpen = asked.length === questions.length && reduced(open, [], given).open;
  return { questions: asked, open: isOpen, codes };
}

function openIn({ request, layers }: LayeredRequest): Opening {
  return settled(openOf(combine(request, layers)));
}

/** The first request among those that are open in the best way; undefined if none is open. */
function firstOpen(
  places: readonly Place[],
  { action, context }: EscalationRequest,
  subject: Subject,
  account: Account,
): StepQuestion | null {
  const row = { action, on: 'any' as const, ...(context ? { context } : {}) };
  const questions = places.map(({ region, ...target }) =>
    layeredRequest(account, { subject, row, target, region }),
  );
  const best = firstBest(
    questions.filter((question) => openIn(question).open !== false),
    openIn,
  );
  return best ? { ...best, chosen: NOTHING_CHOSEN } : null;
}

function takenFrom(
  action: string,
  step: string,
  subject: Subject,
  account: Account,
): DenyRemoval | undefined {
  return denyRemovals(subject, account).find((one) => one.action === action && one.step === step);
}

/** A new resource can be created in any region. */
function placesOf(
  request: EscalationRequest,
  subject: Subject,
  other: string | null,
  account: Account,
): readonly Place[] {
  const { on } = request;
  if (isAnywhere(request)) return placesAnywhere(request, account, subject);
  if (on === 'new-user' || on === 'new-role') return newPlaces(other ?? '', account);
  const taken = other === null ? undefined : takenFrom(request.action, other, subject, account);
  if (taken) return [{ ...taken.target, region: '' }];
  if (on.startsWith('holder:'))
    return holdersIn(account, on.slice('holder:'.length) as RoleHolder)
      .flat()
      .filter(({ roles }) => roles.includes(other ?? ''));
  if (on === 'self') return [{ arn: subject.arn, tags: subject.tags, region: '' }];
  if (on === 'own-set')
    return roleGivers(account, 'permissionSets')
      .filter(({ roles }) => roles.includes(subject.arn))
      .map((set) => ({ ...set, region: '' }));
  if (isOfOwn(on, other)) return ownPlaces(on, subject, other, account);
  const { users, roles } = account.snapshot;
  const arn = other ?? subject.arn;
  const tags = [...users, ...roles].find((one) => one.arn === arn)?.tags ?? [];
  return [{ arn, tags, region: '' }];
}

/** A group that gets a policy and a member does not follow the action. */
const isOfOwn = (on: EscalationRequest['on'], other: string | null): boolean =>
  on.startsWith('own-') || on === 'new-group' || (on === 'other-group' && other === null);

/** The resources of a request on the caller itself. In the chain a boundary follows the action. */
function ownPlaces(
  on: EscalationRequest['on'],
  subject: Subject,
  other: string | null,
  account: Account,
): readonly Place[] {
  if (on === 'own-version') return [{ arn: policyOfVersion(other ?? '') ?? '', tags: null, region: '' }];
  if (on === 'own-boundary') return [{ arn: other ?? '', tags: null, region: '' }];
  if (on === 'own-policy') return ownPolicies(subject, account);
  if (on === 'new-group') return newGroups(account).map((one) => ({ ...one, region: '' }));
  return on === 'own-group' ? ownGroups(subject, account) : anyGroups(account);
}

const anyGroups = ({ snapshot }: Account): readonly Place[] =>
  snapshot.groups.map(({ arn }) => ({ arn, tags: [], region: '' }));

function newPlaces(arn: string, account: Account): readonly Place[] {
  const made = newcomerOf(arn, account);
  return made ? [{ ...made.target, region: '' }] : [];
}

function ownPolicies(subject: Subject, { snapshot }: Account): readonly Place[] {
  const own = new Set(subject.layers.identityPolicies.map(({ name }) => policyOfVersion(name) ?? name));
  return snapshot.policies
    .filter(({ id, kind }) => kind === 'customer-managed' && own.has(id))
    .map(({ id }) => ({ arn: id, tags: null, region: '' }));
}

function ownGroups(subject: Subject, { snapshot }: Account): readonly Place[] {
  const joined = snapshot.users.find(({ arn }) => arn === subject.arn)?.groups ?? [];
  return snapshot.groups
    .filter(({ name }) => joined.includes(name))
    .map(({ arn }) => ({ arn, tags: [], region: '' }));
}
