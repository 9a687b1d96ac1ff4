import { expect, test } from 'vitest';
import { s3ConsoleLink } from '../../../lib/adapters/aws/console-link.ts';

test.each([
  ['aws', 'eu-west-1', 'eu-west-1.console.aws.amazon.com'],
  ['aws-us-gov', 'us-gov-west-1', 'console.amazonaws-us-gov.com'],
  ['aws-cn', 'cn-north-1', 'console.amazonaws.cn'],
])('in %s the S3 console for %s is %s', (partition, region, host) => {
  expect(s3ConsoleLink(partition, region, 'reports')).toBe(
    `https://${host}/s3/object/reports?region=${region}&prefix=`,
  );
});
