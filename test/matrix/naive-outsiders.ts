import { atomsIn, withAtoms } from '../../lib/evaluator/atoms.ts';
import { type CompiledPolicy, statementsFor } from '../../lib/evaluator/compile.ts';
import { simpleAtom } from '../../lib/evaluator/conditions/atom.ts';
import type { Formula } from '../../lib/evaluator/formula.ts';
import { type Principal, parsePrincipalArn } from '../../lib/evaluator/principal.ts';
import { keepsStrangersOut, sharedProvider } from '../../lib/reference/shared-oidc-providers.ts';
import type { Role, Snapshot } from '../../lib/snapshot/snapshot.ts';
import { anyOf } from './naive-codes.ts';
import type { NaiveTrust, Taken } from './naive-trust.ts';

/** A principal from outside that a trust policy may admit: another account, an organisation, or anybody. */
export interface Outsider {
  readonly name: string;
  readonly account: string | null;
  readonly organization: string | null;
  /** the host of an identity provider that many customers share, for its strangers */
  readonly shared?: string;
}

const ANYBODY: Outsider = { name: 'anybody', account: null, organization: null };
const NEVER: Taken = { open: false, codes: [], runAs: [] };

/** Those that trust policies name, and those in the conditions of policies that admit everybody. */
export function outsidersOf(trust: NaiveTrust, snapshot: Snapshot): readonly Outsider[] {
  const { roles, accountId, partition } = snapshot;
  const found = new Map<string, Outsider>();
  for (const role of roles.filter((one) => trust.isRead(one))) {
    const policy = trust.trust(role);
    for (const one of policy ? outsidersIn(policy, partition, limitsIn(trust)) : [])
      if (one.account !== accountId) found.set(one.name, one);
  }
  return [...found.values()].filter((one) => roles.some((role) => letIn(trust, one, role).open !== false));
}

/** Resource control policies may exclude outsiders as well. */
const limitsIn = (trust: NaiveTrust): readonly Statement[] =>
  trust
    .resourceGuardrails()
    .flat()
    .flatMap((policy) => statementsFor(policy, 'sts:assumerole'));

function outsidersIn(
  policy: CompiledPolicy,
  partition: string,
  limits: readonly Statement[],
): readonly Outsider[] {
  const providers = providersIn(policy).flatMap((name): readonly Outsider[] => {
    const shared = sharedProvider(name);
    return shared === null ? [] : [{ name, account: null, organization: null, shared }];
  });
  return [...whoMayCome(policy, limits).map((who) => outsiderOf(who, partition)), ...providers];
}

/** Web identity providers in an Allow. */
function providersIn({ document }: CompiledPolicy): readonly string[] {
  return document.statements.flatMap(({ effect, principals }) =>
    effect === 'Allow' && principals && !principals.not ? principals.federated : [],
  );
}

function outsiderOf(who: string, partition: string): Outsider {
  if (who === '*') return ANYBODY;
  if (who.startsWith('o-')) return { name: `anybody of ${who}`, account: null, organization: who };
  return { name: `arn:${partition}:iam::${who}:root`, account: who, organization: null };
}

/** Accounts and organisations by id, and a star for everybody. */
function whoMayCome(
  { document, statements }: CompiledPolicy,
  limits: readonly Statement[],
): readonly string[] {
  const allows = document.statements.filter(({ effect }) => effect === 'Allow');
  const named = allows.flatMap(({ principals }) => (principals && !principals.not ? principals.aws : []));
  const isOpen = allows.some(({ principals }) => principals?.any);
  const meant = isOpen
    ? [...statements, ...limits].flatMap(valuesIn).map(({ key, text }) => whoIn(key, text))
    : [];
  return [...named.map(accountIn), ...meant, ...(isOpen ? ['*'] : [])].filter(
    (who) => who !== null && /^([0-9]{12}|o-.*|[*])$/.test(who),
  ) as string[];
}

type Statement = CompiledPolicy['statements'][number];

const valuesIn = ({ clauses }: Statement): readonly { readonly key: string; readonly text: string }[] =>
  clauses.flatMap(({ key, values }) => values.map(({ text }) => ({ key: key.toLowerCase(), text })));

