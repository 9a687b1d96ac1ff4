import { beforeAll, describe, expect, test } from 'vitest';
import { CHANGES_NOTHING } from '../../lib/cloudtrail/changes-nothing.ts';
import { EVENT_TABLE } from '../../lib/cloudtrail/event-table.ts';
import type { EventPattern } from './event-pattern.ts';
import { ofType, packagedTemplate, type Template } from './template.ts';
import { refusals } from './with-parameters.ts';
import { readTemplate } from './yaml-template.ts';

/** https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html */
const LONGEST_PATTERN = 2048;

const DETAIL_TYPE = 'AWS API Call via CloudTrail';
/**
 * CloudTrail may omit it:
 * https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
 */
const CHANGES = { readOnly: [false, { exists: false }] };
/** Tags of other resources are no input of an audit. */
const TAGGED = ['i-', 'sg-', 'vol-', 'eni-', 'eice-'].map((prefix) => ({ prefix }));

const busSource = (source: string): string => `aws.${source.split('.')[0]}`;

/** The pattern of a rule according to the table. */
function patternOf(rule: string): EventPattern {
  const rows = EVENT_TABLE.filter((row) => row.rule === rule);
  const sources = [...new Set(rows.map((row) => row.source))];
  const named = { eventName: [...new Set(rows.flatMap((row) => row.names))] };
  return {
    source: sources.map(busSource),
    'detail-type': [DETAIL_TYPE],
    detail: {
      eventSource: sources,
      ...(rows.every((row) => row.wholeSource) ? CHANGES : named),
      ...(rule === 'TagRule' && { requestParameters: { resourcesSet: { items: { resourceId: TAGGED } } } }),
      ...(rule === 'ExpectedFileRule' && {
        requestParameters: { bucketName: [{ Ref: 'Bucket' }] as unknown as string[], key: ['latchkey.yml'] },
      }),
      errorCode: [{ exists: false }],
    },
  };
}

const patterns = (template: Template) =>
  ofType(template, 'AWS::Events::Rule').map(([id, { Properties }]) => [id, Properties.EventPattern] as const);

describe('the rules of the deployment', () => {
  let template: Template;
  beforeAll(async () => {
    ({ template } = await packagedTemplate());
  }, 300_000);

  test('match the events of the table, and nothing else', () => {
    const rules = [...new Set(EVENT_TABLE.map((row) => row.rule))];
    expect(Object.fromEntries(patterns(template))).toEqual(
      Object.fromEntries(rules.map((rule) => [rule, patternOf(rule)])),
    );
  });

  test('match one source each, except those for services and Identity Center, and are short enough', () => {
    for (const [rule, pattern] of patterns(template)) {
      const sources = new Set(EVENT_TABLE.filter((row) => row.rule === rule).map((row) => row.source));
      expect(sources.size === 1, rule).toBe(!['ServiceRule', 'IdentityCenterRule'].includes(rule));
      expect(JSON.stringify(pattern).length, rule).toBeLessThan(LONGEST_PATTERN);
    }
  });
});

test('the rule of other regions matches every source of the table, except calls that change nothing', async () => {
  const template = await readTemplate('infrastructure/other-region.yml');
  const pattern = {
    source: [...new Set(EVENT_TABLE.filter((row) => !row.homeOnly).map((row) => busSource(row.source)))],
    'detail-type': [DETAIL_TYPE],
    detail: {
      ...CHANGES,
      errorCode: [{ exists: false }],
      eventName: [{ 'anything-but': [...CHANGES_NOTHING.values()].flat() }],
    },
  };
  expect(patterns(template)).toEqual([['Rule', pattern]]);
  expect(JSON.stringify(pattern).length).toBeLessThan(LONGEST_PATTERN);
});

// the rule would send each event to the bus that it came from
test.each([
  ['eu-west-1', '', 'eu-west-1', true],
  ['eu-west-1', '111122223333', 'eu-west-1', true],
  ['eu-west-1', '', 'us-east-1', false],
  ['eu-west-1', '444455556666', 'eu-west-1', false],
])(
  'from home in %s of account `%s`, a stack of 111122223333 in %s is refused: %s',
  async (home, homeAccount, region, isRefused) => {
    const template = await readTemplate('infrastructure/other-region.yml');
    const here = { 'AWS::Region': region, 'AWS::AccountId': '111122223333' };
    const parameters = { HomeRegion: home, HomeAccountId: homeAccount, ...here };
    expect(refusals(template, parameters)).toEqual(isRefused ? ['NotAtHome'] : []);
  },
);
