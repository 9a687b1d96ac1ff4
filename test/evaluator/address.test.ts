import { describe, expect, test } from 'vitest';
import { formatAddress, parseAddress, parseCidr } from '../../lib/evaluator/conditions/ip.ts';

describe('addresses', () => {
  test.each<[string, 4 | 6, string]>([
    ['203.0.113.7', 4, '203.0.113.7'],
    ['0.0.0.0', 4, '0.0.0.0'],
    ['255.255.255.255', 4, '255.255.255.255'],
    ['::', 6, '0:0:0:0:0:0:0:0'],
    ['::1', 6, '0:0:0:0:0:0:0:1'],
    ['1::', 6, '1:0:0:0:0:0:0:0'],
    ['2001:db8::1:2', 6, '2001:db8:0:0:0:0:1:2'],
    ['2001:DB8:0:0:0:0:1:2', 6, '2001:db8:0:0:0:0:1:2'],
    ['1:2:3:4:5:6:7::', 6, '1:2:3:4:5:6:7:0'],
    ['::ffff:203.0.113.7', 6, '0:0:0:0:0:ffff:cb00:7107'],
    ['1:2:3:4:5:6:203.0.113.7', 6, '1:2:3:4:5:6:cb00:7107'],
  ])('%s', (text, family, full) => {
    const address = parseAddress(text);
    expect(address?.family).toBe(family);
    expect(formatAddress(family, address?.value ?? -1n)).toBe(full);
  });

  test.each([
    '',
    '1.2.3',
    '1.2.3.4.5',
    '1.2.3.256',
    '1.2.3.0004',
    '1.2.3.x',
    '1.2.3.',
    ' 1.2.3.4',
    ':',
    ':::',
    '1::2::3',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8:9',
    '1:2:3:4:5:6:7:8::',
    '1:2:3:4:5:6:7:8::1::2',
    '::g',
    '::12345',
    '203.0.113.7::',
    '::1.2.3',
    '1:2',
    '1.2.3.4:1:2:3:4:5:6',
  ])('`%s` is not an address', (text) => {
    expect(parseAddress(text)).toBeNull();
    expect(parseCidr(text)).toBeNull();
  });
});

describe('blocks', () => {
  test.each<[string, string, string]>([
    ['203.0.113.0/24', '203.0.113.0', '203.0.113.255'],
    ['203.0.113.7/24', '203.0.113.0', '203.0.113.255'],
    ['203.0.113.7', '203.0.113.7', '203.0.113.7'],
    ['203.0.113.7/32', '203.0.113.7', '203.0.113.7'],
    ['0.0.0.0/0', '0.0.0.0', '255.255.255.255'],
    ['2001:db8::/32', '2001:db8:0:0:0:0:0:0', '2001:db8:ffff:ffff:ffff:ffff:ffff:ffff'],
    ['::/0', '0:0:0:0:0:0:0:0', 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
    ['::1/128', '0:0:0:0:0:0:0:1', '0:0:0:0:0:0:0:1'],
  ])('%s', (text, first, last) => {
    const range = parseCidr(text);
    expect(
      range && [formatAddress(range.family, range.first), formatAddress(range.family, range.last)],
    ).toEqual([first, last]);
  });

  test.each([
    '1.2.3.4/33',
    '::/129',
    '1.2.3.4/',
    '1.2.3.4/x',
    '1.2.3.4/-1',
    '1.2.3.4/1/2',
    '/8',
    '/1.2.3.4',
    '1.2.3.4/0008',
  ])('`%s` is not a block', (text) => expect(parseCidr(text)).toBeNull());
});
