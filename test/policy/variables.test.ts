import { expect, test } from 'vitest';
import { parseTemplate, plainTemplate, textParts } from '../../lib/policy/variables.ts';

const text = (run: string): object => ({ text: run, literal: false });
const literal = (run: string): object => ({ text: run, literal: true });
const variable = (key: string, fallback: string | null = null): object => ({ key, fallback });

test.each<[string, object[]]>([
  ['', [text('')]],
  ['a', [text('a')]],
  ['${a}', [variable('a')]],
  ['a${b}c', [text('a'), variable('b'), text('c')]],
  ['${a}${b}', [variable('a'), variable('b')]],
  ["${a, 'b'}", [variable('a', 'b')]],
  ["${a, ''}", [variable('a', '')]],
  ["${a, 'b c, d'}e", [variable('a', 'b c, d'), text('e')]],
  ['${a b/c:d=e}', [variable('a b/c:d=e')]],
  ['a${*}', [text('a'), literal('*')]],
  ['${?}${$}', [literal('?'), literal('$')]],
  ...[
    '${',
    '${a',
    '{a}',
    '$a}',
    '${}',
    '${**}',
    '${a*}',
    '${a$}',
    '${a{b}',
    "${'a'}",
    '${a,b}',
    "${a,'b'}",
  ].map((odd): [string, object[]] => [odd, [text(odd)]]),
  ["${a, 'b}", [text("${a, 'b}")]],
  ['${${a}}', [text('${'), variable('a'), text('}')]],
])('%j', (value, parts) => {
  const template = parseTemplate(value);
  expect(template).toEqual({ parts, hasVariables: parts.some((part) => 'key' in part) });
  expect(textParts(template)).toEqual(parts.filter((part) => 'text' in part));
  expect(plainTemplate(value)).toEqual({ parts: [text(value)], hasVariables: false });
});
