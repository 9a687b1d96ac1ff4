/**
 * The regions of each partition.
 * https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-regions.html
 */
const REGIONS: Readonly<Record<string, readonly string[]>> = {
  aws: [
    ...['us-east-1', 'us-east-2', 'us-west-1', 'us-west-2', 'ca-central-1', 'ca-west-1', 'mx-central-1'],
    ...['eu-central-1', 'eu-central-2', 'eu-north-1', 'eu-south-1', 'eu-south-2'],
    ...['eu-west-1', 'eu-west-2', 'eu-west-3', 'sa-east-1', 'af-south-1', 'il-central-1'],
    ...['me-central-1', 'me-south-1', 'ap-east-1', 'ap-east-2', 'ap-northeast-1', 'ap-northeast-2'],
    ...['ap-northeast-3', 'ap-south-1', 'ap-south-2', 'ap-southeast-1', 'ap-southeast-2', 'ap-southeast-3'],
    ...['ap-southeast-4', 'ap-southeast-5', 'ap-southeast-6', 'ap-southeast-7'],
  ],
  'aws-cn': ['cn-north-1', 'cn-northwest-1'],
  'aws-us-gov': ['us-gov-east-1', 'us-gov-west-1'],
  'aws-iso': ['us-iso-east-1', 'us-iso-west-1'],
  'aws-iso-b': ['us-isob-east-1', 'us-isob-west-1'],
  'aws-iso-e': ['eu-isoe-west-1'],
  'aws-iso-f': ['us-isof-east-1', 'us-isof-south-1'],
  'aws-eusc': ['eusc-de-east-1'],
};

/** Of all partitions. */
export const ALL_REGIONS: readonly string[] = Object.values(REGIONS).flat();

/**
 * The home region of a partition's IAM, and of most of its global services.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-requestedregion
 * https://docs.aws.amazon.com/general/latest/gr/iam-service.html
 */
const HOME: Readonly<Record<string, string>> = {
  aws: 'us-east-1',
  'aws-cn': 'cn-north-1',
  'aws-us-gov': 'us-gov-west-1',
  'aws-iso': 'us-iso-east-1',
  'aws-iso-b': 'us-isob-east-1',
  'aws-iso-e': 'eu-isoe-west-1',
  'aws-iso-f': 'us-isof-south-1',
  'aws-eusc': 'eusc-de-east-1',
};

/**
 * Services with one endpoint for a whole partition that is not in the partition's home region.
 * https://docs.aws.amazon.com/general/latest/gr/rande.html#global-endpoints
 */
const GLOBAL_SERVICES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  iam: {},
  organizations: { 'aws-cn': 'cn-northwest-1' },
  route53: { 'aws-cn': 'cn-northwest-1' },
  cloudfront: { 'aws-cn': 'cn-northwest-1' },
  account: { 'aws-cn': 'cn-northwest-1' },
  budgets: { 'aws-cn': 'cn-northwest-1' },
  ce: { 'aws-cn': 'cn-northwest-1' },
  shield: {},
  globalaccelerator: { aws: 'us-west-2' },
  networkmanager: { aws: 'us-west-2' },
};

/**
 * `aws:RequestedRegion` of a service's request that is made for a region; null: the caller chooses an
 * endpoint of the partition. STS has one in each region. The global one exists in `aws` only and counts as
 * us-east-1, or as the region from which it is called, which is among the others.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_region-endpoints.html
 */
export function requestedRegion(service: string, partition: string, region: string): string | null {
  if (service === 'sts') return null;
  const special = GLOBAL_SERVICES[service];
  const requested = special ? (special[partition] ?? HOME[partition] ?? region) : region;
  return requested === '' ? null : requested;
}

/** Every region of a partition; none for a partition that is not known. */
export function regionsOf(partition: string): readonly string[] {
  return REGIONS[partition] ?? [];
}
