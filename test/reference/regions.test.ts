import { expect, test } from 'vitest';
import { ALL_REGIONS, regionsOf, requestedRegion } from '../../lib/reference/regions.ts';

test.each([
  ['iam', 'aws', 'us-east-1'],
  ['iam', 'aws-cn', 'cn-north-1'],
  ['iam', 'aws-us-gov', 'us-gov-west-1'],
  ['iam', 'aws-iso', 'us-iso-east-1'],
  ['iam', 'aws-iso-b', 'us-isob-east-1'],
  ['iam', 'aws-iso-f', 'us-isof-south-1'],
  ['iam', 'aws-iso-e', 'eu-isoe-west-1'],
  ['iam', 'aws-eusc', 'eusc-de-east-1'],
  ['organizations', 'aws', 'us-east-1'],
  ['organizations', 'aws-cn', 'cn-northwest-1'],
  ['route53', 'aws-cn', 'cn-northwest-1'],
  ['cloudfront', 'aws-cn', 'cn-northwest-1'],
  ['account', 'aws-cn', 'cn-northwest-1'],
  ['budgets', 'aws-cn', 'cn-northwest-1'],
  ['ce', 'aws-cn', 'cn-northwest-1'],
  ['shield', 'aws-cn', 'cn-north-1'],
  ['shield', 'aws', 'us-east-1'],
  ['networkmanager', 'aws', 'us-west-2'],
  ['globalaccelerator', 'aws', 'us-west-2'],
  ['ec2', 'aws', 'eu-north-1'],
  ['iam', 'aws-unheard-of', 'eu-north-1'],
])('a request of %s for %s is made in %s', (service, partition, region) => {
  expect(requestedRegion(service, partition, 'eu-north-1')).toBe(region);
});

test('the caller chooses the endpoint of STS', () => {
  expect(requestedRegion('sts', 'aws', 'eu-north-1')).toBeNull();
});

test('a home region belongs to its partition', () => {
  for (const partition of ['aws', 'aws-cn', 'aws-us-gov', 'aws-iso', 'aws-iso-b', 'aws-iso-e', 'aws-iso-f'])
    expect(regionsOf(partition)).toContain(requestedRegion('iam', partition, ''));
  expect(regionsOf('aws-unheard-of')).toEqual([]);
});

test.each([
  ['aws', 34],
  ['aws-cn', 2],
  ['aws-us-gov', 2],
  ['aws-iso', 2],
  ['aws-iso-b', 2],
  ['aws-iso-e', 1],
  ['aws-iso-f', 2],
  ['aws-eusc', 1],
])("%s has %i regions, with names in AWS's form that no other partition has", (partition, many) => {
  const regions = regionsOf(partition);
  expect(new Set(regions).size).toBe(many);
  for (const region of regions) {
    expect(region).toMatch(/^(eusc-de|[a-z]{2}(-(gov|iso[bef]?))?)-[a-z]+-\d$/);
    expect(ALL_REGIONS.filter((one) => one === region)).toHaveLength(1);
  }
});
