import { expect, test } from 'vitest';
import { s3ConsoleLink } from '../../lib/adapters/aws/console-link.ts';
import { alertsOf } from '../../lib/render/alerts.ts';
import { placeIn } from '../../lib/render/report-link.ts';
import { fullReport } from './reports.ts';

const consoleOf = (partition: string): string =>
  `${s3ConsoleLink(partition, 'eu-west-1', 'b')}accounts/111122223333/runs/r/report.html`;

test.each([
  [
    'https://reports.example/runs/r/report.html',
    { url: 'https://reports.example/runs/r/report.html#change-x' },
  ],
  ['file:///out/demo/runs/r/report.html', { url: 'file:///out/demo/runs/r/report.html#change-x' }],
  // the console makes an address of its own
  [consoleOf('aws'), { add: '#change-x' }],
  [consoleOf('aws-cn'), { add: '#change-x' }],
  [consoleOf('aws-us-gov'), { add: '#change-x' }],
  ['https://reports.example/runs/r/drift.json', null],
  ['javascript:alert(1)//.html', null],
])('a place in %s', (url, place) => {
  expect(placeIn(url, '#change-x')).toEqual(place);
  expect(placeIn(url, '')).toBeNull();
});

test('an alert opens its change, or says what to add to the address of the opened page', () => {
  const messages = (url: string) => alertsOf(fullReport(), 't', url).map(({ message }) => message);
  const served = messages('https://reports.example/runs/r/report.html');
  expect(served.join('\n')).toContain(
    'Report: https://reports.example/runs/r/report.html#change-drift-attached\n',
  );
  expect(served.join('\n')).not.toContain('Add #');
  const opened = messages(consoleOf('aws'));
  expect(opened.join('\n')).toContain(
    `Report: ${consoleOf('aws')}\nAdd #change-drift-attached to the address of the opened page\n`,
  );
  for (const message of opened) expect(Buffer.byteLength(message)).toBeLessThanOrEqual(2048);
});
