import type { ConditionTerm } from '../../evaluator/decision.ts';
import { instanceCount } from '../../matrix/answers/find-groups.ts';
import type { CellGroup } from '../../matrix/paths/matrix.ts';
import { remembered } from '../../memory/remembered.ts';
import { plain, quoted } from '../../policy/quoted.ts';
import type { Statement } from '../../policy/statement.ts';
import { sharedProvider } from '../../reference/shared-oidc-providers.ts';
import type { Role } from '../../snapshot/snapshot.ts';
import { conditionSentences, instanceSentences } from '../evidence.ts';
import type { Facts } from '../facts.ts';
import type { CauseStatement, Severity } from '../finding.ts';
import type { PlaceHit, Rule } from '../rule.ts';
import { accessUnseen } from '../unseen.ts';

type Words = Omit<Rule, 'find' | 'unseen' | 'paths' | 'severity'>;

/**
 * Rules about outsiders that enter a role and get onto instances from there. The first that applies is
 * reported.
 */
interface TrustRule {
  readonly words: Words;
  readonly severity: Severity;
  /** whether it applies to this row of the matrix, which comes from outside */
  readonly who: (outsider: string, facts: Facts) => boolean;
  /** whether an entry of the trust policy allows the outsider */
  readonly names: (statement: Statement, outsider: string) => boolean;
  /** conditions that make it harmless if every route has one */
  readonly limits: (term: ConditionTerm) => boolean;
}

const TRUST_PAGE =
  'https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_common-scenarios_third-party.html';

const TRUST_RULES: readonly TrustRule[] = [
  {
    words: {
      id: 'TRUST-STAR',
      title: 'lets everybody onto instances',
      fires:
        'a trust policy allows any AWS principal of any account, and the role gets onto instances; conditions on an account, an organisation or an external id count',
      risk: 'anybody with an AWS account can assume the role',
      verify:
        '`latchkey who-can --principal anybody` lists what everybody has; or assume the role from another account',
      remediation: 'list the accounts or roles in Principal, or require aws:PrincipalOrgID',
      references: [
        'https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html',
      ],
    },
    severity: 'critical',
    who: (outsider) => outsider === 'anybody',
    names: ({ principals }) => principals?.any === true,
    limits: () => false,
  },
  {
    words: {
      id: 'TRUST-OIDC',
      title: 'lets other customers of a shared identity provider onto instances',
      fires:
        'a trust policy allows an OpenID Connect provider that many customers share (GitHub, GitLab, Terraform Cloud and others) without a claim that identifies the customer, and the role gets onto instances',
      risk: "a workflow in anybody's repository can assume the role",
      verify: 'the trust policy has no condition on `<provider>:sub`, or one that begins with a wildcard',
      remediation:
        'require the claim that identifies your organisation, such as `token.actions.githubusercontent.com:sub` = `repo:<organisation>/<repository>:*`',
      references: [
        'https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_oidc_secure-by-default.html',
      ],
    },
    severity: 'critical',
    who: (outsider) => sharedProvider(outsider) !== null,
    names: ({ principals }, outsider) => principals?.federated.includes(outsider) === true,
    limits: () => false,
  },
  {
    words: {
      id: 'TRUST-XACCT',
      title: 'lets another account onto instances',
      fires:
        'a trust policy allows another account, the role gets onto instances, and a route requires neither an external id nor MFA',
      risk: 'a vendor that is tricked (the confused deputy), or a leaked key of that account, gives access to the instances',
      verify: '`latchkey who-can --principal arn:aws:iam::ACCOUNT:root` lists what the account has',
      remediation:
        'require sts:ExternalId if a vendor assumes the role, and MFA if people do; remove unknown accounts',
      references: [TRUST_PAGE],
    },
    severity: 'medium',
    who: (outsider, { expected }) =>
      /^arn:[^:]*:iam::\d{12}:root$/.test(outsider) &&
      !expected.knownAccounts.includes(outsider.split(':')[4] ?? ''),
    names: ({ principals }, outsider) =>
      namesAccount(principals?.aws ?? [], outsider) || principals?.any === true,
    limits: ({ key }) => /^(sts:externalid|aws:multifactorauth(present|age)|aws:principalorg)/i.test(key),
  },
];

