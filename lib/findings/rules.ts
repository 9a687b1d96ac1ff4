import type { Rule } from './rule.ts';
import { covGap, scpMgmt } from './rules/account-wide.ts';
import { agentUnbound } from './rules/agents.ts';
import { broadPathRules } from './rules/broad-path.ts';
import { cmdAll } from './rules/cmd-all.ts';
import { cmdShell } from './rules/cmd-shell.ts';
import { eicNoOsUser } from './rules/eic-no-osuser.ts';
import { exceptionRules } from './rules/exceptions.ts';
import { denyGap, pathDeputy } from './rules/gaps.ts';
import { hiddenManaged } from './rules/hidden-managed.ts';
import { imdsV1 } from './rules/imds-v1.ts';
import { instroleAdmin, instroleSelf } from './rules/instance-roles.ts';
import { logGuard } from './rules/log-guard.ts';
import { selfRules } from './rules/made-of-oneself.ts';
import { denyIfAbsent, mfaIfExists } from './rules/mfa.ts';
import { noMfa } from './rules/no-mfa.ts';
import { openPortRules } from './rules/open-ports.ts';
import { pathRules } from './rules/path-rules.ts';
import { roSecrets } from './rules/read-only.ts';
import { serviceRoleRules } from './rules/roles-of-services.ts';
import { sharedDiskRules } from './rules/shared-disks.ts';
import { sidePathRules } from './rules/side-paths.ts';
import { ssmStar } from './rules/ssm-star.ts';
import { tagTamper } from './rules/tag-tamper.ts';
import { trustEc2Missing } from './rules/trust-ec2-missing.ts';
import { trustRules } from './rules/trusts.ts';
import { userKeys } from './rules/user-keys.ts';

/** The catalogue of rules. docs/rules.md says why each matters and how it is judged. */
export const RULES: readonly Rule[] = [
  ...broadPathRules,
  eicNoOsUser,
  ssmStar,
  cmdAll,
  cmdShell,
  ...pathRules,
  tagTamper,
  noMfa,
  mfaIfExists,
  denyIfAbsent,
  denyGap,
  pathDeputy,
  ...sidePathRules,
  logGuard,
  roSecrets,
  ...selfRules,
  ...serviceRoleRules,
  instroleSelf,
  instroleAdmin,
  ...trustRules,
  trustEc2Missing,
  imdsV1,
  ...openPortRules,
  ...sharedDiskRules,
  userKeys,
  agentUnbound,
  covGap,
  hiddenManaged,
  scpMgmt,
  ...exceptionRules,
];
