const AWS_DOCS = 'https://docs.aws.amazon.com';

export const OSUSER_PAGE = `${AWS_DOCS}/AWSEC2/latest/UserGuide/ec2-instance-connect-configure-IAM-role.html`;
export const SESSION_PAGE = `${AWS_DOCS}/systems-manager/latest/userguide/getting-started-restrict-access-quickstart.html`;
export const COMMAND_PAGE = `${AWS_DOCS}/systems-manager/latest/userguide/run-command-setting-up.html`;
export const MFA_PAGE = `${AWS_DOCS}/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-multifactorauthpresent`;
