import { expect, test } from 'vitest';
import { servicePrincipalNames } from '../../lib/reference/service-principals.ts';

test.each([
  ['aws', 'ec2.amazonaws.com', ['ec2.amazonaws.com']],
  ['aws-us-gov', 'ssm.amazonaws.com', ['ssm.amazonaws.com']],
  ['aws-cn', 'ssm.amazonaws.com', ['ssm.amazonaws.com', 'ssm.amazonaws.com.cn']],
  ['aws-iso', 'ec2.amazonaws.com', ['ec2.amazonaws.com', 'ec2.c2s.ic.gov']],
  ['aws-iso-b', 'ec2.amazonaws.com', ['ec2.amazonaws.com', 'ec2.sc2s.sgov.gov']],
  ['aws-unheard-of', 'ec2.amazonaws.com', ['ec2.amazonaws.com']],
  ['aws-cn', 'spot', ['spot']],
])('in %s %s is called %j', (partition, plain, names) => {
  expect(servicePrincipalNames(plain, partition)).toEqual(names);
});
