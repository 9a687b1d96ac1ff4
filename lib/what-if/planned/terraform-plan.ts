import { z } from 'zod';
import { quoted } from '../../policy/quoted.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import { inOrder } from './in-order.ts';
import { NotRead } from './not-read.ts';
import { type PlannedChange, statementsOfChange } from './planned-change.ts';
import { PlanConfiguration } from './terraform-configuration.ts';
import { type Located, PlanPlaces } from './terraform-places.ts';
import { type Future, PlanReferences } from './terraform-references.ts';
import { READERS } from './terraform-resources.ts';
import type { Resource, ResourceSide, Values } from './terraform-values.ts';

/** The changes of a plan or template, and the parts that are not judged, with the reason. */
export interface ReadPlan {
  readonly changes: readonly PlannedChange[];
  readonly notJudged: readonly string[];
}

const values = z.record(z.string(), z.unknown()).nullish();
const Plan = z.looseObject({
  format_version: z.string(),
  errored: z.unknown().optional(),
  complete: z.unknown().optional(),
  deferred_changes: z.unknown().optional(),
  configuration: z.unknown().optional(),
  prior_state: z
    .looseObject({ values: z.looseObject({ root_module: z.unknown().optional() }).optional() })
    .optional(),
  resource_changes: z
    .array(
      z.looseObject({
        address: z.string(),
        type: z.string(),
        change: z.looseObject({
          actions: z.array(z.string()),
          before: values,
          after: values,
          after_unknown: z.unknown().optional(),
        }),
      }),
    )
    .default([]),
});

type PlannedResource = z.output<typeof Plan>['resource_changes'][number];

export const isTerraformPlan = (value: unknown): boolean => Plan.safeParse(value).success;

/**
 * `terraform show -json` without a plan prints the current state. A plan contains planned changes, if only an empty
 * list.
 */
export function isTerraformState(value: unknown): boolean {
  if (!isTerraformPlan(value)) return false;
  const members = Object.keys(value as object);
  return (
    members.includes('values') && !members.includes('resource_changes') && !members.includes('planned_values')
  );
}

/**
 * The changes of a plan as `terraform show -json PLAN` prints it. Everything that depends on a value known only after
 * apply is unknown. https://developer.hashicorp.com/terraform/internals/json-format
 */
export function readTerraformPlan(value: unknown, { snapshot, origins, resourceOf }: PlanTarget): ReadPlan {
  const changes: PlannedChange[] = [];
  const { resource_changes: written = [] } = value as { readonly resource_changes?: readonly object[] };
  const plan = Plan.parse(value);
  const notJudged = [...notWhole(plan)];
  const configuration = new PlanConfiguration(plan.configuration);
  const changed = plan.resource_changes.map(located);
  const places = new PlanPlaces({ snapshot, configuration }, changed, plan.prior_state?.values?.root_module);
  const elsewhere = plan.resource_changes.map((one) =>
    READERS.has(one.type) ? places.elsewhere(located(one)) : null,
  );
  const here = plan.resource_changes.filter((_, i) => elsewhere[i] === null);
  const references = new PlanReferences(snapshot, configuration, here.flatMap(futureOf));
  for (const [i, one] of plan.resource_changes.entries()) {
    if (one.change.actions.every((action) => LEAVES_IT.has(action))) continue;
    const read = changesOf(one, {
      ...{ snapshot, references, elsewhere: elsewhere[i] ?? null },
      expressions: configuration.resource(one.address)?.expressions ?? null,
    });
    notJudged.push(...read.notJudged.map((why) => `${quoted(one.address)}: ${why}`));
    for (const each of read.changes.flatMap((change) => [change, ...statementsOfChange(change)]))
      origins.set(each, written[i] as object);
    for (const change of read.changes) resourceOf.set(change, one.address);
    changes.push(...read.changes);
  }
  return { changes: inOrder(onceRemoved(changes)), notJudged };
}

/** What the plan says of a resource after it; nothing if it is then gone. */
const futureOf = ({ address, type, change: { after, after_unknown: unknown } }: PlannedResource): Future[] =>
  after ? [{ address, type, after, unknown: fieldsOf(unknown) }] : [];

