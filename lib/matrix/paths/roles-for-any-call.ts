import type { PassedRoleRow } from './passed-role.ts';
import { NEW_ID, NEW_NAME, UUID } from './placeholder-ids.ts';

const MICROVMS = 'https://docs.aws.amazon.com/lambda/latest/dg/microvms-security.html';
const CLOUD_CONTROL = 'https://docs.aws.amazon.com/cloudcontrolapi/latest/userguide/resource-operations.html';

/** Services that make any call of the caller with the passed role, or give out its credentials. */
export const ROLES_FOR_ANY_CALL: readonly PassedRoleRow[] = [
  // one state of a state machine, without the machine
  [
    'states.amazonaws.com',
    ['https://docs.aws.amazon.com/step-functions/latest/dg/test-state-isolation.html'],
    ['states:TestState', 'any'],
  ],
  // CloudFormation assumes the role: one resource, without a stack
  ['cloudformation.amazonaws.com', [CLOUD_CONTROL], ['cloudformation:CreateResource', 'any']],
  ['cloudformation.amazonaws.com', [CLOUD_CONTROL], ['cloudformation:UpdateResource', 'any']],
  // hooks of an image run while it is built, with the role
  ['lambda.amazonaws.com', [MICROVMS], ['lambda:CreateMicrovmImage', 'any']],
  // a source of data signs requests to any endpoint
  [
    'appsync.amazonaws.com',
    ['https://docs.aws.amazon.com/appsync/latest/APIReference/API_HttpDataSourceConfig.html'],
    ['appsync:CreateDataSource', 'any'],
    ['appsync:CreateGraphqlApi', 'any'],
    ['appsync:StartSchemaCreation', 'any'],
    ['appsync:CreateResolver', 'any'],
    ['appsync:CreateApiKey', 'any'],
  ],
  // whoever has the certificate gets credentials of the role
  [
    'credentials.iot.amazonaws.com',
    ['https://docs.aws.amazon.com/iot/latest/developerguide/authorizing-direct-aws.html'],
    ['iot:CreateRoleAlias', `new:iot:rolealias/${NEW_NAME}`],
    ['iot:CreateKeysAndCertificate', 'any'],
    ['iot:CreatePolicy', `new:iot:policy/${NEW_NAME}`],
    ['iot:AttachPolicy', `new:iot:cert/${NEW_ID}`],
  ],
  // its action for commands runs them with the role of the pipeline
  [
    'codepipeline.amazonaws.com',
    ['https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-Commands.html'],
    ['codepipeline:CreatePipeline', `new:codepipeline:${NEW_NAME}`],
  ],
  // a runbook that the caller wrote in another account, and shares
  [
    'ssm.amazonaws.com',
    ['https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_StartAutomationExecution.html'],
    ['ssm:StartAutomationExecution', 'foreign-runbooks'],
    ['ssm:StartAutomationExecution', `new:ssm:automation-execution/${UUID}`],
  ],
  [
    'ssm.amazonaws.com',
    ['https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_CreateAssociation.html'],
    ['ssm:CreateAssociation', 'foreign-runbooks'],
    ['ssm:CreateAssociation', `new:ssm:association/${UUID}`],
  ],
];
