import { expect, test } from 'vitest';
import { parseArn } from '../../lib/policy/arn.ts';

test('an ARN has six parts, the last with its colons', () => {
  expect(parseArn('arn:aws:logs:us-east-1:1:log-group:a:b')).toEqual({
    partition: 'aws',
    service: 'logs',
    region: 'us-east-1',
    account: '1',
    resource: 'log-group:a:b',
  });
  expect(parseArn('arn:::::')).toEqual({ partition: '', service: '', region: '', account: '', resource: '' });
});

test.each(['', '*', 'arn', 'arn:aws:s3::', 'arx:aws:s3:::a', ':arn:aws:s3:::a', 'ARN:aws:s3:::a'])(
  '%j is not an ARN',
  (text) => expect(parseArn(text)).toBeNull(),
);