function namesAccount(entries: readonly string[], outsider: string): boolean {
  const account = outsider.split(':')[4] ?? '';
  return entries.some((entry) => entry === account || entry.split(':')[4] === account);
}

export const trustRules: readonly Rule[] = TRUST_RULES.map((row) => {
  const rule: Rule = {
    ...row.words,
    severity: row.severity,
    paths: [],
    find: (facts) => findTrusts(facts, rule, row),
    unseen: accessUnseen,
  };
  return rule;
});

function* findTrusts(facts: Facts, rule: Rule, row: TrustRule): Generator<PlaceHit> {
  for (const [arn, coming] of comingThrough(facts)) {
    const role = facts.principals.get(arn);
    if (!role || !('trust' in role)) continue;
    const outsiders = [...coming].filter(
      ([who, cells]) => row.who(nameOf(facts, who), facts) && !cells.every((group) => isLimited(group, row)),
    );
    if (outsiders.length > 0) yield trustHit(facts, { rule, row }, role, outsiders);
  }
}

const nameOf = (facts: Facts, principal: number): string => facts.matrix.principals[principal]?.arn ?? '';

function isLimited({ outcome }: CellGroup, { limits }: TrustRule): boolean {
  const routes = outcome.condition?.anyOf ?? [];
  return routes.length > 0 && routes.every(({ allOf }) => allOf.some(limits));
}

type Coming = ReadonlyMap<number, readonly CellGroup[]>;

/** By the first role of the chain: the outsiders that get onto instances through it. */
function comingThrough({ matrix }: Facts): ReadonlyMap<string, Coming> {
  const found = new Map<string, Map<number, CellGroup[]>>();
  const isOutside = matrix.principals.map(({ kind }) => kind === 'outside');
  if (!isOutside.includes(true)) return found;
  for (const group of matrix.groups) {
    const { verdict, via } = group.outcome;
    const first = via[0];
    if (first === undefined || verdict === 'denied' || verdict === 'unknown' || instanceCount(group) === 0)
      continue;
    for (const principal of group.principals.filter((one) => isOutside[one])) {
      const coming = remembered(found, first, () => new Map<number, CellGroup[]>());
      coming.set(principal, [...(coming.get(principal) ?? []), group]);
    }
  }
  return found;
}

function trustHit(
  facts: Facts,
  { rule, row }: { readonly rule: Rule; readonly row: TrustRule },
  role: Role,
  outsiders: readonly (readonly [number, readonly CellGroup[]])[],
): PlaceHit {
  const cells = [...new Set(outsiders.flatMap(([, groups]) => groups))];
  const counts = facts.countAll(cells);
  const names = outsiders.map(([who]) => nameOf(facts, who));
  const paths = (groups: readonly CellGroup[]) => [...new Set(groups.map(({ path }) => path))].sort();
  return {
    kind: 'place',
    rule,
    severity: counts.prod > 0 && rule.severity !== 'critical' ? 'high' : rule.severity,
    cause: { kind: 'trust', resource: role.arn, statements: statementsOf(facts, role, row, names) },
    title: `the trust policy of role ${quoted(role.name)} ${rule.title}`,
    instanceCount: counts.all,
    productionCount: counts.prod,
    regions: facts.regions.filter((_, at) => (counts.byRegion[at] ?? 0) > 0),
    holders: outsiders.map(([who, groups]) => ({
      principal: nameOf(facts, who),
      kind: 'outside',
      instances: facts.countAll(groups).all,
      paths: paths(groups),
    })),
    paths: paths(cells),
    evidence: [
      `it lets in ${names.map((name) => plain(name)).join(', ')}`,
      ...instanceSentences(facts, cells),
      ...conditionSentences(cells),
    ],
    remediation: `in the trust policy of role ${quoted(role.name)}: ${rule.remediation}`,
    subjects: [role.arn],
  };
}

function statementsOf(
  facts: Facts,
  role: Role,
  { names }: TrustRule,
  outsiders: readonly string[],
): CauseStatement[] {
  return (facts.policies.statements(role.trust) ?? [])
    .filter((one) => one.effect === 'Allow' && outsiders.some((outsider) => names(one, outsider)))
    .map(({ index, sid }) => ({ policy: role.trust, statement: index, sid }));
}
