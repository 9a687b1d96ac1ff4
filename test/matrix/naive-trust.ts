import { atomsIn, withAtoms } from '../../lib/evaluator/atoms.ts';
import { type Combined, combine, type Layers, openOf } from '../../lib/evaluator/combine.ts';
import { type CompiledPolicy, compilePolicy, statementsFor } from '../../lib/evaluator/compile.ts';
import { simpleAtom } from '../../lib/evaluator/conditions/atom.ts';
import { type Atom, and, type Formula, or, settle } from '../../lib/evaluator/formula.ts';
import { type Principal, parsePrincipalArn } from '../../lib/evaluator/principal.ts';
import { knownGiven } from '../../lib/evaluator/residual/known-given.ts';
import { remaining } from '../../lib/evaluator/residual/remaining.ts';
import { parsePolicy } from '../../lib/policy/document.ts';
import type { Role, Snapshot, User } from '../../lib/snapshot/snapshot.ts';
import { type Asker, type Brought, keysOf } from './naive-session-keys.ts';
import { usersNaively } from './naive-session-tags.ts';
import { canLackIdentity, identityGiven } from './naive-source-identity.ts';

/** Who may take which role, read from the trust policies by themselves: nothing of `lib/matrix` has a part in it. */

/** When a role can be taken, and for which OS users its session can ask by a tag. */
export interface Taken {
  readonly open: Formula;
  readonly runAs: readonly string[];
}

type Own = Omit<Layers, 'resourcePolicy'>;

const NEVER: Taken = { open: false, runAs: [] };
const NOTHING: Brought = { tags: false, sourceIdentity: false };
const WAYS: readonly Brought[] = [
  NOTHING,
  { tags: true, sourceIdentity: false },
  { tags: false, sourceIdentity: true },
  { tags: true, sourceIdentity: true },
];
/** Some that policies of the tests name, and one that they do not. */
const REGIONS: Readonly<Record<string, readonly string[]>> = {
  aws: ['us-east-1', 'eu-west-1', 'eu-central-1', 'ap-southeast-4'],
  'aws-cn': ['cn-north-1', 'cn-northwest-1'],
  'aws-us-gov': ['us-gov-west-1', 'us-gov-east-1'],
};

export class NaiveTrust {
  readonly #snapshot: Snapshot;
  readonly #trusts: ReadonlyMap<string, CompiledPolicy>;

