import { pythonEnvironment, type Requirements } from '../python/environment.ts';

const CFN_LINT_VERSION = '1.58.0';
const BOTOCORE_VERSION = '1.44.8';

/** AWS's own rules for templates, and its models of its services. */
const AWS_LINTERS: Requirements = {
  name: `cfn-lint-${CFN_LINT_VERSION}-botocore-${BOTOCORE_VERSION}`,
  packages: [`cfn-lint==${CFN_LINT_VERSION}`, `botocore==${BOTOCORE_VERSION}`],
  probe: 'import botocore, cfnlint.runner',
};

export const awsLinters = () => pythonEnvironment(AWS_LINTERS);
