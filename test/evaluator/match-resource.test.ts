import { describe, expect, test } from 'vitest';
import type { Context } from '../../lib/evaluator/context.ts';
import { compileResource, matchesResource } from '../../lib/evaluator/match-resource.ts';

/** `t` is an empty tag, `x` is absent, everything else is unknown. */
const context: Context = {
  service: 'ec2',
  lookup: (key) => (key === 't' ? { values: [''] } : key === 'x' ? null : undefined),
};

/** true, false, or the codes of the assumptions that it depends on, each with its value. */
function covers(entry: string, resource: string, impliesRest = false, variables = true): unknown {
  const formula = matchesResource(compileResource(entry, variables, impliesRest), resource, context, false);
  if (typeof formula === 'boolean') return formula;
  return JSON.stringify(formula).match(/"code":"[^"]*","value":\w+/g);
}

const crossing = ['"code":"cross-segment-wildcard","value":false'];
const wildService = ['"code":"service-segment-wildcard","value":true'];

describe('an entry of Resource', () => {
  test.each<[string, string, unknown]>([
    ['*', 'arn:aws:s3:::a', true],
    ['arn:aws:s3:::a', 'arn:aws:s3:::a', true],
    ['arn:aws:s3:::a', 'arn:aws:s3:::a:b', false],
    ['arn:aws:s3:::a:*', 'arn:aws:s3:::a:b', true],
    ['arn:aws:s3', 'arn:aws:s3:::a', false],
    // a star inside a segment does not cross a colon
    ['arn:aws:s*3:::a', 'arn:aws:s3:::a', wildService],
    ['arn:aws:ec2:us-*-1:1:a', 'arn:aws:ec2:us-east-1:1:a', true],
    ['arn:aws:ec2:us-*-1:a', 'arn:aws:ec2:us-east:1-1:a', crossing],
    ['arn:aws:ec2:*-1:a', 'arn:aws:ec2:us-east-1:1-1:a', crossing],
    ['arn:aws:ec2:us-east?1:a', 'arn:aws:ec2:us-east:1:a', crossing],
    ['arn:aws:ec2:us-east?1:1:a', 'arn:aws:ec2:us-east-1:1:a', true],
    ['arn:aws:e?2:us-east-1:1:a*', 'arn:aws:ec2:us-east-1:1:a:b', wildService],
    // a star at the end of a segment does
    ['arn:aws:ec2:u*-1:*:b', 'arn:aws:ec2:us-1:1:a:b', true],
    ['arn:aws:ec2:u*-1:*', 'arn:aws:ec2:us-1:1:a:b', true],
    ['arn:aws:ec2:u*-1:1*:b', 'arn:aws:ec2:us-1:12:a:b', true],
    ['arn:aws:ec2:u*-1:*', 'arn:aws:ec2:us-1', false],
    // colons after the fifth are no borders
    ['arn:*:a*z', 'arn:aws:s3:::a:z', true],
    ['arn:*:a*z', 'arn:aws:s3:a:z', crossing],
    // a wildcard in the service part of an ARN
    ['arn:aws:*:us-east-1:1:a', 'arn:aws:ec2:us-east-1:1:a', wildService],
    ['arn:aws:ec?:us-east-1:1:a', 'arn:aws:ec2:us-east-1:1:a', wildService],
    ['arn:aws:*:us-east-1:1:a', 'arn:aws:ec2:us-east-1:1:b', false],
    ['arn:aws:*', 'arn:aws:ec2:us-east-1:1:a', true],
    ['*:aws:*:us-east-1:1:a', 'arn:aws:ec2:us-east-1:1:a', true],
  ])('%j on %s: %j', (entry, resource, wanted) => {
    expect(covers(entry, resource)).toEqual(wanted);
    expect(covers(entry, resource, false, false)).toEqual(wanted);
  });

  test.each<[string, string, unknown]>([
    ['arn:aws:s3', 'arn:aws:s3:::a', true],
    ['arn:aws:s3:us-east-1:1', 'arn:aws:s3:us-east-1:1:a', true],
    ['arn:aws:s3:us-east-1:1', 'arn:aws:s3:us-east-1:12:a', false],
    ['arn:aws:s3:::a', 'arn:aws:s3:::a:b', false],
    ['arx:aws:s3', 'arx:aws:s3:::a', false],
  ])('%j with implied rest on %s: %j', (entry, resource, wanted) => {
    expect(covers(entry, resource, true)).toEqual(wanted);
  });

  test('has variables after the fifth colon of an ARN', () => {
    expect(covers('arn:aws:s3:::${$}a', 'arn:aws:s3:::$a')).toBe(true);
    expect(covers('arn:aws:s3:::${$}a', 'arn:aws:s3:::${$}a', false, false)).toBe(true);
    expect(covers('arn:aws:s3:::${x}', 'arn:aws:s3:::a')).toBe(false);
    expect(covers('arn:aws:s3:::${x}:${$}a', 'arn:aws:s3:::${x}:${$}a', false, false)).toBe(true);
    expect(covers('arn:aws:s3:${x}:', 'arn:aws:s3:${x}:', true)).toBe(true);
    expect(covers('a:b:c:d:e:${x}', 'a:b:c:d:e:${x}')).toBe(true);
  });

  test('with an unknown variable has the same borders', () => {
    expect(covers('arn:aws:a*z:::${l}', 'arn:aws:a-z:::b')).not.toBe(false);
    expect(covers('arn:aws:a*z:::${l}', 'arn:aws:a:z:::b')).toBe(false);
  });

  test('with a default and an empty tag has every code', () => {
    const empty = '"code":"empty-string-tag-default","value":';
    expect(covers("arn:aws:s3:::${t, 'a'}b", 'arn:aws:s3:::b')).toEqual([`${empty}true`]);
    expect(covers("arn:aws:s3:::${t, 'a'}b", 'arn:aws:s3:::ab')).toEqual([`${empty}false`]);
    expect(covers("arn:aws:a*z:::${t, 'a'}b", 'arn:aws:a:z:::b')).toEqual([...crossing, `${empty}false`]);
  });

  test('longer than any ARN of AWS is not matched', () => {
    const entry = `arn:aws:s3:u*s::${'a'.repeat(4983)}*`;
    const resource = (size: number): string => 'arn:aws:s3:us::'.padEnd(size, 'a');
    expect(entry).toHaveLength(5000);
    expect(covers(entry, resource(10_000))).toBe(true);
    expect(covers(entry, resource(10_001))).toEqual(crossing);
  });
});