/** The account that a plan is for. */
interface PlanTarget {
  readonly snapshot: Snapshot;
  readonly origins: WeakMap<object, object>;
  readonly resourceOf: WeakMap<object, string>;
}

const located = ({ address, type, change }: PlannedResource): Located => ({
  ...{ address, type, values: change.before ?? change.after ?? {} },
});

/** Two resources may take the same away, such as the policy and the list of all policies. */
function onceRemoved(changes: readonly PlannedChange[]): readonly PlannedChange[] {
  const removed = new Set<string>();
  return changes.filter((change) => {
    if (change.type !== 'detach-policy' && change.type !== 'delete-inline-policy') return true;
    const text = JSON.stringify([change.type, change.principal, change.policy]);
    return !removed.has(text) && removed.add(text);
  });
}

/** `forget`: Terraform no longer manages it, and it stays as it is. */
const LEAVES_IT: ReadonlySet<string> = new Set(['no-op', 'read', 'forget']);

/** Why a plan may not contain every change. */
function notWhole({
  errored,
  complete,
  deferred_changes: deferred,
}: z.output<typeof Plan>): readonly string[] {
  return [
    ...(errored === true ? ['the plan ended with an error: it does not hold all that would change'] : []),
    ...(complete === false && errored !== true
      ? ['the plan is not complete: what it leaves for a later one is not in it']
      : []),
    ...(Array.isArray(deferred) && deferred.length > 0
      ? [`${deferred.length} resources are deferred to a later plan`]
      : []),
  ];
}

interface Surroundings {
  readonly snapshot: Snapshot;
  readonly references: PlanReferences;
  readonly elsewhere: string | null;
  readonly expressions: Resource['expressions'];
}

/** The changes of one resource, and what is not judged of it. */
function changesOf(
  planned: PlannedResource,
  { elsewhere, references, ...surroundings }: Surroundings,
): ReadPlan {
  const { address, type, change } = planned;
  const reader = READERS.get(type);
  if (!reader)
    return { changes: [], notJudged: MAY_OPEN.test(type) ? [`Latchkey does not read ${quoted(type)}`] : [] };
  if (elsewhere !== null) return { changes: [], notJudged: [elsewhere] };
  const { before } = change;
  const notJudged: string[] = [];
  const name = references.madeUpName(address);
  if (name !== null) notJudged.push(`its name is known only after apply: it is judged as ${quoted(name)}`);
  const resource: Resource = {
    ...{ address, ...surroundings, leave: (why) => notJudged.push(why) },
    was: before && !change.actions.includes('forget') ? { values: before, isUnknown: () => false } : null,
    is: sideAfter(planned, references),
  };
  try {
    return { changes: reader(resource), notJudged };
  } catch (error) {
    if (error instanceof NotRead) return { changes: [], notJudged: [error.message] };
    throw error;
  }
}

function sideAfter({ address, change }: PlannedResource, references: PlanReferences): ResourceSide | null {
  const { after, after_unknown: unknown } = change;
  if (!after) return null;
  const known = references.known({ address, unknown: fieldsOf(unknown) });
  return {
    values: { ...after, ...known },
    isUnknown: (field) => !(field in known) && holdsTrue(unknown, field),
  };
}

const fieldsOf = (unknown: unknown): Values =>
  typeof unknown === 'object' && unknown !== null ? (unknown as Values) : {};

/**
 * Types that can open a way onto an instance, so each unread one is reported; `awscc` is the provider of the Cloud Control
 * API.
 */
const MAY_OPEN =
  /^aws(?:cc)?_(iam_|instance$|ami_|ebs_|snapshot_|volume_attachment|(default_)?security_group|vpc_security_group|network_interface|ec2_|spot_|ssm|identitystore_|sso|organizations_|cloudcontrolapi_|rolesanywhere_|launch_|autoscaling_|ecs_|eks_|batch_|lambda_(function|permission)|code|sfn_|backup_|imagebuilder_|cloudformation_|scheduler_|cloudwatch_event_|glue_|sagemaker_|datapipeline_|cognito_)/;

function holdsTrue(unknown: unknown, field: string): boolean {
  const found = typeof unknown === 'object' && unknown !== null ? (unknown as Values)[field] : unknown;
  return (
    found === true || (typeof found === 'object' && found !== null && JSON.stringify(found).includes('true'))
  );
}
