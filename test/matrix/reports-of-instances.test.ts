import { describe, expect, test } from 'vitest';
import { simulateLine } from '../../lib/evaluator/simulate.ts';
import { cellsOf } from '../../lib/matrix/answers/list-cells.ts';
import { buildMatrix } from '../../lib/matrix/build.ts';
import { ACCOUNT_ID, account, allow, STARTS_SESSIONS } from '../fixtures/account.ts';
import { ask, kim } from './reported.ts';

const role = (name: string): string => `arn:aws:iam::${ACCOUNT_ID}:role/${name}`;
const trust = (...names: string[]): object => ({
  Version: '2012-10-17',
  Statement: { Effect: 'Allow', Principal: { AWS: names.map(role) }, Action: 'sts:AssumeRole' },
});

/** Reported behaviour of instances, their agents and their roles. Each case names its report. */
describe('reported cases of instances', () => {
  // https://github.com/aws/amazon-ssm-agent/issues/121
  test('an agent without `ssmmessages` has no sessions, and still runs commands', () => {
    const snapshot = account({
      ...kim(allow([...STARTS_SESSIONS, 'ssm:SendCommand'])),
      roles: [{ name: 'old', policies: [allow(['ssm:UpdateInstanceInformation', 'ec2messages:*'])] }],
      instances: [{ id: 'i-1', role: 'old' }],
    });
    const cells = cellsOf(buildMatrix(snapshot), snapshot, {
      principal: `arn:aws:iam::${ACCOUNT_ID}:user/kim`,
    });
    const reached = new Map(cells.map(({ path, reachable }) => [path, reachable]));
    expect(reached.get('session-manager')).toBe(false);
    expect(reached.get('session-manager-ssh')).toBe(false);
    expect(reached.get('run-command')).toBe(true);
  });

  // https://github.com/cisagov/cool-assessment-terraform/pull/8
  test("a shell on an instance gives what trusts the instance's own role, and nothing else", () => {
    const through = (...trusted: string[]): string =>
      ask({
        ...kim(allow('ssm:SendCommand')),
        roles: [
          { name: 'guacamole', policies: [allow('sts:AssumeRole', role('reader'))] },
          { name: 'bastion', policies: [allow('sts:AssumeRole', role('reader'))] },
          { name: 'reader', trust: trust(...trusted), policies: [allow('ec2:GetConsoleOutput')] },
        ],
        instances: [{ id: 'i-dev', role: 'guacamole' }],
      })('kim', 'console-read');
    expect(through('guacamole')).toBe('allowed via i-dev > reader');
    expect(through('bastion', 'guacamole')).toBe('allowed via i-dev > reader');
    expect(through('bastion')).toBe('none');
  });

  // https://github.com/aws/aws-cli/issues/2060 (a comment: `rds.amazonaws.com` instead of `ec2.amazonaws.com`)
  test('a role that trusts another service gives an instance no credentials', () => {
    const carried = (Service: string): string =>
      ask({
        ...kim(allow('ssm:SendCommand')),
        roles: [
          {
            name: 'web',
            trust: {
              Version: '2012-10-17',
              Statement: { Effect: 'Allow', Principal: { Service }, Action: 'sts:AssumeRole' },
            },
            policies: [allow('ec2:GetConsoleOutput')],
          },
        ],
        instances: [{ id: 'i-dev', role: 'web' }],
      })('kim', 'console-read');
    expect(carried('ec2.amazonaws.com')).toBe('allowed via i-dev');
    expect(carried('rds.amazonaws.com')).toBe('none');
  });

  // https://github.com/aws/aws-sdk-java-v2/issues/1751
  test('keys that only statements about other actions read are no condition', () => {
    const tagged = (value: string): unknown => {
      const statement = (Action: string, key: string): object => ({
        ...{ Effect: 'Allow', Action, Resource: '*', Condition: { StringEquals: { [key]: 'true' } } },
      });
      const Statement = [
        statement('ec2:DeleteVolume', 'ec2:ResourceTag/some_tag'),
        statement('elasticfilesystem:CreateFileSystem', 'aws:RequestTag/some_tag'),
      ];
      const asked = {
        principal: `arn:aws:iam::${ACCOUNT_ID}:user/kim`,
        action: 'ec2:DeleteVolume',
        resource: `arn:aws:ec2:us-east-1:${ACCOUNT_ID}:volume/vol-1`,
        context: { 'ec2:ResourceTag/some_tag': value },
        contextIsComplete: false,
        identityPolicies: [{ Version: '2012-10-17', Statement }],
      };
      return simulateLine(JSON.stringify(asked));
    };
    expect(tagged('true')).toMatchObject({ decision: 'allowed', condition: null });
    expect(tagged('false')).toMatchObject({ decision: 'implicitDeny', condition: null });
  });
});
