import { expect, test } from 'vitest';
import { reportBaseOf } from '../../functions/report-base.ts';

const stack = { PARTITION: 'aws', AWS_REGION: 'eu-west-1', BUCKET: 'reports' };

test.each([
  ['https://reports.example.com/latchkey/', 'https://reports.example.com/latchkey/'],
  ['https://reports.example.com', 'https://reports.example.com/'],
  ['', 'https://eu-west-1.console.aws.amazon.com/s3/object/reports?region=eu-west-1&prefix='],
])('links begin with the setting `%s`', (REPORT_URL, base) => {
  expect(reportBaseOf({ ...stack, REPORT_URL })).toBe(base);
});
