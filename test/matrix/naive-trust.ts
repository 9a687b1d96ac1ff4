import { atomsIn, withAtoms } from '../../lib/evaluator/atoms.ts';
import { type Combined, combine, type Layers, openOf } from '../../lib/evaluator/combine.ts';
import { type CompiledPolicy, compilePolicy, statementsFor } from '../../lib/evaluator/compile.ts';
import { simpleAtom } from '../../lib/evaluator/conditions/atom.ts';
import { type Atom, and, type Formula, or } from '../../lib/evaluator/formula.ts';
import { type Principal, parsePrincipalArn } from '../../lib/evaluator/principal.ts';
import { parsePolicy } from '../../lib/policy/document.ts';
import type { Role, Snapshot, User } from '../../lib/snapshot/snapshot.ts';
import { type Resting, restingOn } from './naive-codes.ts';
import { type Asker, type Brought, keysOf } from './naive-session-keys.ts';
import { usersNaively } from './naive-session-tags.ts';
import { canLackIdentity, identityGiven } from './naive-source-identity.ts';

/** Decides who may assume which role, from trust policies alone. It uses nothing of `lib/matrix`. */

/** The condition for assuming a role, and the OS users that a session tag may choose. */
export interface Taken extends Resting {
  readonly runAs: readonly string[];
}

type Own = Omit<Layers, 'resourcePolicy'>;

const NEVER: Taken = { open: false, codes: [], runAs: [] };
const NOTHING: Brought = { tags: false, sourceIdentity: false };
const WAYS: readonly Brought[] = [
  NOTHING,
  { tags: true, sourceIdentity: false },
  { tags: false, sourceIdentity: true },
  { tags: true, sourceIdentity: true },
];
/** Values that policies of the tests name, and one that they do not. */
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

  /** A user or role of the account. */
  readonly isOwnId = (id: string): boolean =>
    [...this.#snapshot.users, ...this.#snapshot.roles].some((one) => one.id === id);

  /** The trust policy. Null: not read. Undefined: it admits nobody of the account. */
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

  /**
   * Instances that policies name one by one without the role's profile: none of the role's sessions comes from them.
   */
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

  /** A caller from outside, as one of these principals. `as`: what remains of its conditions for it. */
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

  /** A caller with a token: no identity policy is evaluated, and it adds nothing to the session. */
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
    return { ...restingOn(as(this.#anywhere(question, NOTHING)), ['sts:rolesessionname']), runAs: [] };
  }

  /** A caller that signs a provider's assertions, and so chooses their content. */
  bySigner(principal: Principal, role: Role): Resting {
    const trust = this.isRead(role) ? this.#trusts.get(role.arn) : undefined;
    if (!trust) return NEVER;
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
    const signed = restingOn(open, [...said, 'sts:rolesessionname']);
    return { open: ofOneRequest(signed.open), codes: signed.codes };
  }

  #take(question: Question): Taken {
    const { as, given, asker } = question;
    const ways = isBound(asker) ? WAYS.filter(({ sourceIdentity }) => sourceIdentity) : WAYS;
    const asked = ways.map((way) =>
      way === NOTHING
        ? and(this.#anywhere(question, way), withoutPodTags(asker))
        : this.#anywhere(question, way),
    );
    const [without = false] = ways.includes(NOTHING) ? asked.map(as) : [];
    const plain = restingOn(without, ['sts:rolesessionname'], given);
    const open = plain.open === true ? without : asked.map(as).reduce<Formula>(or, false);
    const chosen = atomsIn(open)
      .map(({ canonical }) => canonical)
      .filter((key) => isTag(key) || key === 'sts:sourceidentity');
    const taken = restingOn(open, [...chosen, 'sts:rolesessionname'], given);
    return {
      open: ofOneRequest(taken.open),
      codes: taken.codes,
      runAs: usersNaively(
        question.trust,
        { own: question.own.identityPolicies, name: asker.principal.name },
        (bag) => {
          const tagged = this.#anywhere(question, { tags: true, sourceIdentity: isBound(asker), bag });
          return restingOn(tagged, ['sts:rolesessionname'], given).open !== false;
        },
      ),
    };
  }

  /** One call has one endpoint. */
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

/** Sessions of EKS pods pass on tags to further sessions, unless the association switches them off. */
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

/** A caller with a token signs no request. */
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
  /** left out: `sts:AssumeRole` */
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

/** True if its sessions have a source identity, which they keep. */
const isBound = (asker: Asker): boolean =>
  asker.identity !== null && asker.trust !== null && !canLackIdentity(asker.trust);

const isTag = (key: string): boolean =>
  key === 'aws:tagkeys' || key === 'sts:transitivetagkeys' || key.startsWith('aws:requesttag/');

/** External id, tags and caller belong to one request of a chain, not to the next. */
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

/** A policy that was not read may admit everybody of the account, with any additions. */
function trustOf(role: Role, snapshot: Snapshot): CompiledPolicy | null {
  const document = documentOf(role, snapshot);
  if (document) return compilePolicy(parsePolicy(document, 'trust'), role.trust, 'trust');
  if (role.path.startsWith('/aws-service-role/')) return null;
  const Action = ['sts:AssumeRole', 'sts:TagSession', 'sts:SetSourceIdentity'];
  const Statement = { Effect: 'Allow', Principal: '*', Action };
  return compilePolicy(parsePolicy({ Version: '2012-10-17', Statement }, 'trust'), 'unread', 'trust');
}
