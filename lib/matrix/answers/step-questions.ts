import { atomsIn } from '../../evaluator/atoms.ts';
import { combine, openOf } from '../../evaluator/combine.ts';
import { allowsSome, type CompiledPolicy } from '../../evaluator/compile.ts';
import type { KeyState } from '../../evaluator/context.ts';
import type { Role } from '../../snapshot/snapshot.ts';
import type { Account, Subject } from '../account/account.ts';
import { isAttachedStep } from '../account/attached-sets.ts';
import { arnsBeside } from '../account/beside.ts';
import type { SessionChoice } from '../account/chosen-sessions.ts';
import { ATTACHED_POLICY, attachesNewPolicy, creatablePolicies } from '../account/new-policies.ts';
import { newcomerOf } from '../account/new-principals.ts';
import { type LayeredRequest, layeredRequest, questionWith } from '../account/question.ts';
import { contextOf } from '../account/request-context.ts';
import type { Holder } from '../account/role-holders.ts';
import { assumeByOwnTrust, BROUGHT, CHOSEN, ownTrust, reduced } from '../chains/assume-role.ts';
import { bothOpenings, OPEN, type Opening, rankOf, settled } from '../chains/codes.ts';
import { isAnywhere, type RequestsTogether, requestsTogether } from '../chains/escalation-requests.ts';
import { lettingIn } from '../chains/holder-edges.ts';
import { comingAs, requestOf } from '../chains/outside.ts';
import type { Becomes, Escalation, EscalationRequest } from '../paths/escalation.ts';
import { ESCALATIONS, unpassedRole } from '../paths/escalations.ts';
import { inPartition } from '../paths/in-partition.ts';
import { type Place, placesOf } from './step-places.ts';

/** A request of a step, and the keys that its caller may choose. */
export interface StepQuestion extends LayeredRequest {
  readonly chosen: ReadonlySet<string>;
}

/** The requests of a step, and the condition under which all of them are open. */
export interface StepTaken extends Opening {
  readonly questions: readonly StepQuestion[];
}

const NOTHING_CHOSEN: ReadonlySet<string> = new Set();
/** The caller also chooses the endpoint, and so the region. */
const CHOSEN_KEYS: readonly string[] = ['aws:requestedregion', ...CHOSEN];

/**
 * The requests that assume a role, one for each identity of an outsider. `trust`: a trust policy to use instead of
 * the role's; `action`: another request of the same call.
 */
