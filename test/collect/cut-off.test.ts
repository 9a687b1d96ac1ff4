import { describe, expect, it } from 'vitest';
import { collectAccount } from '../../lib/collect/collect.ts';
import { readAnswerText } from '../../lib/snapshot/answer-text.ts';
import { inputFiles } from '../fixtures/input-files.ts';
import { memorySource } from '../fixtures/memory-source.ts';

const files = Object.fromEntries(
  Object.entries(inputFiles({ users: [{ name: 'lou' }], instances: [{ id: 'i-1' }] })).map(([file, data]) => [
    file.replace(/\.json$/, ''),
    data as object,
  ]),
);

const collect = (more: Readonly<Record<string, unknown>>) =>
  collectAccount(memorySource({ ...files, ...more }), new Date(0), { step: () => {} });

describe('an answer that says that it is cut off', () => {
  it.each([
    ['iam.get-account-authorization-details', { IsTruncated: true, Marker: 'more' }],
    ['iam.get-account-authorization-details', { IsTruncated: 'true' }],
    ['iam.get-account-authorization-details', { Marker: 'more' }],
    ['us-east-1/ec2.describe-instances', { NextToken: 'more' }],
    ['us-east-1/ec2.describe-instances', { nextToken: 'more' }],
    ['us-east-1/ssm.describe-instance-information', { NextToken: 'more' }],
  ])('counts as not collected, and its content is still judged: %s, %j', async (name, marks) => {
    const snapshot = await collect({ [name]: { ...files[name], ...marks } });
    const entry = snapshot.coverage.find(({ call }) => name.endsWith(call));
    expect(entry).toMatchObject({ status: 'unreadable', items: 1, readAt: null });
    expect(entry?.detail).toMatch(/^the answer is cut off \(.*\); not known, or not all of it: /);
    expect(snapshot.users).toHaveLength(1);
    expect(snapshot.regions[0]?.instances).toHaveLength(1);
  });

  it('may also be one that is stored unchanged', async () => {
    const snapshot = await collect({ 'us-east-1/ec2.describe-images': { Images: [], NextToken: 'more' } });
    expect(snapshot.coverage.find(({ call }) => call === 'ec2.describe-images')?.status).toBe('unreadable');
  });

  it('has a marker that is not empty', async () => {
    const name = 'us-east-1/ec2.describe-instances';
    const snapshot = await collect({ [name]: { ...files[name], NextToken: '', IsTruncated: false } });
    expect(snapshot.coverage.find(({ call }) => name.endsWith(call))?.status).toBe('collected');
  });
});

describe('an answer that is stored unchanged', () => {
  const report = { Content: 'dXNlcixhcm4=', ReportFormat: 'text/csv', GeneratedTime: '2026-03-01T00:00:00Z' };
  const images = { Images: [{ ImageId: 'ami-1' }] };
  const shared = { ImageId: 'ami-1', LaunchPermissions: [] };
  const refused = { __type: 'AccessDeniedException', Message: 'no' };
  const all = {
    'iam.get-credential-report': report,
    'us-east-1/ec2.describe-images': images,
    'us-east-1/ec2.describe-image-attribute.ami-1': shared,
  };

  it('is collected if it is one of its call', async () => {
    const { coverage, kept } = await collect(all);
    expect(kept?.map(({ call }) => call)).toEqual([
      'iam.get-credential-report',
      'ec2.describe-image-attribute',
      'ec2.describe-images',
    ]);
    const told = coverage.filter(({ call }) => kept?.some((one) => one.call === call));
    expect(new Set(told.map(({ status }) => status))).toEqual(new Set(['collected']));
  });

  it.each([
    // https://docs.aws.amazon.com/IAM/latest/APIReference/API_GenerateCredentialReport.html
    ['iam.get-credential-report', { State: 'STARTED', Description: 'No report exists' }, '`Content`'],
    ['iam.get-credential-report', refused, '`Content`'],
    ['us-east-1/ec2.describe-images', refused, '`Images`'],
    ['us-east-1/ec2.describe-images', { Images: 'System.Object[]' }, '`Images`'],
    ['us-east-1/ec2.describe-image-attribute.ami-1', refused, '`ImageId`'],
  ])('is not collected, and named, if it is of another kind: %s, %j', async (name, other, member) => {
    const { coverage, kept } = await collect({ ...all, [name]: other });
    const call = name.replace('us-east-1/', '').replace('.ami-1', '');
    expect(kept?.some((one) => one.call === call)).toBe(false);
    expect(coverage.find((one) => one.call === call)).toMatchObject({
      status: 'unreadable',
      detail: expect.stringContaining(
        `the answer is not an object with ${member}: write it again with \`aws `,
      ),
    });
  });
});

it('guardrails in the form of another answer are named, with the page that has theirs', async () => {
  const name = 'organizations.effective-policies';
  const { coverage } = await collect({ [name]: { Policies: [{ Id: 'p-FullAWSAccess' }] } });
  expect(coverage.find(({ call }) => call === name)).toMatchObject({
    status: 'unreadable',
    detail: 'the answer is not an object with `Targets`: write it again as docs/input-folder.md says',
  });
});

describe('a text that is not JSON', () => {
  it.each([
    ['{\n  "Reservations": [\n    {', 'line 3 column 6'],
    ['{\n  "Reservations": nothing\n}', 'line 2 column 19'],
    ['{"a": "cut', 'line 1 column 11'],
    ['{"a": [1, 2,]}', 'line 1 column 13'],
    ['{"a": 1} {', 'line 1 column 10'],
    ['[1 2]', 'line 1 column 4'],
  ])('is reported with line and column: %j', (text, place) => {
    const read = readAnswerText(text, true);
    expect(read.ok).toBe(false);
    expect('message' in read && read.message).toContain(place);
  });
});
