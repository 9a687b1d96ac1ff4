import { openOf } from '../../lib/evaluator/combine.ts';
import { and, type Formula } from '../../lib/evaluator/formula.ts';
import type { Account, Subject } from '../../lib/matrix/account/account.ts';
import { namedArns } from '../../lib/matrix/account/named-arns.ts';
import { requestGrants } from '../../lib/matrix/account/one-cell.ts';
import { ask } from '../../lib/matrix/account/question.ts';
import type { Edge } from '../../lib/matrix/chains/chains.ts';
import type { RoleUse } from '../../lib/snapshot/services.ts';
import type { RegionSnapshot, Snapshot } from '../../lib/snapshot/snapshot.ts';
import { restingOn } from './naive-codes.ts';
import { tagsOf } from './naive-tags.ts';

interface Way {
  readonly of: 'functions' | 'stateMachineRoles' | 'stacks' | 'buildProjects';
  readonly only?: (one: object) => boolean;
  readonly actions: readonly string[];
  /** requests on what is created for them, by the end of its ARN */
  readonly more?: readonly (readonly [action: string, on: string])[];
  readonly by: string;
  readonly service: string;
  readonly type: string;
  readonly tail: string;
  readonly call: string;
  readonly isRead: (region: RegionSnapshot) => boolean;
}

/** What is rewritten, by which requests, and the ARN of one that was not listed. */
const WAYS: readonly Way[] = [
  ...['lambda:UpdateFunctionCode', 'lambda:UpdateFunctionConfiguration'].map((action) => ({
    of: 'functions' as const,
    ...{ actions: [action], by: 'lambda.amazonaws.com' },
    ...{ service: 'lambda', type: 'function:', tail: '', call: 'lambda list-functions' },
    isRead: ({ functions }: RegionSnapshot) => functions !== null,
  })),
  {
    of: 'stateMachineRoles',
    ...{ actions: ['states:UpdateStateMachine'], by: 'states.amazonaws.com' },
    ...{ service: 'states', type: 'stateMachine:', tail: '', call: 'stepfunctions describe-state-machine' },
    isRead: ({ stateMachines, stateMachineRoles }) => stateMachines !== null && stateMachineRoles !== null,
  },
  ...[
    ['cloudformation:UpdateStack'],
    ['cloudformation:ExecuteChangeSet', 'cloudformation:CreateChangeSet'],
  ].map((actions) => ({
    of: 'stacks' as const,
    ...{ actions, by: 'cloudformation.amazonaws.com' },
    ...{ service: 'cloudformation', type: 'stack/', tail: '/00000000-0000-0000-0000-000000000000' },
    call: 'cloudformation describe-stacks',
    isRead: ({ stacks }: RegionSnapshot) => stacks !== null,
  })),
  ...[
    'codebuild:StartBuild',
    'codebuild:StartBuildBatch',
    'codebuild:StartSandbox',
    'codebuild:UpdateProject',
  ].map((action) => ({
    of: 'buildProjects' as const,
    ...{ actions: [action], by: 'codebuild.amazonaws.com' },
    more: action.endsWith('Sandbox') ? [['codebuild:StartCommandExecution', 'sandbox/'] as const] : [],
    ...{ service: 'codebuild', type: 'project/', tail: '', call: 'codebuild batch-get-projects' },
    isRead: ({ buildProjects }: RegionSnapshot) => buildProjects !== null,
    only: (one: object) => !action.endsWith('Batch') || ('batchRole' in one && one.batchRole !== null),
  })),
];

/** Edges to the roles of things that a principal may rewrite. Each thing is evaluated separately. */
export function rewritingEdges(by: Subject, subjects: readonly Subject[], account: Account): readonly Edge[] {
  if (by.kind === 'outside') return [];
  return WAYS.flatMap((way) =>
    account.snapshot.regions.flatMap((region) => {
      const all: readonly RoleUse[] = (region[way.of] ?? []) as readonly RoleUse[];
      const things = all
        .filter((one) => way.only?.(one) !== false)
        .flatMap(({ arn, role }) => (role ? [[arn, role] as const] : []));
      const known = things.flatMap(([arn, role]) => edgeTo(way, { arn, region, role }));
      return [...known, ...(way.isRead(region) ? [] : unread(way, region))];
    }),
  );

  function unread(way: Way, region: RegionSnapshot): readonly Edge[] {
    const { accountId, partition, roles } = account.snapshot;
    const own = `arn:${partition}:${way.service}:${region.region}:${accountId}:${way.type}new-00000000000000000${way.tail}`;
    const named = namedArns(account, way, region.region, 'own');
    const mayHave = roles.filter(({ trust }) => trusts(account.snapshot, trust, way.by));
    return [own, ...named].flatMap((arn) =>
      mayHave.flatMap((role) =>
        edgeTo(way, { arn, region, role: role.arn }).map((edge) => ({ ...edge, missing: way.call })),
      ),
    );
  }

  function edgeTo(
    { actions, more = [], service }: Way,
    { arn, region, role }: { readonly arn: string; readonly region: RegionSnapshot; readonly role: string },
  ): readonly Edge[] {
    const to = subjects.findIndex((one) => one.arn === role);
    if (to < 0) return [];
    const made = `arn:${account.snapshot.partition}:${service}:${region.region}:${account.snapshot.accountId}:`;
    const all = [
      ...actions.map((action) => [action, arn] as const),
      ...more.map(([action, on]) => [action, `${made}${on}new-00000000000000000`] as const),
    ];
    const asked = all.map(([action, on]) =>
      ask(account, {
        ...{ subject: by, row: { action, on: 'any' as const }, target: { arn: on, tags: null } },
        region: region.region,
      }),
    );
    const together = asked.reduce<Formula>(
      (open, combined) => and(open, tagsOf(arn, openOf(combined))),
      true,
    );
    const { open, codes } = restingOn(together, [], by.given);
    if (open === false) return [];
    const grants = requestGrants(asked).filter(({ policy }) => policy !== 'any policy');
    return [{ to: [to], by: actions[0] as string, steps: [role], open, codes, grants }];
  }
}

/** True if an Allow of the trust policy names the service or everybody, or if the policy was not read. */
export function trusts({ policies }: Snapshot, trust: string, service: string): boolean {
  const document = policies.find(({ id }) => id === trust)?.document as
    | { Statement?: unknown }
    | null
    | undefined;
  if (!document) return true;
  const statements = [document.Statement ?? []].flat() as { Effect?: string; Principal?: unknown }[];
  return statements.some(({ Effect, Principal }) => {
    if (Effect !== 'Allow' || Principal === undefined) return false;
    if (Principal === '*') return true;
    const { AWS = [], Service = [] } = Principal as { AWS?: string | string[]; Service?: string | string[] };
    return [AWS].flat().includes('*') || [Service].flat().includes(service);
  });
}
