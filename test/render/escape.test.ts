import { expect, test } from 'vitest';
import {
  asciiSubject,
  clip,
  csvField,
  csvRow,
  html,
  safeUrl,
  scriptJson,
  subjectLine,
  visible,
} from '../../lib/render/escape.ts';
import { HOSTILE, HOSTILE_VALUES } from './hostile.ts';
import { visibleLines } from './visible-lines.ts';

test.each([
  ['a\u202eb', 'a\\u{202e}b'],
  ['a\u2066b', 'a\\u{2066}b'],
  ['a\u200bb', 'a\\u{200b}b'],
  ['a\ufeffb', 'a\\u{feff}b'],
  ['a\u001b[31m', 'a\\u{1b}[31m'],
  ['a\u0085b', 'a\\u{85}b'],
  ['a\r\nb', 'a\\u{d}\\u{a}b'],
  ['a\u2028b', 'a\\u{2028}b'],
  ['a\u{e0041}b', 'a\\u{e0041}b'],
  ['a\u00adb', 'a\\u{ad}b'],
  ['a\u200db', 'a\\u{200d}b'],
  ['a\ud800b', 'a\ufffdb'],
  ['👩‍🚀 ❤️ 日本 é', '👩‍🚀 ❤️ 日本 é'],
])('hidden characters are written out: %j', (text, shown) => {
  expect(visible(text)).toBe(shown);
});

test('our own line breaks stay if lines are wanted', () => {
  expect(visibleLines('a\nb\u202e')).toBe('a\nb\\u{202e}');
});

test('markup in a value becomes text, in content and in a quoted attribute', () => {
  expect(html`<p title="${'" onload="x'}">${"<b>'&`"}</p>`.markup).toBe(
    '<p title="&quot; onload=&quot;x">&lt;b&gt;&#39;&amp;&#96;</p>',
  );
});

test('markup can be nested, lists are joined, and missing values give nothing', () => {
  expect(html`<ul>${[1, 2].map((n) => html`<li>${n}</li>`)}${null}${undefined}${false}</ul>`.markup).toBe(
    '<ul><li>1</li><li>2</li></ul>',
  );
});

test('an object from JSON that looks like markup is not inserted as markup', () => {
  expect(html`${JSON.parse('"{\\"markup\\":\\"<b>\\"}"')}`.markup).toBe(
    '{&quot;markup&quot;:&quot;&lt;b&gt;&quot;}',
  );
});

test.each(HOSTILE_VALUES)('JSON in a script cannot end it, and reads back unchanged: %j', (value) => {
  const { markup } = scriptJson({ [value]: value, list: [value] });
  expect(markup).not.toMatch(/[<>&\u2028\u2029]/);
  const read: unknown = JSON.parse(markup);
  expect(Object.getOwnPropertyDescriptor(read, value)?.value).toBe(value);
});

test.each([
  ['plain', 'plain'],
  ['', ''],
  ['a,b', '"a,b"'],
  ['say "x"', '"say ""x"""'],
  ['a\r\nb', '"a\r\nb"'],
  ['=1+1', "'=1+1"],
  ['+1', "'+1"],
  ['-1', "'-1"],
  ['@SUM(A1)', "'@SUM(A1)"],
  ['\t=1', "'\t=1"],
  ['\r=1', '"\'\r=1"'],
  ['  =1', "'  =1"],
  ['＝1', "'＝1"],
  ['\u0000=1', '\\u{0}=1'],
  ['\u200b=1', '\\u{200b}=1'],
  ['a\u009b2J\u202eb\u2028', 'a\\u{9b}2J\\u{202e}b\\u{2028}'],
  ['a\r\n\u202eb', '"a\r\n\\u{202e}b"'],
  ['arn:aws:iam::1:user/a=b', 'arn:aws:iam::1:user/a=b'],
])('CSV field %j', (text, field) => {
  expect(csvField(text)).toBe(field);
});

test('a CSV record ends as RFC 4180 says', () => {
  expect(csvRow(['a', 'b,c'])).toBe('a,"b,c"\r\n');
});

test.each(HOSTILE_VALUES)('a subject is one short visible line: %j', (value) => {
  for (const subject of [subjectLine(value), asciiSubject(value)]) {
    expect(Array.from(subject).length).toBeLessThanOrEqual(99);
    expect(visible(subject)).toBe(subject);
    expect(subject).not.toMatch(/[\r\n\u202a-\u202e]/);
  }
  expect(asciiSubject(value)).toMatch(/^[ -~]*$/);
});

test('a subject is cut between code points', () => {
  expect(subjectLine('😀'.repeat(200))).toBe(`${'😀'.repeat(98)}…`);
  expect(clip(HOSTILE.wide, 20)).toBe(`${Array.from(HOSTILE.wide).slice(0, 19).join('')}…`);
});

test.each([
  ['https://bucket.s3.amazonaws.com/report.html?X-Amz-Signature=1%2F', true],
  ['runs/2026/report.html', true],
  ['file:///out/runs/2026/report.html#finding-x', true],
  ['file://host/x', false],
  ['javascript:alert(1)', false],
  ['JaVaScRiPt:alert(1)', false],
  ['java\nscript:alert(1)', false],
  ['data:text/html,x', false],
  ['//evil.example/x', false],
  ['\\\\evil\\x', false],
  ['https://a" onclick="x', false],
])('a link to %j', (url, followed) => {
  expect(safeUrl(url)).toBe(followed ? url : null);
});