export function assumeQuestions(
  subject: Subject,
  role: Role,
  account: Account,
  {
    trust = account.policies.get(role.trust),
    action = requestOf(subject),
  }: { readonly trust?: CompiledPolicy; readonly action?: string } = {},
): readonly StepQuestion[] {
  if (!trust) return [];
  const row = { action, on: 'any' } as const;
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

/** What the writer of a role's trust policy chooses for its session of the role. */
export function choiceQuestions(
  subject: Subject,
  role: Role,
  choice: SessionChoice,
  account: Account,
): StepTaken {
  const trust = ownTrust(subject, [choice]);
  const opening = assumeByOwnTrust({ role, choices: [choice] }, subject, account, reduced);
  return { questions: assumeQuestions(subject, role, account, { trust, action: choice }), ...opening };
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
    const role = ADMITS.has(becomes) ? roleOf(other, account) : null;
    return placings(requests, (together) =>
      together[0].on === ATTACHED_POLICY
        ? [{ arn: '', tags: [], region: '', context: together[0].context ?? {} }]
        : placesOf(together, self, following, account),
    ).map((placed) => {
      const questions = placed.flatMap((one) => firstOpen(one, subject, account));
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

const ATTACHING: ReadonlySet<string> = new Set(
  ESCALATIONS.filter(({ becomes }) => becomes === 'attached').map(({ action }) => action),
);

const ADMITS: ReadonlySet<Becomes> = new Set(['new-role', 'trusted-role', 'trusted-session']);

/** What is attached follows the action only if it is limited. */
const attaches = ({ action, becomes }: Escalation): boolean =>
  ATTACHING.has(action) && (becomes === 'attached' || becomes === 'any-policy');

/** The requests for each of the policies that are attached. */
const oneByOne = (requests: readonly EscalationRequest[], policies: string): readonly EscalationRequest[] =>
  requests.flatMap((request) =>
    request.action.startsWith('iam:Attach')
      ? policies.split(' ').map((arn) => ({ ...request, context: { 'iam:PolicyARN': arn } }))
      : [request],
  );

/** The first of the best rank. */
function firstBest<T>(all: readonly T[], openingOf: (one: T) => Opening): T | undefined {
  const ranks = all.map((one) => rankOf(openingOf(one)));
  return all[ranks.indexOf(Math.max(...ranks))];
}

interface Placing {
  readonly together: RequestsTogether;
  readonly places: readonly Place[];
}

/**
 * The resources and regions in which a row's requests may be made. Requests on a holder of a role are all made on
 * the same one.
 */
function placings(
  requests: readonly EscalationRequest[],
  placesOf: (requests: RequestsTogether) => readonly Place[],
): readonly (readonly Placing[])[] {
  const [first, ...rest] = requestsTogether(requests);
  if (!first || !isOfOne(first[0]))
    return [requestsTogether(requests).map((together) => ({ together, places: placesOf(together) }))];
  return placesOf(first).map((place) => [
    { together: first, places: [place] },
    ...rest.map((together) => ({
      together,
      places: isAnywhere(together[0]) ? placesOf(together) : [place],
    })),
  ]);
}

const isOfOne = ({ on }: EscalationRequest): boolean =>
  on.startsWith('holder:') || ['own-set', 'other-group', 'new-group'].includes(on);

/** The role with that ARN: one of the account, or one that somebody may create. */
function roleOf(arn: string | null, account: Account): Role | null {
  const own = account.snapshot.roles.find((role) => role.arn === arn);
  return own ?? (arn === null ? null : (newcomerOf(arn, account)?.subject.role ?? null));
}

/** A trust policy that admits its writer. */
function withOwnTrust(
  questions: readonly (StepQuestion | null)[],
  subject: Subject,
  role: Role,
  account: Account,
): StepTaken {
  const trust = ownTrust(subject, []);
  const way = wayOf([...questions, ...assumeQuestions(subject, role, account, { trust })], subject);
  const taken = assumeByOwnTrust({ role, choices: [] }, subject, account, reduced);
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

/** The requests on the place where they are open in the best way; null: they are open nowhere. */
function firstOpen(
  { together, places }: Placing,
  subject: Subject,
  account: Account,
): readonly (StepQuestion | null)[] {
  const asked = places.map((place) =>
    together.map((request) => openQuestion(request, place, subject, account)),
  );
  const isOpen = (questions: readonly (StepQuestion | null)[]): boolean => !questions.includes(null);
  const best = firstBest(asked.filter(isOpen), (questions) =>
    questions.map((one) => (one ? openIn(one) : OPEN)).reduce(bothOpenings, OPEN),
  );
  return best ?? [null];
}

/** The request on the place, or on what it names beside that; null: it is not open. */
function openQuestion(
  request: EscalationRequest,
  place: Place,
  subject: Subject,
  account: Account,
): StepQuestion | null {
  const { action, context } = request;
  const row = { action, on: 'any' as const, ...(context ? { context } : {}) };
  const { region } = place;
  const beside = arnsBeside(request, place, account)?.map((arn) => ({ arn, tags: null, region }));
  const questions = (beside ?? [place]).map(({ region: _, ...target }) =>
    layeredRequest(account, { subject, row, target, region }),
  );
  const best = firstBest(
    questions.filter((question) => openIn(question).open !== false),
    openIn,
  );
  return best ? { ...best, chosen: NOTHING_CHOSEN } : null;
}
