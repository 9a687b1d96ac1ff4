import { expect, it } from 'vitest';
import { buildMatrix } from '../../lib/matrix/build.ts';
import { ACCOUNT_ID, account, allow, deny } from '../fixtures/account.ts';

const arn = (rest: string) => `arn:aws:iam::${ACCOUNT_ID}:${rest}`;
const RUN = allow('ec2:RunInstances');
const PASS = allow('iam:PassRole');
const OWN = allow('iam:PutUserPolicy', arn('user/alice'));
const passedTo = (service: string) =>
  allow('iam:PassRole', '*', { StringEquals: { 'iam:PassedToService': service } });
const but = (...NotAction: readonly string[]) => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', NotAction, Resource: '*' }],
});
const together = (...documents: readonly object[]) => ({
  Version: '2012-10-17',
  Statement: documents.flatMap((one) => (one as { readonly Statement: object }).Statement),
});
/** Needed for commands on an instance by any path: without these only the tested path is open. */
const OTHER_WAYS = ['ssm:*', 'sts:*', 'cloudformation:*', 'lambda:*', 'codebuild:*', 'glue:*', 'sagemaker:*'];

/**
 * The situations with which the authors of vulnerable accounts test tools:
 * https://github.com/BishopFox/iam-vulnerable. alice runs commands on the instance by herself, through a new
 * instance with the role `ops`, or not at all.
 */
const SITUATIONS: readonly (readonly [
  says: string,
  policies: readonly object[],
  via: readonly string[] | null,
])[] = [
  ['two policies that lead on only together', [PASS, RUN], ['ec2:RunInstances', arn('role/ops')]],
  ['one of the two', [PASS], null],
  ['the other of the two', [RUN], null],
  ['a limit on resources that does not help', [OWN], ['iam:PutUserPolicy']],
  ['a limit on resources that helps', [allow('iam:PutUserPolicy', arn('user/bob'))], null],
  [
    'a condition that does not help',
    [passedTo('ec2.amazonaws.com'), RUN],
    ['ec2:RunInstances', arn('role/ops')],
  ],
  ['a condition that helps', [passedTo('lambda.amazonaws.com'), RUN], null],
  ['NotAction that leaves a way', [but('s3:*')], []],
  ['NotAction that leaves none', [but('ec2*:*', 'iam:*', ...OTHER_WAYS)], null],
  ['Allow and Deny in one policy', [together(OWN, deny('iam:PutUserPolicy'))], null],
  ['Allow in one policy and Deny in another', [OWN, deny('iam:*')], null],
  [
    'a Deny of something else',
    [together(OWN, deny('iam:PutRolePolicy')), deny('iam:PutUserPolicy', arn('user/bob'))],
    ['iam:PutUserPolicy'],
  ],
];

it.each(SITUATIONS)('%s', (_says, policies, via) => {
  const matrix = buildMatrix(
    account({
      users: [{ name: 'alice', policies }, { name: 'bob' }],
      roles: [{ name: 'ops', policies: [allow('ssm:SendCommand')] }],
      instanceProfiles: [{ arn: arn('instance-profile/ops'), name: 'ops', roles: [arn('role/ops')] }],
      instances: [{ id: 'i-1' }],
    }),
  );
  const alice = matrix.principals.findIndex((one) => one.arn === arn('user/alice'));
  const found = matrix.groups.filter(
    ({ path, principals }) => path === 'run-command' && principals.includes(alice),
  );
  expect(found.map(({ outcome }) => [outcome.verdict, outcome.via])).toEqual(
    via === null ? [] : [['allowed', via]],
  );
});
