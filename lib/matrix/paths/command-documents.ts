/**
 * AWS-owned command documents that run the caller's input, or are equivalent to a shell: they start a
 * process, make a user an administrator, put a file where it is run, or run documents of the caller's choice.
 * With the platform if there is only one.
 * https://docs.aws.amazon.com/systems-manager/latest/userguide/documents-command-ssm-plugin-reference.html
 * https://docs.aws.amazon.com/systems-manager/latest/userguide/configuring-fleet-manager-permissions.html
 * https://docs.aws.amazon.com/systems-manager/latest/userguide/patch-manager-hooks.html
 */
export const COMMAND_DOCUMENTS: readonly (readonly [string, ('linux' | 'windows')?])[] = [
  ['AWS-RunShellScript', 'linux'],
  ['AWS-RunPowerShellScript', 'windows'],
  ['AWS-RunRemoteScript'],
  ['AWS-RunDocument'],
  ['AWS-ApplyAnsiblePlaybooks', 'linux'],
  ['AWS-RunAnsiblePlaybook', 'linux'],
  ['AWS-ApplyChefRecipes'],
  ['AWS-RunSaltState', 'linux'],
  ['AWS-ApplyDSCMofs', 'windows'],
  ['AWS-InstallPowerShellModule', 'windows'],
  ['AWS-InstallApplication', 'windows'],
  ['AWS-ConfigureAWSPackage'],
  ['AWS-RunPatchBaselineWithHooks'],
  ['AWS-RunInspecChecks'],
  ['AWS-RunDockerAction'],
  ['AWS-JoinDirectoryServiceDomain'],
  ['AWSFleetManager-StartProcess'],
  ['AWSFleetManager-AddUsersToGroups'],
  ['AWSFleetManager-CreateUser'],
  ['AWSFleetManager-CopyFileSystemItem'],
  ['AWSFleetManager-MoveFileSystemItem'],
  ['AWSFleetManager-SetWindowsRegistryValue', 'windows'],
  ['AWSSSO-CreateSSOUser', 'windows'],
];
