import type { PathId } from '../../matrix/paths/cell.ts';
import type { CellGroup } from '../../matrix/paths/matrix.ts';
import { accessHit } from '../access-hit.ts';
import type { Facts } from '../facts.ts';
import type { Hit, Rule } from '../rule.ts';
import { SHELL_PATHS } from '../shell-cells.ts';
import { accessUnseen } from '../unseen.ts';

/** Rules about roles that a service assumes for others: for an agent, or for a holder of an entitlement. */
interface ServiceRoleRule {
  readonly words: Omit<Rule, 'find' | 'unseen' | 'paths'>;
  readonly services: readonly string[];
  readonly paths: readonly PathId[];
  readonly says: (service: string) => string;
}

const CONTROL: readonly PathId[] = [
  ...['tag-rewrite', 'firewall-open', 'user-data', 'power', 'instance-profile-swap'],
] as readonly PathId[];

const SERVICE_ROLE_RULES: readonly ServiceRoleRule[] = [
  {
    words: {
      id: 'AGENT-ROLE-BROAD',
      severity: 'high',
      title: 'act on instances for an agent',
      fires:
        'a role for DevOps Agent or a Bedrock agent (`aidevops.amazonaws.com`, `bedrock.amazonaws.com`, `bedrock-agentcore.amazonaws.com`) has a shell, or access that leads to one: tags, security groups, user data, power, profiles',
      risk: "anybody who writes text that the agent reads (a ticket, a log line, a web page) may make it use its role's permissions",
      verify: '`latchkey who-can --principal ROLE` lists what the role may do, and on which instances',
      remediation: 'allow the role to read only, and let people approve changes of instances',
      references: [],
    },
    services: ['aidevops.amazonaws.com', 'bedrock.amazonaws.com', 'bedrock-agentcore.amazonaws.com'],
    paths: [...SHELL_PATHS, ...CONTROL],
    says: (service) => `${service} assumes the role for an agent`,
  },
  {
    words: {
      id: 'PEOPLE-BY-ENTITLEMENT',
      severity: 'high',
      title: 'get onto instances through an entitlement outside the account',
      fires: 'a role that `account-access.amazonaws.com` assumes for people has a shell',
      risk: 'these people are selected outside the account: none of its policies names them',
      verify:
        'the trust policy of the role names `account-access.amazonaws.com`; the entitlements show who has it',
      remediation:
        'limit the role to the intended instances, and require MFA and an end date in the entitlement',
      references: [],
    },
    services: ['account-access.amazonaws.com'],
    paths: SHELL_PATHS,
    says: (service) => `${service} assumes the role for people that no policy of the account names`,
  },
];

export const serviceRoleRules: readonly Rule[] = SERVICE_ROLE_RULES.map((row) => {
  const rule: Rule = {
    ...row.words,
    paths: row.paths,
    find: (facts) => find(facts, rule, row),
    unseen: accessUnseen,
  };
  return rule;
});

function* find(facts: Facts, rule: Rule, { services, paths, says }: ServiceRoleRule): Generator<Hit> {
  const held = new Map<number, CellGroup[]>();
  for (const path of paths)
    for (const [principal, cells] of facts.held(path))
      held.set(principal, [...(held.get(principal) ?? []), ...cells]);
  for (const [principal, cells] of held) {
    const service = serviceOf(facts, principal, services);
    if (service === null) continue;
    yield accessHit(facts, { rule, principal, cells, says: says(service), concerns: () => true });
  }
}

/** The first of these services that a role trusts. */
function serviceOf(facts: Facts, principal: number, services: readonly string[]): string | null {
  const who = facts.principals.get(facts.matrix.principals[principal]?.arn ?? '');
  if (!who || !('trust' in who)) return null;
  const admitted = (facts.policies.statements(who.trust) ?? [])
    .filter(({ effect }) => effect === 'Allow')
    .flatMap(({ principals }) => principals?.service ?? []);
  return services.find((service) => admitted.includes(service)) ?? null;
}
