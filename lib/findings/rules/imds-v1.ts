import { quoted } from '../../policy/quoted.ts';
import type { Instance } from '../../snapshot/snapshot.ts';
import type { Facts } from '../facts.ts';
import { gapOf } from '../principal-hit.ts';
import type { EarlierFinding, Hit, Rule } from '../rule.ts';

/** An instance whose metadata service is on and takes requests without a token. */
export const imdsV1: Rule = {
  id: 'IMDS-V1',
  severity: 'high',
  title: 'the instance answers metadata requests without a token (IMDSv1)',
  risk: "a request forged through an application or proxy on the instance reads the credentials of the instance's role",
  remediation: 'require tokens',
  references: [
    'https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-service.html',
    'Security Hub EC2.8',
    'CIS AWS Foundations v5 5.7',
  ],
  find,
  unseen,
};

function* find(facts: Facts): Generator<Hit> {
  for (const one of facts.instances.values()) {
    if (one.metadata.httpTokens !== 'optional' || one.metadata.httpEndpoint === 'disabled') continue;
    yield {
      rule: imdsV1,
      severity: imdsV1.severity,
      instance: one.id,
      resource: one.arn,
      evidence: evidence(one),
      remediation: `${imdsV1.remediation}: aws ec2 modify-instance-metadata-options --region ${one.region} --instance-id ${one.id} --http-tokens required (first see in CloudWatch, metric MetadataNoToken, that nothing on it still asks without one)`,
    };
  }
}

function evidence(one: Instance): string[] {
  const name = one.tags.find((tag) => tag.key === 'Name')?.value;
  const { hopLimit } = one.metadata;
  return [
    `${one.id}${name ? ` (${quoted(name)})` : ''} in ${one.region}, ${one.state}: HttpTokens is optional`,
    one.instanceProfile === null
      ? 'it carries no instance profile, so there are no role credentials to read today'
      : `it carries instance profile ${quoted(one.instanceProfile)}`,
    ...(hopLimit !== null && hopLimit > 2
      ? [`hop limit ${hopLimit}: also behind containers and forwarders on it`]
      : []),
  ];
}

function unseen(facts: Facts, finding: EarlierFinding): string | null {
  const region = finding.resource?.split(':')[3] ?? null;
  const here = facts.snapshot.regions.find((one) => one.region === region);
  if (!here || here.instances === null) {
    return (
      gapOf(facts, 'ec2.describe-instances', region) ??
      `${quoted('ec2.describe-instances')} was not collected in ${region}`
    );
  }
  const one = facts.instances.get(finding.instance ?? '');
  return one && one.metadata.httpTokens === null ? 'its metadata options were not in the answer' : null;
}
