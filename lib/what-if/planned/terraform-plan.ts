import { z } from 'zod';
import type { PlannedChange } from './planned-change.ts';
import { NotRead, READERS, type Resource, type Values } from './terraform-resources.ts';

/** What a plan, or a template, would change, and what of it is not judged, with why. */
export interface ReadPlan {
  readonly changes: readonly PlannedChange[];
  readonly notJudged: readonly string[];
}

const values = z.record(z.string(), z.unknown()).nullish();
const Plan = z.looseObject({
  format_version: z.string(),
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
 * The changes of a plan as `terraform show -json PLAN` prints it. A value that is known only after apply makes what
 * rests on it unknown. https://developer.hashicorp.com/terraform/internals/json-format
 */
export function readTerraformPlan(value: unknown): ReadPlan {
  const changes: PlannedChange[] = [];
  const notJudged: string[] = [];
  for (const one of Plan.parse(value).resource_changes) {
    if (one.change.actions.every((action) => action === 'no-op' || action === 'read')) continue;
    const read = changesOf(one);
    if (typeof read === 'string') notJudged.push(read);
    else changes.push(...read);
  }
  return { changes: changes.toSorted((a, b) => rank(a) - rank(b)), notJudged };
}

/** The changes of one resource, or why it is not judged. */
function changesOf({ address, type, change }: PlannedResource): readonly PlannedChange[] | string {
  const reader = READERS[type];
  if (!reader) return MAY_OPEN.test(type) ? `\`${address}\`: Latchkey does not read \`${type}\`` : [];
  const { before, after, after_unknown: unknown } = change;
  const resource: Resource = {
    address,
    was: before ? { values: before, isUnknown: () => false } : null,
    is: after ? { values: after, isUnknown: (field) => holdsTrue(unknown, field) } : null,
  };
  try {
    return reader(resource);
  } catch (error) {
    if (error instanceof NotRead) return `\`${address}\`: ${error.message}`;
    throw error;
  }
}

/** A plan lists resources by name: who comes stands before what is given to them, and who goes behind all. */
const rank = ({ type }: PlannedChange): number =>
  type.startsWith('create-') ? 0 : type === 'put-policy' ? 1 : type === 'delete-principal' ? 3 : 2;

/** Types that can open a way onto an instance, so that leaving them out has to be said. */
const MAY_OPEN =
  /^aws_(iam_|instance$|security_group|vpc_security_group|ec2_instance_connect|ssm_|ssoadmin_|organizations_policy|launch_template|autoscaling_group)/;

function holdsTrue(unknown: unknown, field: string): boolean {
  const found = typeof unknown === 'object' && unknown !== null ? (unknown as Values)[field] : unknown;
  return (
    found === true || (typeof found === 'object' && found !== null && JSON.stringify(found).includes('true'))
  );
}
