import { quoted } from '../../policy/quoted.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import { inOrder } from '../planned/in-order.ts';
import { NotRead } from '../planned/not-read.ts';
import type { PlannedChange } from '../planned/planned-change.ts';
import type { ReadPlan } from '../planned/terraform-plan.ts';
import { IDENTITY_READERS } from './identity-resources.ts';
import { INSTANCE_READERS } from './instance-resources.ts';
import { PhysicalNames, unknownParameter } from './physical-names.ts';
import { PlannedResource } from './planned-resource.ts';
import { type StackOptions, TemplateStack } from './stack.ts';
import { readTemplate, type StackTemplate, type TemplateResource } from './template.ts';

const READERS = new Map([...IDENTITY_READERS, ...INSTANCE_READERS]);

/** The target of a template, and the sources of its values. */
export interface Deployment {
  readonly snapshot: Snapshot;
  readonly options: StackOptions;
  /** maps each object of a change to the object in the file that it was made from */
  readonly origins: WeakMap<object, object>;
  /** maps each change of a plan or template to the resource that it comes from */
  readonly resourceOf: WeakMap<object, string>;
}

/**
 * The changes that deploying a template makes. Resources of an earlier template that are missing here stay as they are.
 * Everything that depends on an unknown value is unknown.
 */
export function readCloudFormation(
  value: unknown,
  { snapshot, options, origins, resourceOf }: Deployment,
): ReadPlan | { readonly problem: string } {
  const template = readTemplate(value);
  if ('problem' in template) return template;
  const stack = new TemplateStack(snapshot, options);
  const problem = unknownParameter(template, stack);
  if (problem !== null) return { problem };
  const names = new PhysicalNames(template, stack, origins);
  const changes: PlannedChange[] = [];
  const notJudged = [...template.macros, ...unread(template)];
  for (const resource of template.resources.values()) {
    const isMade = resource.condition === null ? true : names.values.condition(resource.condition);
    if (isMade === false) {
      notJudged.push(...leftOut(resource, names, stack));
      continue;
    }
    const planned = new PlannedResource(resource, { names, stack, origins });
    const own = changesOf(resource, planned);
    for (const change of own) {
      origins.set(change, resource.written);
      resourceOf.set(change, resource.id);
    }
    changes.push(...own);
    notJudged.push(...planned.notJudged.map((why) => `${quoted(resource.id)}: ${why}`));
  }
  return { changes: inOrder(changes), notJudged };
}

/**
 * CloudFormation deletes a resource of the stack whose condition is false now.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/conditions-section-structure.html
 */
function leftOut(
  { id, type }: TemplateResource,
  names: PhysicalNames,
  stack: TemplateStack,
): readonly string[] {
  const isThere = names.physical(id)?.isThere ?? stack.options.name !== null;
  return READERS.has(type) && isThere
    ? [`${quoted(id)}: its condition is false: if the stack has it, what goes with it is not judged`]
    : [];
}

function changesOf({ type }: TemplateResource, planned: PlannedResource): readonly PlannedChange[] {
  const reader = READERS.get(type);
  if (!reader) {
    if (MAY_OPEN.test(type)) planned.leave(`Latchkey does not read ${quoted(type)}`);
    return [];
  }
  try {
    const changes = reader(planned);
    planned.noteMadeUpName();
    return changes;
  } catch (error) {
    if (!(error instanceof NotRead)) throw error;
    planned.leave(error.message);
    return [];
  }
}

/** Types that can open a way onto an instance, so each unread one is listed. */
const MAY_OPEN =
  /^(AWS::(IAM|SSM\w*|SSO|IdentityStore|Organizations|RolesAnywhere|AutoScaling|ECS|EKS|Batch|Lambda|Code\w+|StepFunctions|Backup|ImageBuilder|CloudFormation|Serverless|Scheduler|Events|Glue|SageMaker|DataPipeline|Cognito)::|AWS::EC2::(Instance|LaunchTemplate|SecurityGroup|SpotFleet|EC2Fleet|NetworkInterface|Volume|Snapshot)|Custom::|.*::MODULE$)/;

/** The other types, in one line. */
function unread({ resources }: StackTemplate): readonly string[] {
  const types = [...new Set([...resources.values()].map(({ type }) => type))];
  const other = types.filter((type) => !READERS.has(type) && !MAY_OPEN.test(type)).sort();
  if (other.length === 0) return [];
  return [`${other.map(quoted).join(', ')}: not read, as Latchkey knows no way onto an instance by them`];
}
