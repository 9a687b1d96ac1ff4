import { quoted } from '../../policy/quoted.ts';
import type { Statement } from '../../policy/statement.ts';
import { servicePrincipalNames } from '../../reference/service-principals.ts';
import type { InstanceProfile, Role } from '../../snapshot/snapshot.ts';
import { capped, named } from '../evidence.ts';
import type { Facts } from '../facts.ts';
import type { Finding } from '../finding.ts';
import type { PlaceHit, Rule } from '../rule.ts';
import { coversAction } from '../statements.ts';
import { gapText } from '../unseen.ts';

const IAM = 'iam.get-account-authorization-details';

/** A role in an instance profile that ec2.amazonaws.com may not assume. A trust policy that cannot be read is not judged. */
export const trustEc2Missing: Rule = {
  id: 'TRUST-EC2-MISSING',
  severity: 'low',
  title: 'is in an instance profile but does not trust ec2.amazonaws.com',
  fires:
    'the role of an instance profile does not trust ec2.amazonaws.com; a trust policy that cannot be read is not judged',
  verify:
    '`aws iam get-role --role-name NAME --query Role.AssumeRolePolicyDocument` names no ec2.amazonaws.com',
  risk: 'the instance gets no credentials, so its agent cannot register; often the trust policy was changed by mistake',
  remediation: 'allow ec2.amazonaws.com to assume the role, or remove it from the instance profile',
  references: ['https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_switch-role-ec2.html'],
  paths: [],
  find,
  unseen,
};

function* find(facts: Facts): Generator<PlaceHit> {
  const names = servicePrincipalNames('ec2.amazonaws.com', facts.snapshot.partition);
  for (const [role, profiles] of profileRoles(facts)) {
    const trust = facts.policies.statements(role.trust);
    if (!trust || trustsEc2(trust, names)) continue;
    const arns = profiles.map(({ arn }) => arn);
    const used = [...facts.instances.values()].filter((one) => arns.includes(one.instanceProfile ?? ''));
    yield {
      kind: 'place',
      rule: trustEc2Missing,
      severity: trustEc2Missing.severity,
      cause: { kind: 'trust', resource: role.arn, statements: [] },
      title: `role ${quoted(role.name)} ${trustEc2Missing.title}`,
      instanceCount: used.length,
      productionCount: used.filter(facts.isProduction).length,
      regions: [...new Set(used.map(({ region }) => region))].sort(),
      subjects: [role.arn],
      evidence: [
        `the trust policy of role ${quoted(role.name)} does not let ec2.amazonaws.com assume it`,
        ...capped(
          profiles.map((profile) => profileSentence(facts, profile)),
          'instance profiles',
        ),
      ],
      remediation: `in the trust policy of role ${quoted(role.name)}: ${trustEc2Missing.remediation}; for example ${JSON.stringify(
        {
          Effect: 'Allow',
          Principal: { Service: 'ec2.amazonaws.com' },
          Action: 'sts:AssumeRole',
        },
      )}`,
    };
  }
}

function profileRoles(facts: Facts): Map<Role, InstanceProfile[]> {
  const roles = new Map(facts.snapshot.roles.map((role) => [role.arn, role]));
  const found = new Map<Role, InstanceProfile[]>();
  for (const profile of facts.snapshot.instanceProfiles) {
    for (const arn of profile.roles) {
      const role = roles.get(arn);
      if (role) found.set(role, [...(found.get(role) ?? []), profile]);
    }
  }
  return found;
}

function profileSentence(facts: Facts, profile: InstanceProfile): string {
  const used = [...facts.instances.values()].filter((one) => one.instanceProfile === profile.arn);
  const by =
    used.length === 0 ? 'no collected instance' : named(used.map((one) => `${one.id} (${one.region})`));
  return `instance profile ${quoted(profile.name)} holds the role, used by ${by}`;
}

/** A Deny without conditions cancels the trust. */
function trustsEc2(statements: readonly Statement[], ec2: readonly string[]): boolean {
  const names = (statement: Statement): boolean => {
    const from = statement.principals;
    if (!from || !coversAction(statement, 'sts:AssumeRole')) return false;
    const listed = from.any || from.service.some((service) => ec2.includes(service.toLowerCase()));
    return listed !== from.not;
  };
  const allowed = statements.some((one) => one.effect === 'Allow' && names(one));
  return (
    allowed && !statements.some((one) => one.effect === 'Deny' && one.conditions.length === 0 && names(one))
  );
}

function unseen(facts: Facts, finding: Finding): string | null {
  const gap = gapText(facts, IAM, null);
  if (gap !== null) return gap;
  const role = facts.snapshot.roles.find((one) => one.arn === finding.cause.resource);
  return role && !facts.policies.statements(role.trust) ? 'its trust policy cannot be read' : null;
}
