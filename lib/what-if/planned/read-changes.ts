import type { z } from 'zod';
import { didYouMean } from '../../policy/nearest.ts';
import { quoted } from '../../policy/quoted.ts';
import { type Deployment, readCloudFormation } from '../cloudformation/read-template.ts';
import { isTemplate } from '../cloudformation/template.ts';
import { issueText } from './issue-text.ts';
import { PlannedChange } from './planned-change.ts';
import { isTerraformPlan, isTerraformState, type ReadPlan, readTerraformPlan } from './terraform-plan.ts';

/** The plan in a file: a list of changes, a template, or a plan of Terraform; or why it is none of them. */
export function readChanges(value: unknown, deployment: Deployment): ReadPlan | { readonly problem: string } {
  if (isTerraformState(value))
    return {
      problem:
        'it is a state of Terraform, not a plan: give it `terraform show -json PLAN` of a plan that `terraform plan -out PLAN` wrote',
    };
  if (isTerraformPlan(value)) return readTerraformPlan(value, deployment);
  if (isTemplate(value)) return readCloudFormation(value, deployment);
  if (!Array.isArray(value))
    return {
      problem:
        'neither a list of changes, a template of CloudFormation, nor a plan of `terraform show -json`: see `docs/whatif.md`',
    };
  const changes: PlannedChange[] = [];
  for (const [i, one] of value.entries()) {
    const type = (one as { readonly type?: unknown } | null)?.type;
    const wrong = wrongType(type);
    if (wrong !== null) return { problem: `\`$.${i}.type\`: ${wrong}` };
    const read = PlannedChange.safeParse(one);
    if (!read.success) return { problem: problemOf(read.error, i) };
    deployment.origins.set(read.data, one);
    changes.push(read.data);
  }
  return { changes, notJudged: [] };
}

const TYPES: readonly string[] = PlannedChange.options.map(({ shape }) => shape.type.value);

function wrongType(type: unknown): string | null {
  if (type === undefined) return 'it is missing';
  if (typeof type !== 'string') return 'it is not a text';
  if (TYPES.includes(type)) return null;
  return `there is no change ${quoted(type)}${didYouMean(type, TYPES)}: the types are ${TYPES.join(', ')}`;
}

function problemOf(error: z.ZodError, index: number): string {
  const [issue] = error.issues;
  const place = ['$', index, ...(issue?.path ?? [])].map(String).join('.');
  return `\`${place}\`: ${issueText(issue)}`;
}
