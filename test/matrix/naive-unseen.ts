import { openOf } from '../../lib/evaluator/combine.ts';
import { simpleAtom } from '../../lib/evaluator/conditions/atom.ts';
import { and, type Formula, or } from '../../lib/evaluator/formula.ts';
import type { Account, Subject } from '../../lib/matrix/account/account.ts';
import { namedArns } from '../../lib/matrix/account/named-arns.ts';
import { missingTrust } from '../../lib/matrix/account/not-collected.ts';
import { requestGrants } from '../../lib/matrix/account/one-cell.ts';
import { ask } from '../../lib/matrix/account/question.ts';
import type { Edge } from '../../lib/matrix/chains/chains.ts';
import { restingOn } from './naive-codes.ts';
import { trusts } from './naive-holders.ts';
import { tagsOf } from './naive-tags.ts';

/** What is never listed: a request on one of them, further requests by the ARN of that one, and a condition. */
interface Unseen {
  readonly by: string;
  readonly service: string;
  readonly type: string;
  readonly tail?: string;
  readonly key: string;
  readonly actions: readonly string[];
  readonly besides?: (arn: string) => readonly (readonly [action: string, arn: string])[];
  /** requests that create something in any region: action, type, unlikely name */
  readonly creates?: readonly (readonly [action: string, type: string, name: string])[];
  readonly isPerson?: true;
}

const NOTEBOOK = { by: 'sagemaker.amazonaws.com', service: 'sagemaker', type: 'notebook-instance/' };
const AGENTS = { by: 'bedrock-agentcore.amazonaws.com', service: 'bedrock-agentcore' };
const NO = '00000000000000000';
const ID = '00000000-0000-0000-0000-000000000000';
const near = (arn: string, resource: string): string => [...arn.split(':').slice(0, 5), resource].join(':');

const UNSEEN: readonly Unseen[] = [
  { ...NOTEBOOK, key: 'NotebookInstance', actions: ['sagemaker:CreatePresignedNotebookInstanceUrl'] },
  {
    ...{ ...NOTEBOOK, key: 'NotebookInstance' },
    actions: ['sagemaker:UpdateNotebookInstance', 'sagemaker:StartNotebookInstance'],
    creates: [
      ['sagemaker:CreateNotebookInstanceLifecycleConfig', 'notebook-instance-lifecycle-config/', `new-${NO}`],
    ],
  },
  {
    ...{ ...NOTEBOOK, type: 'notebook-instance-lifecycle-config/' },
    ...{
      key: 'NotebookInstanceLifecycleConfig',
      actions: ['sagemaker:UpdateNotebookInstanceLifecycleConfig'],
    },
  },
  {
    ...{ ...NOTEBOOK, type: 'user-profile/', tail: '/new', key: 'UserProfile' },
    actions: ['sagemaker:CreatePresignedDomainUrl'],
  },
  {
    ...{ by: 'athena.amazonaws.com', service: 'athena', type: 'workgroup/', key: 'SparkWorkGroup' },
    actions: ['athena:StartSession', 'athena:StartCalculationExecution'],
  },
  {
    ...{ by: 'glue.amazonaws.com', service: 'glue', type: 'devEndpoint/', key: 'DevEndpoint' },
    actions: ['glue:UpdateDevEndpoint'],
  },
  {
    ...{ by: 'glue.amazonaws.com', service: 'glue', type: 'session/', key: 'Session' },
    actions: ['glue:RunStatement'],
  },
  {
    ...{ by: 'tasks.apprunner.amazonaws.com', service: 'apprunner', type: 'service/', tail: `/${ID}` },
    ...{ key: 'Service', actions: ['apprunner:UpdateService'] },
  },
  {
    ...{ by: 'ecs-tasks.amazonaws.com', service: 'ecs', type: 'task/', tail: `/${ID}`, key: 'Task' },
    actions: ['ecs:ExecuteCommand'],
    besides: (arn) => [['ecs:ExecuteCommand', near(arn, `cluster/${arn.split('/')[1]}`)]],
  },
  {
    ...{ by: 'ecs-tasks.amazonaws.com', service: 'batch', type: 'job-definition/', key: 'JobDefinition' },
    actions: ['batch:SubmitJob'],
    creates: [
      ['batch:SubmitJob', 'job/', ID],
      ['batch:SubmitJob', 'job-queue/', `new-${NO}`],
    ],
  },
  {
    ...{ ...AGENTS, type: 'code-interpreter-custom/', key: 'CodeInterpreter' },
    actions: ['bedrock-agentcore:StartCodeInterpreterSession', 'bedrock-agentcore:InvokeCodeInterpreter'],
  },
  {
    ...{ ...AGENTS, type: 'runtime/', key: 'Runtime' },
    actions: ['bedrock-agentcore:InvokeAgentRuntimeCommand'],
    besides: (arn) => [['bedrock-agentcore:InvokeAgentRuntimeCommand', `${arn}/runtime-endpoint/DEFAULT`]],
  },
  {
    ...{ ...AGENTS, type: 'browser-custom/', key: 'Browser' },
    actions: ['bedrock-agentcore:StartBrowserSession'],
    besides: () => [['bedrock-agentcore:ConnectBrowserAutomationStream', '*']],
  },
  {
    ...{ by: 'kinesisanalytics.amazonaws.com', service: 'kinesisanalytics', type: 'application/' },
    ...{ key: 'Application', actions: ['kinesisanalytics:UpdateApplication'] },
  },
  {
    ...{ by: 'account-access.amazonaws.com', service: 'account-access', type: 'application/' },
    ...{ key: 'Application', actions: ['account-access:CreateEntitlement'], isPerson: true },
  },
];

