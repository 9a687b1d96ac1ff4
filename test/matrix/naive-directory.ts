import { withAtoms } from '../../lib/evaluator/atoms.ts';
import { type Combined, openOf } from '../../lib/evaluator/combine.ts';
import { simpleAtom } from '../../lib/evaluator/conditions/atom.ts';
import type { Formula } from '../../lib/evaluator/formula.ts';
import { parsePrincipalArn } from '../../lib/evaluator/principal.ts';
import type { Account, Subject } from '../../lib/matrix/account/account.ts';
import { namedArns } from '../../lib/matrix/account/named-arns.ts';
import { requestGrants } from '../../lib/matrix/account/one-cell.ts';
import { ask } from '../../lib/matrix/account/question.ts';
import type { Edge } from '../../lib/matrix/chains/chains.ts';
import type { Grant } from '../../lib/matrix/paths/cell.ts';
import type { Snapshot } from '../../lib/snapshot/snapshot.ts';
import { anyOf, both, type Resting, restingOn, SURELY, settledNaively } from './naive-codes.ts';
import type { NaiveTrust } from './naive-trust.ts';

const EDITS = [
  'sso:CreateAccountAssignment',
  'identitystore:CreateGroupMembership',
  'iam:UpdateSAMLProvider',
];

const SSO_ROLE = /:role\/aws-reserved\/sso\.amazonaws\.com\/(?:[^/]+\/)?AWSReservedSSO_(.+)_[0-9a-f]{16}$/;
const nameIn = (arn: string): string | undefined => SSO_ROLE.exec(arn)?.[1];

/** `true`: the account manages Identity Center; `false`: another one does; `null`: not known. */
function manages({ accountId, organization, coverage, identityCenter }: Snapshot): boolean | null {
  const master = organization?.managementAccountId ?? null;
  const others = identityCenter?.delegated;
  if ([master, ...(others ?? [])].includes(accountId)) return true;
  if (master !== null && others !== undefined) return false;
  const told = coverage.find(
    ({ call, status }) =>
      call === 'sso-admin.list-permission-sets-provisioned-to-account' && status === 'collected',
  );
  if (told?.readBy === undefined && told) return true;
  if (told) return master !== null && told.readBy !== master ? false : null;
  return organization && master === null && organization.levels.length === 0 ? false : null;
}

interface SetOfRole {
  readonly set: string;
  readonly missing?: string;
}

const NO_SET = 'arn:aws:sso:::permissionSet/ssoins-0000000000000000/ps-0000000000000000';
const UNREAD = 'sso-admin list-permission-sets-provisioned-to-account';

/** The permission set of a role. */
export function setsOf(role: Subject, { snapshot }: Account): readonly SetOfRole[] {
  const name = nameIn(role.arn);
  const can = manages(snapshot);
  if (name === undefined || can === false) return [];
  if (can === null || !snapshot.identityCenter) return [{ set: NO_SET, missing: UNREAD }];
  return snapshot.identityCenter.permissionSets
    .filter((set) => set.name === name)
    .map(({ arn }) => ({ set: arn }));
}

export interface AllAsked extends Resting {
  readonly grants: readonly Grant[];
}

/**
 * All of these requests, on a permission set, on its instance and, if the action is about accounts, on this account.
 */
export function ofSet(by: Subject, set: string, actions: readonly string[], account: Account): AllAsked {
  const [, , , , , path = ''] = set.split(':');
  const instance = `arn:aws:sso:::instance/${path.split('/')[1]}`;
  const here = `arn:aws:sso:::account/${account.snapshot.accountId}`;
  const asked = actions.map((action) => {
    if (action === 'iam:CreatePolicy') return [policies(account).map((arn) => [action, arn] as const)];
    const about = /AccountAssignment|Provision/.test(action) ? [set, instance, here] : [set, instance];
    return about.map((arn) => [[action, arn] as const]);
  });
  return allOf(by, asked.flat(), account);
}

const policies = (account: Account): readonly string[] => [
  `arn:aws:iam::${account.snapshot.accountId}:policy/new-00000000000000000`,
  ...namedArns(account, { service: 'iam', type: 'policy/' }, '', 'own'),
];

type OneOf = readonly (readonly [action: string, resource: string])[];

/** Each request on any one of its resources. Every resource has its own tags. */
function allOf(by: Subject, asked: readonly OneOf[], account: Account): AllAsked {
  const combined: Combined[] = [];
  let all: Resting = SURELY;
  for (const choice of asked) {
    const ways = choice.flatMap(([action, arn]) => {
      const row = { action, on: 'any' as const };
      const answer = ask(account, { subject: by, row, target: { arn, tags: null }, region: '' });
      const way = settledNaively(apart(arn, openOf(answer)));
      return way.open === false ? [] : [{ ...way, answer }];
    });
    const sure = ways.filter(({ open }) => open === true);
    const used = sure.find(({ codes }) => codes.length === 0) ?? sure[0] ?? ways[0];
    if (used) combined.push(used.answer);
    all = both(all, anyOf(ways));
  }
  const grants = requestGrants(combined).filter(({ policy }) => policy !== 'any policy');
  return { open: restingOn(all.open, [], by.given).open, codes: all.codes, grants };
}