const accountIn = (entry: string): string => (entry.startsWith('arn:') ? (entry.split(':')[4] ?? '') : entry);

function whoIn(key: string, value: string): string | null {
  const who =
    key === 'aws:principalaccount' || key === 'aws:principalorgid'
      ? value
      : key === 'aws:principalarn'
        ? accountIn(value)
        : key === 'aws:principalorgpaths'
          ? value.split('/')[0]
          : key === 'aws:userid' && /^[0-9]{12}(:|$)/.test(value)
            ? value.slice(0, 12)
            : '';
  return who && !/[*?$]/.test(who) ? who : null;
}

/** The condition for any principal of it that the policy names, or for one that meets the conditions. */
export function letIn(trust: NaiveTrust, one: Outsider, role: Role): Taken {
  const policy = trust.isRead(role) ? trust.trust(role) : undefined;
  if (!policy) return NEVER;
  if (one.shared !== undefined) return atProvider(trust, one, one.shared, policy, role);
  const allows = policy.document.statements.filter(({ effect }) => effect === 'Allow');
  const entries = allows.flatMap(({ principals }) => (principals && !principals.not ? principals.aws : []));
  const isEverybodys = allows.some(({ principals }) => principals?.any);
  const named = one.account === null ? [] : entries.filter((entry) => accountIn(entry) === one.account);
  const isMeant =
    isEverybodys && (one.name === 'anybody' || valuesNameIt([...policy.statements, ...limitsIn(trust)], one));
  if (named.length === 0 && !isMeant) return NEVER;
  const root = principalOf(one.account ?? '000000000000');
  const known = new Map([
    ...(one.account === null ? [] : [['aws:principalaccount', one.account] as const]),
    ...(one.organization === null ? [] : [['aws:principalorgid', one.organization] as const]),
  ]);
  const take = (principal: Principal): Taken =>
    trust.byOutsider(principal, new Map([...known, ...saidBy(principal)]), role, (open) =>
      metBy(one, open, trust.isOwnId),
    );
  const asNamed = named.map((entry) =>
    take(/^\d{12}$/.test(entry) ? principalOf(entry) : (parsePrincipalArn(entry) as Principal)),
  );
  const asItself = take(root);
  // what is open to everybody without a condition is only in the row of `anybody`
  const isOpenToAll = one.name !== 'anybody' && isEverybodys && letIn(trust, ANYBODY, role).open === true;
  const runAs = [...new Set([asItself, ...asNamed].flatMap((taken) => taken.runAs))];
  const isNamed = asNamed.some(({ open }) => open === true);
  return { ...anyOf(isNamed || isOpenToAll ? asNamed : [...asNamed, asItself]), runAs };
}

const principalOf = (account: string): Principal =>
  parsePrincipalArn(`arn:aws:iam::${account}:root`) as Principal;

function valuesNameIt(statements: readonly Statement[], one: Outsider): boolean {
  const who = one.account ?? one.organization;
  return statements.flatMap(valuesIn).some(({ key, text }) => whoIn(key, text) === who);
}

function atProvider(
  trust: NaiveTrust,
  { name }: Outsider,
  shared: string,
  policy: CompiledPolicy,
  role: Role,
): Taken {
  if (!providersIn(policy).includes(name)) return NEVER;
  return trust.byProvider(providerOf(name), name, role, (open) =>
    without(
      fitted(
        withClaims(open, [`${shared}:sub`, `${shared}:aud`]),
        (key, pattern) => [`${shared}:sub`, `${shared}:aud`].includes(key) && !/[^*]/.test(pattern),
      ),
      (key, value, operator) =>
        isOfGuests(open, shared)
          ? key === `${shared}:amr` && !canBeGuest(value)
          : keepsStrangersOut(shared, key, value, /Equals/i.test(operator)),
      NOTHING_LACKS,
    ),
  );
}

function providerOf(name: string): Principal {
  const base = {
    arn: name,
    account: '',
    partition: 'aws',
    name,
    pathName: name,
    sessionName: null,
    id: null,
  };
  return parsePrincipalArn(name) ?? { ...base, kind: 'provider' };
}

