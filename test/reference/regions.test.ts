import { expect, test } from 'vitest';
import { regionsOf, requestedRegion } from '../../lib/reference/regions.ts';

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
  ['globalaccelerator', 'aws', 'us-west-2'],
  ['ec2', 'aws', 'eu-north-1'],
  ['iam', 'aws-unheard-of', 'eu-north-1'],
])('a request of %s in %s is made in %s', (service, partition, region) => {
  expect(requestedRegion(service, partition, 'eu-north-1')).toBe(region);
});

test('the endpoint of STS is for whoever asks to choose', () => {
  expect(requestedRegion('sts', 'aws', 'eu-north-1')).toBeNull();
});

test('a home region is one of its partition', () => {
  for (const partition of ['aws', 'aws-cn', 'aws-us-gov', 'aws-iso', 'aws-iso-b', 'aws-iso-e', 'aws-iso-f'])
    expect(regionsOf(partition)).toContain(requestedRegion('iam', partition, ''));
  expect(regionsOf('aws-unheard-of')).toEqual([]);
});
