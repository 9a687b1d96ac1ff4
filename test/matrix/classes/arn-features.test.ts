import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compileResource, matchesResource } from '../../../lib/evaluator/match-resource.ts';
import { ArnFeatures } from '../../../lib/matrix/classes/arn-features.ts';

const PREFIX = 'arn:aws:ec2:';
const TYPE = 'instance/';
const ids = fc.stringMatching(/^i-[0-9a-f]{1,4}$/);
const arnOf = (id: string): string => `${PREFIX}us-east-1:111122223333:${TYPE}${id}`;

/** Resources as in policies: whole ARNs, wildcards in every part, other types, other services. */
const resource = fc.oneof(
  ids.map(arnOf),
  fc
    .tuple(
      fc.constantFrom('i-*', 'i-?', 'i-a*', '*', 'i-*f', '*a*', ''),
      fc.constantFrom('us-east-1', '*', 'us-*'),
    )
    .map(([id, region]) => `${PREFIX}${region}:111122223333:${TYPE}${id}`),
  fc.constantFrom(
    '*',
    'arn:aws:ec2:*',
    'arn:aws:ec2:*:*:instance/*',
    'arn:aws:ec2:*:*:volume/vol-1',
    'arn:aws:s3:::bucket',
  ),
);

const CONTEXT = { service: 'ec2', lookup: () => null };

test('ARNs with equal features match the same patterns, and unused patterns separate none', () => {
  fc.assert(
    fc.property(
      fc.array(resource, { maxLength: 6 }),
      fc.array(ids, { minLength: 2, maxLength: 12 }),
      (texts, names) => {
        const patterns = texts.map((text) => compileResource(text, true, false));
        const features = new ArnFeatures(patterns, PREFIX, TYPE);
        const arns = names.map(arnOf);
        const answers = (arn: string): string =>
          patterns.map((pattern) => JSON.stringify(matchesResource(pattern, arn, CONTEXT, false))).join();
        for (const alike of Map.groupBy(arns, (arn) => features.of(arn)).values())
          expect(new Set(alike.map(answers)).size).toBe(1);
        if (features.isBlind) expect(new Set(arns.map((arn) => features.of(arn))).size).toBe(1);
        for (const pattern of patterns.filter((one) => !features.asksFor(one)))
          expect(new Set(arns.map((arn) => matchesResource(pattern, arn, CONTEXT, false))).size).toBe(1);
      },
    ),
  );
});

test('a variable in a resource separates every two ARNs', () => {
  const pattern = compileResource(`${PREFIX}*:*:${TYPE}\${aws:PrincipalTag/box}`, true, false);
  const features = new ArnFeatures([pattern], PREFIX, TYPE);
  expect(features.isBlind).toBe(false);
  expect(features.of(arnOf('i-1'))).not.toBe(features.of(arnOf('i-2')));
});

test.each([
  ['every instance', [`${PREFIX}*:*:${TYPE}*`, '*'], true],
  ['every id as it begins', [`${PREFIX}*:*:${TYPE}i-*`], true],
  ['another type', [`${PREFIX}*:*:volume/vol-1`], true],
  ['another service', ['arn:aws:s3:::bucket/x'], true],
  ['one instance', [arnOf('i-1')], false],
  ['some ids', [`${PREFIX}*:*:${TYPE}i-a*`], false],
])('%s: blind %#', (_name, texts, isBlind) => {
  const patterns = texts.map((text) => compileResource(text, true, false));
  expect(new ArnFeatures(patterns, PREFIX, TYPE).isBlind).toBe(isBlind);
});