/** Keys of every token. */
function withClaims(open: Formula, keys: readonly string[]): Formula {
  return withAtoms(open, (atom) =>
    atom.clause.operator?.base.family.name === 'null' && keys.includes(atom.canonical)
      ? atom.clause.values.some(({ text }) => /^false$/i.test(text))
      : atom,
  );
}

/** Patterns that every value of a key matches, for any caller. */
function fitted(open: Formula, fits: (key: string, pattern: string) => boolean): Formula {
  return withAtoms(open, (atom) => {
    const { operatorText, values } = atom.clause;
    if (!/String(Not)?Like(IfExists)?$/i.test(operatorText)) return atom;
    return values.some(({ text }) => fits(atom.canonical, text)) ? !/Not/i.test(operatorText) : atom;
  });
}

/** Guests of an identity pool of Cognito know its id. */
const canBeGuest = (pattern: string): boolean =>
  new RegExp(`^${pattern.replaceAll('*', '.*').replaceAll('?', '.')}$`).test('unauthenticated');

const isOfGuests = (open: Formula, shared: string): boolean =>
  shared === 'cognito-identity.amazonaws.com' &&
  atomsIn(open).some(
    ({ canonical, clause }) =>
      canonical === `${shared}:amr` &&
      !/Not|Null/i.test(clause.operatorText) &&
      clause.values.some(({ text }) => canBeGuest(text)),
  );

const NOTHING_LACKS = (): boolean => false;

/** The parts of an ARN that identify the user or role. */
function saidBy({ kind, arn, account, name }: Principal): readonly (readonly [string, string])[] {
  if (kind === 'user')
    return [
      ['aws:principalarn', arn],
      ['aws:principalaccount', account],
      ['aws:principaltype', 'User'],
      ['aws:username', name],
    ];
  if (kind === 'role')
    return [
      ['aws:principalarn', arn],
      ['aws:principalaccount', account],
      ['aws:principaltype', 'AssumedRole'],
    ];
  if (kind === 'federated-user')
    return [
      ['aws:principalarn', arn],
      ['aws:principalaccount', account],
      ['aws:principaltype', 'FederatedUser'],
      ['aws:userid', `${account}:${name}`],
    ];
  return kind === 'session' ? [['aws:principaltype', 'AssumedRole']] : [];
}

function metBy(one: Outsider, open: Formula, isOwnId: (id: string) => boolean): Formula {
  const lacks = (key: string, value: string): boolean =>
    !mayBe(one, key, value) ||
    (key === 'aws:principaltype' && value === 'Anonymous') ||
    (key === 'aws:userid' && isOwnId(value.split(':')[0] ?? ''));
  const signed = ['aws:principalarn', 'aws:principalaccount', 'aws:principaltype', 'aws:userid'];
  const known = fitted(
    withClaims(open, signed),
    (key, pattern) => key === 'aws:principalorgpaths' && pattern === `${one.organization}/*`,
  );
  return without(known, lacks, (key) => key.startsWith('aws:principalorg') && one.organization === null);
}

/** A condition on the caller's identity, without values that this caller cannot have. */
function without(
  open: Formula,
  lacks: (key: string, value: string, operator: string) => boolean,
  mayLack: (key: string) => boolean,
): Formula {
  return withAtoms(open, (atom) => {
    const { operator, operatorText, key, values } = atom.clause;
    if (!operator || operator.base.family.name === 'null') return atom;
    const left = values.map(({ text }) => text).filter((text) => !lacks(atom.canonical, text, operatorText));
    if (left.length === values.length) return atom;
    if (left.length > 0) return simpleAtom(operatorText, key, left, atom.service);
    if (operator.base.negated) return true;
    return mayLack(atom.canonical) && (operator.ifExists || operator.set === 'ForAllValues');
  });
}

function mayBe(one: Outsider, key: string, value: string): boolean {
  const who = whoIn(key, value);
  if (who === null) return true;
  if (!key.startsWith('aws:principalorg')) return who === one.account;
  return one.account !== null || who === one.organization;
}