const apart = (arn: string, open: Formula): Formula =>
  withAtoms(open, (atom) =>
    atom.canonical.startsWith('aws:resourcetag/')
      ? { ...atom, id: `${atom.id} where ${arn}`, canonical: `${atom.canonical} where ${arn}` }
      : atom,
  );

const NEVER: Resting = { open: false, codes: [] };
const PERSON = simpleAtom('StringEquals', 'sso:Caller', ['a person of Identity Center'], 'sso');

/** Edges to roles that a principal gives itself through Identity Center, or by assertions of a provider. */
export function directoryEdges(
  by: Subject,
  subjects: readonly Subject[],
  account: Account,
  trust: NaiveTrust,
): readonly Edge[] {
  if (by.kind === 'outside') return [];
  const who = nameIn(by.arn) === undefined ? { open: PERSON, codes: [] } : SURELY;
  const firsts = [...subjects.entries()].filter(
    ([i, one]) => one.role && subjects.findIndex(({ arn }) => arn === one.arn) === i,
  );
  return [
    ...firsts.flatMap(([to, role]) =>
      setsOf(role, account).flatMap(({ set, missing }) =>
        edge(to, role, EDITS[0] as string, ofSet(by, set, [EDITS[0] as string], account), who, missing),
      ),
    ),
    ...firsts.flatMap(([to, role]) =>
      groupsOf(role, account).flatMap(({ group, missing }) =>
        edge(to, role, EDITS[1] as string, joining(by, group, account), who, missing),
      ),
    ),
    ...firsts.flatMap(([to, role]) =>
      providersOf(role, account).flatMap((provider) => {
        const principal = parsePrincipalArn(provider);
        const signed = principal && role.role ? trust.bySigner(principal, role.role) : NEVER;
        const asked = allOf(by, [[[EDITS[2] as string, provider]]], account);
        return edge(to, role, EDITS[2] as string, asked, signed);
      }),
    ),
  ];
}

function edge(
  to: number,
  role: Subject,
  by: string,
  { grants, ...asked }: AllAsked,
  also: Resting,
  missing?: string,
): readonly Edge[] {
  const { open, codes } = both(asked, also);
  return open === false
    ? []
    : [{ to: [to], steps: [role.arn], by, open, codes, grants, ...(missing ? { missing } : {}) }];
}

interface GroupOfRole {
  readonly group: string;
  readonly missing?: string;
}

const groupArn = (id: string): string => `arn:aws:identitystore:::group/${id}`;
const NO_GROUP = groupArn('00000000-0000-0000-0000-000000000000');

function groupsOf(role: Subject, { snapshot }: Account): readonly GroupOfRole[] {
  const name = nameIn(role.arn);
  const can = manages(snapshot);
  if (name === undefined || can === false) return [];
  if (can === null || !snapshot.identityCenter) return [{ group: NO_GROUP, missing: UNREAD }];
  const sets = snapshot.identityCenter.permissionSets.filter((set) => set.name === name);
  const known = sets.flatMap(({ groups }) => (groups ?? []).map((id) => ({ group: groupArn(id) })));
  if (known.length > 0 || sets.every(({ groups }) => groups !== null)) return known;
  return [{ group: NO_GROUP, missing: 'sso-admin list-account-assignments' }];
}

/** The condition that the caller is a person of the directory. */
function joining(by: Subject, group: string, account: Account): AllAsked {
  const { accountId, identityCenter, organization } = account.snapshot;
  const owner = identityCenter?.instance?.owner ?? organization?.managementAccountId;
  const isKnown = owner && identityCenter?.instance;
  const stores = isKnown
    ? [`arn:aws:identitystore::${owner}:identitystore/${isKnown.storeId}`]
    : [
        `arn:aws:identitystore::${accountId}:identitystore/d-0000000000`,
        ...namedArns(account, { service: 'identitystore', type: 'identitystore/' }, '', 'own'),
      ];
  const person = 'arn:aws:identitystore:::user/00000000-0000-0000-0000-000000000000';
  const action = EDITS[1] as string;
  const asked: readonly OneOf[] = [[[action, group]], stores.map((arn) => [action, arn]), [[action, person]]];
  return allOf(by, asked, account);
}

/** The providers of this account in the trust policy of a role. Providers of AWS's own roles cannot be edited. */
function providersOf({ role }: Subject, { snapshot }: Account): readonly string[] {
  if (!role || role.path.startsWith('/aws-')) return [];
  const document = snapshot.policies.find(({ id }) => id === role.trust)?.document as
    | { readonly Statement?: unknown }
    | null
    | undefined;
  const statements = [document?.Statement ?? []].flat() as {
    readonly Effect?: string;
    readonly Action?: string | string[];
    readonly Principal?: { readonly Federated?: string | string[] };
  }[];
  const named = statements
    .filter(({ Effect, Action }) => Effect === 'Allow' && [Action].flat().includes('sts:AssumeRoleWithSAML'))
    .flatMap(({ Principal }) => [Principal?.Federated ?? []].flat());
  return [...new Set(named)].filter((arn) =>
    arn.startsWith(`arn:aws:iam::${snapshot.accountId}:saml-provider/`),
  );
}