/** Edges to the roles of things that nobody lists, each on condition that one has that role. */
export function unseenEdges(by: Subject, subjects: readonly Subject[], account: Account): readonly Edge[] {
  if (by.kind === 'outside') return [];
  const { accountId, partition, regions, roles } = account.snapshot;
  const here = (service: string, region: string): string =>
    `arn:${partition}:${service}:${region}:${accountId}:`;
  const exists = (key: string): Formula =>
    simpleAtom('StringEquals', key, ['one that exists'], key.split(':')[0] ?? '');
  const person = simpleAtom('StringEquals', 'sso:Caller', ['a person of Identity Center'], 'sso');
  const isPerson = by.arn.includes(':role/aws-reserved/sso.amazonaws.com/');

  const asked = (action: string, arn: string, region: string): ReturnType<typeof ask> =>
    ask(account, {
      ...{ subject: by, row: { action, on: 'any' as const }, target: { arn, tags: null } },
      region,
    });
  const openAt = (action: string, arn: string, region: string): Formula =>
    tagsOf(arn, openOf(asked(action, arn, region)));

  return UNSEEN.filter((way) => roles.some(({ trust }) => trusts(account.snapshot, trust, way.by))).flatMap(
    (way) =>
      regions.flatMap(({ region }) => {
        const shape = { service: way.service, type: way.type };
        const own = `${here(way.service, region)}${way.type}new-${NO}${way.tail ?? ''}`;
        return [own, ...namedArns(account, shape, region, 'own')].flatMap((arn) => {
          const onIt = [
            ...way.actions.map((action) => [action, arn] as const),
            ...(way.besides?.(arn) ?? []),
          ];
          if (onIt.some(([action, one]) => openAt(action, one, region) === false)) return [];
          const made = (way.creates ?? []).map(([action, type, name]) =>
            regions
              .flatMap((other) => [
                [`${here(way.service, other.region)}${type}${name}`, other.region] as const,
                ...namedArns(account, { service: way.service, type }, other.region, 'own').map(
                  (one) => [one, other.region] as const,
                ),
              ])
              .reduce<Formula>((open, [one, there]) => or(open, openAt(action, one, there)), false),
          );
          const all = [...onIt.map(([action, one]) => openAt(action, one, region)), ...made];
          const whole = all.reduce<Formula>(and, true);
          const { open, codes } = restingOn(whole, [], by.given);
          if (open === false) return [];
          const rest = way.isPerson && !isPerson ? and(open, person) : open;
          return roles.flatMap((role) => {
            const to = subjects.findIndex((one) => one.arn === role.arn);
            if (to < 0 || !trusts(account.snapshot, role.trust, way.by)) return [];
            const missing = missingTrust(role, account.policies);
            const grants = requestGrants(onIt.map(([action, one]) => asked(action, one, region)));
            return [
              {
                ...{ to: [to], by: way.actions[0] as string, steps: [role.arn], codes },
                open: and(rest, exists(`${way.service}:${way.key}OfThatRole`)),
                grants: grants.filter(({ policy }) => policy !== 'any policy'),
                ...(missing === null ? {} : { missing }),
              },
            ];
          });
        });
      }),
  );
}
