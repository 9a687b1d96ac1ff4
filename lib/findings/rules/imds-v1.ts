import { thousands } from '../../policy/counted.ts';
import { quoted } from '../../policy/quoted.ts';
import type { Instance } from '../../snapshot/snapshot.ts';
import { capped } from '../evidence.ts';
import type { Facts } from '../facts.ts';
import type { Finding, Severity } from '../finding.ts';
import { type Fleet, fleetsOf } from '../fleets.ts';
import { SHOWN } from '../instance-counts.ts';
import type { PlaceHit, Rule } from '../rule.ts';
import { instancesUnseen } from '../unseen.ts';

/** Instances whose metadata service is on and accepts requests without a token, by what launched them. */
export const imdsV1: Rule = {
  id: 'IMDS-V1',
  severity: 'high',
  title: 'answer metadata requests without a token (IMDSv1)',
  fires:
    '`HttpTokens` is `optional` and the metadata service is on; high if one of the instances is production, low if none has a role, else medium',
  verify:
    'on the instance, `curl http://169.254.169.254/latest/meta-data/` answers without a token; the CloudWatch metric MetadataNoToken counts such requests',
  risk: "a request forged through an application or proxy on the instance reads the credentials of the instance's role",
  remediation: 'require tokens',
  references: [
    'https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-service.html',
    'Security Hub EC2.8',
    'CIS AWS Foundations v5 5.7',
  ],
  paths: [],
  find,
  unseen,
};

function* find(facts: Facts): Generator<PlaceHit> {
  for (const fleet of fleetsOf(facts)) {
    const open = fleet.instances.filter(takesNoToken);
    if (open.length === 0) continue;
    const production = open.filter(facts.isProduction).length;
    yield {
      kind: 'place',
      rule: imdsV1,
      severity: severityOf(open, production),
      cause: fleet.cause,
      title: `${fleet.name}: ${thousands(open.length)} of ${thousands(fleet.instances.length)} instances answer metadata requests without a token (IMDSv1)`,
      instanceCount: open.length,
      productionCount: production,
      regions: [fleet.region],
      evidence: evidence(open, fleet),
      remediation: remedy(open, fleet),
      subjects: open.map(({ arn }) => arn),
    };
  }
}

export const takesNoToken = ({ metadata }: Instance): boolean =>
  metadata.httpTokens === 'optional' && metadata.httpEndpoint !== 'disabled';

/** Without a role there are no credentials to read. */
function severityOf(open: readonly Instance[], production: number): Severity {
  if (open.every((one) => one.instanceProfile === null)) return 'low';
  return production > 0 ? imdsV1.severity : 'medium';
}

function evidence(open: readonly Instance[], { instances, region }: Fleet): string[] {
  const carriers = open.filter((one) => one.instanceProfile !== null).length;
  const behind = open.filter((one) => (one.metadata.hopLimit ?? 0) > 2).length;
  return [
    `HttpTokens is optional on ${thousands(open.length)} of ${thousands(instances.length)} instances in ${region}`,
    `instances: ${capped(open.map(named), 'instances', SHOWN).join(', ')}`,
    carriers === 0
      ? 'none has an instance profile, so there are no role credentials to read today'
      : `${carriers} of them ${carriers === 1 ? 'has' : 'have'} an instance profile, whose credentials can be read`,
    ...(behind > 0 ? [`hop limit over 2 on ${behind}: also behind containers and forwarders on them`] : []),
  ];
}

function named(one: Instance): string {
  const name = one.tags.find((tag) => tag.key === 'Name')?.value;
  return `${one.id}${name ? ` (${quoted(name)})` : ''}`;
}

function remedy(open: readonly Instance[], fleet: Fleet): string {
  const first = open[0] as Instance;
  const template =
    fleet.cause.kind === 'region'
      ? ''
      : `set HttpTokens to required in ${fleet.name}, so that what it launches next has it, and `;
  return `${template}${imdsV1.remediation} on each instance; for example aws ec2 modify-instance-metadata-options --region ${first.region} --instance-id ${first.id} --http-tokens required (first see in CloudWatch, metric MetadataNoToken, that nothing on it still asks without one)`;
}

function unseen(facts: Facts, finding: Finding): string | null {
  const gap = instancesUnseen(facts, finding);
  if (gap !== null) return gap;
  const fleet = fleetsOf(facts).find(({ cause }) => cause.resource === finding.cause.resource);
  return fleet?.instances.some(({ metadata }) => metadata.httpTokens === null)
    ? 'metadata options were not in the answer'
    : null;
}