  constructor(snapshot: Snapshot) {
    this.#snapshot = snapshot;
    this.#trusts = new Map(
      snapshot.roles.flatMap((role) => {
        const trust = trustOf(role, snapshot);
        return trust ? [[role.arn, trust] as const] : [];
      }),
    );
  }

  /** Of a user or role of the account. */
  readonly isOwnId = (id: string): boolean =>
    [...this.#snapshot.users, ...this.#snapshot.roles].some((one) => one.id === id);

  /** The trust policy; null: nobody has read it, undefined: there is nothing that lets anybody of the account in. */
  isRead(role: Role): boolean {
    return documentOf(role, this.#snapshot) !== null;
  }

  trust(role: Role): CompiledPolicy | undefined {
    return this.#trusts.get(role.arn);
  }

  /** A user or role of the account, with the policies that it has or gave itself. */
  byInsider(identity: User | Role, own: Own, role: Role, ownTags: ReadonlySet<string>): Taken {
    const trust = this.#trusts.get(role.arn);
    const principal = parsePrincipalArn(identity.arn, identity.id);
    if (!trust || !principal || identity.arn === role.arn) return NEVER;
    const isRole = 'trust' in identity;
    const callerTrust = isRole ? (this.#trusts.get(identity.arn) ?? null) : null;
    const given = isRole
      ? [
          simpleAtom('StringLike', 'aws:userid', [`${identity.id}:*`], ''),
          ...this.#neverFrom(identity),
          ...(callerTrust ? identityGiven(callerTrust) : []),
        ]
      : [];
    const asker: Asker = { identity, principal, trust: callerTrust, ownTags };
    return this.#take({ asker, own, given, trust, role, as: (open) => open });
  }

  /** Instances that policies name one by one and that do not carry the role's profile: its sessions are from none of them. */
  #neverFrom({ arn }: Role): readonly Atom[] {
    const { policies, instanceProfiles, regions } = this.#snapshot;
    const text = JSON.stringify(policies.map(({ document }) => document));
    const named = [...text.matchAll(/"(arn:aws:ec2:[^":]*:[^":]*:instance\/([^"]*))"/g)];
    const profiles = instanceProfiles.filter(({ roles }) => roles.includes(arn)).map((one) => one.arn);
    const all = regions.flatMap(({ instances }) => instances ?? []);
    return named.flatMap(([, value = '', id = '']) => {
      const instance = all.find((one) => one.id === id);
      return !instance || profiles.includes(instance.instanceProfile ?? '')
        ? []
        : [simpleAtom('ArnNotLike', 'ec2:SourceInstanceARN', [value], '')];
    });
  }

  /** Somebody from outside, as one of these principals; `as`: what its conditions come to for him. */
  byOutsider(
    principal: Principal,
    known: ReadonlyMap<string, string>,
    role: Role,
    as: (open: Formula) => Formula,
  ): Taken {
    const trust = this.isRead(role) ? this.#trusts.get(role.arn) : undefined;
    if (!trust) return NEVER;
    const own = { ...EVERYTHING, resourceControlPolicies: this.resourceGuardrails() };
    return this.#take({ asker: { identity: null, principal, known }, own, given: [], trust, role, as });
  }

  resourceGuardrails(): readonly (readonly CompiledPolicy[])[] {
    const { organization, policies } = this.#snapshot;
    return (organization?.levels ?? []).map((level) =>
      (level.resourceControlPolicies ?? []).flatMap((id) => {
        const record = policies.find((one) => one.id === id);
        return record ? [compilePolicy(parsePolicy(record.document, 'rcp'), id, 'rcp')] : [];
      }),
    );
  }

  /** Somebody who has a token of a provider: no identity policy is asked, and nothing is brought along. */
  byProvider(principal: Principal, name: string, role: Role, as: (open: Formula) => Formula): Taken {
    const trust = this.isRead(role) ? this.#trusts.get(role.arn) : undefined;
    if (!trust) return NEVER;
    const known = new Map<string, string | null>([
      ['aws:federatedprovider', name],
      ['aws:principalaccount', 'anonymous'],
      ...SIGNED_REQUESTS_HAVE.map((key) => [key, null] as const),
    ]);
    const asker: Asker = { identity: null, principal, known };
    const own = { ...EVERYTHING, identityPolicies: [], resourceControlPolicies: this.resourceGuardrails() };
    const question = { asker, own, given: [], trust, role, as, action: 'sts:AssumeRoleWithWebIdentity' };
    const open = reduce(as(this.#anywhere(question, NOTHING)), ['sts:rolesessionname'], []);
    return { open, runAs: [] };
  }

  /** Somebody who signs the assertions of a provider, and so says in them what he likes. */
  bySigner(principal: Principal, role: Role): Formula {
    const trust = this.isRead(role) ? this.#trusts.get(role.arn) : undefined;
    if (!trust) return false;
    const known = new Map<string, string | null>([
      ['aws:federatedprovider', principal.arn],
      ['aws:principalaccount', 'anonymous'],
      ...SIGNED_REQUESTS_HAVE.map((key) => [key, null] as const),
    ]);
    const asker: Asker = { identity: null, principal, known };
    const own = { ...EVERYTHING, identityPolicies: [], resourceControlPolicies: this.resourceGuardrails() };
    const action = 'sts:AssumeRoleWithSAML';
    const question = { asker, own, given: [], trust, role, as: (open: Formula) => open, action };
    const open = WAYS.map((way) => this.#anywhere(question, way)).reduce<Formula>(or, false);
    const said = atomsIn(open)
      .map(({ canonical }) => canonical)
      .filter((key) => isTag(key) || key === 'sts:sourceidentity' || key.startsWith('saml:'));
    return ofOneRequest(reduce(open, [...said, 'sts:rolesessionname'], []));
  }

  #take(question: Question): Taken {
    const { as, given, asker } = question;
    const ways = isBound(asker) ? WAYS.filter(({ sourceIdentity }) => sourceIdentity) : WAYS;
    const asked = ways.map((way) =>
      way === NOTHING
        ? and(this.#anywhere(question, way), withoutPodTags(asker))
        : this.#anywhere(question, way),
    );
    const open = asked.map(as).reduce<Formula>(or, false);
    const chosen = atomsIn(open)
      .map(({ canonical }) => canonical)
      .filter((key) => isTag(key) || key === 'sts:sourceidentity');
    return {
      open: ofOneRequest(reduce(open, [...chosen, 'sts:rolesessionname'], given)),
      runAs: usersNaively(
        question.trust,
        { own: question.own.identityPolicies, name: asker.principal.name },
        (bag) => {
          const tagged = this.#anywhere(question, { tags: true, sourceIdentity: isBound(asker), bag });
          return reduce(tagged, ['sts:rolesessionname'], given) !== false;
        },
      ),
    };
  }

  /** One call goes to one endpoint. */
  #anywhere(question: Question, brought: Brought): Formula {
    const regions = REGIONS[this.#snapshot.partition] ?? ['of-its-own-1'];
    return regions.map((region) => this.#open(question, brought, region)).reduce<Formula>(or, false);
  }

  #open(question: Question, brought: Brought, region: string): Formula {
    const { asker, own, trust, role, action: request = 'sts:AssumeRole' } = question;
    const states = keysOf(asker, role, { region, brought, snapshot: this.#snapshot });
    const ask = (action: string): Combined =>
      combine(
        {
          principal: asker.principal,
          ...{ action, resource: role.arn, resourceAccount: this.#snapshot.accountId },
          context: { service: 'sts', lookup: states },
        },
        { ...own, resourcePolicy: trust },
      );
    let open = openOf(ask(request));
    const more = [
      ...(brought.tags ? ['sts:TagSession'] : []),
      ...(brought.sourceIdentity ? ['sts:SetSourceIdentity'] : []),
    ];
    for (const action of more) {
      const asked = ask(action);
      open = and(open, and(openOf(asked), asked.answers.resource.allow));
    }
    return open;
  }
}

/** Pods of EKS bring tags along to whatever they become, if their association does not switch them off. */
function withoutPodTags(asker: Asker): Formula {
  const trust = asker.identity === null ? null : asker.trust;
  const statements = trust?.document.statements.filter(({ effect }) => effect === 'Allow') ?? [];
  const isPods = statements.every(({ principals }) => {
    const { any, not, aws, federated, service } = principals ?? NOBODY;
    return !any && !not && aws.length + federated.length === 0 && service.every((one) => one === PODS);
  });
  const mayTag = trust
    ? statementsFor(trust, 'sts:tagsession').some(({ effect }) => effect === 'Allow')
    : false;
  if (statements.length === 0 || !isPods || !mayTag) return true;
  return simpleAtom('Null', 'aws:PrincipalTag/kubernetes-namespace', ['true'], '');
}

const PODS = 'pods.eks.amazonaws.com';
const NOBODY = { any: false, not: false, aws: [], federated: [], service: ['nobody'] } as const;

/** Whoever comes with a token signs nothing. */
const SIGNED_REQUESTS_HAVE = [
  'aws:principalarn',
  'aws:principalisawsservice',
  'aws:principalorgid',
  'aws:principalorgpaths',
  'aws:username',
];

interface Question {
  readonly asker: Asker;
  readonly own: Own;
  readonly given: readonly Atom[];
  readonly trust: CompiledPolicy;
  readonly role: Role;
  readonly as: (open: Formula) => Formula;
  /** by default `sts:AssumeRole` */
  readonly action?: string;
}

const EVERYTHING: Own = {
  identityPolicies: [
    compilePolicy(
      parsePolicy(
        { Version: '2012-10-17', Statement: { Effect: 'Allow', Action: '*', Resource: '*' } },
        'identity',
      ),
      'all that the other account allows',
      'identity',
    ),
  ],
  permissionsBoundary: null,
  serviceControlPolicies: [],
  resourceControlPolicies: [],
  sessionPolicies: [],
};

function reduce(open: Formula, chosen: readonly string[], given: readonly Atom[]): Formula {
  const settled = settle(open, new Set());
  const rest = remaining(settled, { chosen: new Set(chosen), given });
  return typeof rest === 'boolean' ? rest : knownGiven(settled, given);
}

/** Its sessions have a source identity, and keep it. */
const isBound = (asker: Asker): boolean =>
  asker.identity !== null && asker.trust !== null && !canLackIdentity(asker.trust);

const isTag = (key: string): boolean =>
  key === 'aws:tagkeys' || key === 'sts:transitivetagkeys' || key.startsWith('aws:requesttag/');

/** External id, tags and who asks are of one request of a chain and not of the next. */
function ofOneRequest(open: Formula): Formula {
  const isOfOne = (key: string): boolean =>
    /^(sts:|aws:sourceidentity$|aws:principal|aws:username$|aws:userid$|aws:tokenissuetime$|aws:multifactorauth|aws:source(arn|account|owner|org))/.test(
      key,
    ) ||
    isTag(key) ||
    /^(ec2:sourceinstancearn|lambda:sourcefunctionarn)$/.test(key);
  const ids = atomsIn(open)
    .filter(({ canonical }) => isOfOne(canonical))
    .map(({ id }) => id);
  const name = [...new Set(ids)].sort().join(' and ');
  return withAtoms(open, (atom) =>
    isOfOne(atom.canonical)
      ? { ...atom, id: `${atom.id} where ${name}`, canonical: `${atom.canonical} where ${name}` }
      : atom,
  );
}

function documentOf(role: Role, snapshot: Snapshot): object | null {
  const document = snapshot.policies.find(({ id }) => id === role.trust)?.document;
  return typeof document === 'object' && document !== null && !Array.isArray(document) ? document : null;
}

/** A policy that nobody has read may let in everybody of the account, whatever they bring along. */
function trustOf(role: Role, snapshot: Snapshot): CompiledPolicy | null {
  const document = documentOf(role, snapshot);
  if (document) return compilePolicy(parsePolicy(document, 'trust'), role.trust, 'trust');
  if (role.path.startsWith('/aws-service-role/')) return null;
  const Action = ['sts:AssumeRole', 'sts:TagSession', 'sts:SetSourceIdentity'];
  const Statement = { Effect: 'Allow', Principal: '*', Action };
  return compilePolicy(parsePolicy({ Version: '2012-10-17', Statement }, 'trust'), 'unread', 'trust');
}
