import { expect, test } from 'vitest';
import { servicePrincipalNames } from '../../lib/reference/service-principals.ts';

test.each([
  ['aws', 'ec2.amazonaws.com', ['ec2.amazonaws.com']],
  ['aws-us-gov', 'ssm.amazonaws.com', ['ssm.amazonaws.com']],
  ['aws-cn', 'ssm.amazonaws.com', ['ssm.amazonaws.com', 'ssm.amazonaws.com.cn']],
  ['aws-iso', 'ec2.amazonaws.com', ['ec2.amazonaws.com', 'ec2.c2s.ic.gov']],
  ['aws-iso-b', 'ec2.amazonaws.com', ['ec2.amazonaws.com', 'ec2.sc2s.sgov.gov']],
  ['aws-iso-e', 'ec2.amazonaws.com', ['ec2.amazonaws.com', 'ec2.cloud.adc-e.uk']],
  ['aws-iso-f', 'ec2.amazonaws.com', ['ec2.amazonaws.com', 'ec2.csp.hci.ic.gov']],
  ['aws-eusc', 'ec2.amazonaws.com', ['ec2.amazonaws.com', 'ec2.amazonaws.eu']],
  ['aws-cn', 'x.amazonaws.com.cn', ['x.amazonaws.com.cn']],
  ['aws-unheard-of', 'ec2.amazonaws.com', ['ec2.amazonaws.com']],
  ['aws-cn', 'spot', ['spot']],
])('in %s the names of %s are %j', (partition, plain, names) => {
  expect(servicePrincipalNames(plain, partition)).toEqual(names);
});
