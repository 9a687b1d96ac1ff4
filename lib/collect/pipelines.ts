import type { Fields } from '../policy/fields.ts';
import type { BuildProject, Named, PipelineDeployment, ProtectedResource } from '../snapshot/services.ts';
import { type Answer, itemsOf } from './answer.ts';
import { fieldsOf, notGiven, objectsOf, text } from './fields.ts';

/** What pipelines deploy, the roles that builds run with, and the copies of AWS Backup. */

export function takePipelines(answer: Answer): Named[] {
  return itemsOf(answer, 'pipelines', ['name'], (_item, _, [id]) => ({ id }));
}

/** https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_GetPipeline.html */
export function takePipeline(answer: Answer): PipelineDeployment[] | null {
  const arn = text(fieldsOf(answer.fields.metadata), 'pipelineArn');
  const pipeline = fieldsOf(answer.fields.pipeline);
  if (arn === null || pipeline === null) {
    answer.note('$', 'it has no `pipeline` or no `metadata.pipelineArn`');
    return null;
  }
  const found: PipelineDeployment[] = [];
  notGiven(pipeline, ['stages'], '$.pipeline', answer.note);
  for (const { item: stage, at } of objectsOf(pipeline, 'stages', '$.pipeline', answer.note)) {
    notGiven(stage, ['actions'], at, answer.note);
    for (const { item: action, at: place } of objectsOf(stage, 'actions', at, answer.note)) {
      notGiven(action, ['actionTypeId', 'configuration'], place, answer.note);
      const type = fieldsOf(action.actionTypeId) ?? {};
      notGiven(type, ['owner', 'category', 'provider'], `${place}.actionTypeId`, answer.note);
      const to = deploysTo(action);
      const name = `${text(stage, 'name') ?? ''}/${text(action, 'name') ?? ''}`;
      if (to) found.push({ pipeline: arn, action: name, region: text(action, 'region'), ...to });
    }
  }
  return found;
}

/** Null: it deploys to no instance. */
function deploysTo(action: Fields): Pick<PipelineDeployment, 'tag' | 'deploymentGroup'> | null {
  const type = fieldsOf(action.actionTypeId);
  const set = fieldsOf(action.configuration);
  if (text(type, 'owner') !== 'AWS' || text(type, 'category') !== 'Deploy') return null;
  const key = text(set, 'InstanceTagKey');
  if (text(type, 'provider') === 'EC2' && key !== null)
    return { tag: { key, value: text(set, 'InstanceTagValue') }, deploymentGroup: null };
  const application = text(set, 'ApplicationName');
  const name = text(set, 'DeploymentGroupName');
  return text(type, 'provider') === 'CodeDeploy' && application !== null && name !== null
    ? { tag: null, deploymentGroup: { application, name } }
    : null;
}

export function takeProtectedResources(answer: Answer): ProtectedResource[] {
  return itemsOf(answer, 'Results', ['ResourceArn'], (item, at, [arn]) => {
    notGiven(item, ['ResourceType'], at, answer.note);
    return { arn, type: text(item, 'ResourceType') ?? '', recoveryPoint: text(item, 'LastRecoveryPointArn') };
  });
}

/** https://docs.aws.amazon.com/codebuild/latest/APIReference/API_BatchGetProjects.html */
export function takeProjects(answer: Answer): BuildProject[] {
  return itemsOf(answer, 'projects', ['arn', 'name'], (item, _, [arn, name]) => ({
    ...{ arn, name, role: text(item, 'serviceRole') },
    batchRole: text(fieldsOf(item.buildBatchConfig), 'serviceRole'),
  }));
}
