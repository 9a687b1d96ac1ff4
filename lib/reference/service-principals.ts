/**
 * The DNS suffix of each partition that has one of its own, as botocore's list of partitions has it: some services'
 * principals end in it there, as `ec2.amazonaws.com.cn` in China.
 * https://docs.amazonaws.cn/en_us/aws/latest/userguide/iam.html
 * https://registry.terraform.io/providers/hashicorp/aws/latest/docs/data-sources/service_principal
 */
const SUFFIXES: Readonly<Record<string, string>> = {
  'aws-cn': 'amazonaws.com.cn',
  'aws-iso': 'c2s.ic.gov',
  'aws-iso-b': 'sc2s.sgov.gov',
  'aws-iso-e': 'cloud.adc-e.uk',
  'aws-iso-f': 'csp.hci.ic.gov',
  'aws-eusc': 'amazonaws.eu',
};

const PLAIN = '.amazonaws.com';

/**
 * The possible names of a service as a principal in a partition, the plain one first. AWS does not list which
 * services use the partition's suffix; IAM stores no trust in a name that does not exist, so both are
 * accepted.
 */
export function servicePrincipalNames(plain: string, partition: string): readonly string[] {
  const suffix = SUFFIXES[partition];
  return suffix === undefined || !plain.endsWith(PLAIN)
    ? [plain]
    : [plain, `${plain.slice(0, -PLAIN.length)}.${suffix}`];
}
