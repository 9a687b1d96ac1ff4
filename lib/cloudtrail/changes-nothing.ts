const AGENTS_OF_ECS = 'SubmitTaskStateChange SubmitContainerStateChange SubmitAttachmentStateChanges';

/** Calls of the table's sources that use access without changing it, or that agents make all the time. */
export const CHANGES_NOTHING: ReadonlyMap<string, readonly string[]> = new Map([
  [
    'ssm.amazonaws.com',
    `StartSession ResumeSession TerminateSession SendCommand CancelCommand StartAutomationExecution
     StartAccessRequest UpdateInstanceInformation UpdateInstanceAssociationStatus PutInventory
     PutComplianceItems PutParameter`.split(/\s+/),
  ],
  ['ecs.amazonaws.com', `${AGENTS_OF_ECS} UpdateContainerAgent RunTask StartTask StopTask`.split(/\s+/)],
  [
    'codebuild.amazonaws.com',
    `StartBuild StartBuildBatch StopBuild StopBuildBatch RetryBuild RetryBuildBatch CreateReport BatchPutTestCases
     UpdateReport BatchPutCodeCoverages`.split(/\s+/),
  ],
  ['sso.amazonaws.com', ['Authenticate', 'Federate', 'GetRoleCredentials', 'Logout']],
  ['states.amazonaws.com', ['StartExecution', 'StopExecution', 'SendTaskSuccess', 'SendTaskHeartbeat']],
  [
    'iam.amazonaws.com',
    'GenerateCredentialReport GenerateServiceLastAccessedDetails SimulatePrincipalPolicy SimulateCustomPolicy'.split(
      /\s+/,
    ),
  ],
]);
