import type { Check } from './hit.ts';
import { broadPathChecks } from './rules/broad-path.ts';
import { cmdAll } from './rules/cmd-all.ts';
import { cmdShell } from './rules/cmd-shell.ts';
import { eicNoOsUser } from './rules/eic-no-osuser.ts';
import { imdsV1 } from './rules/imds-v1.ts';
import { sgSsh } from './rules/sg-ssh.ts';
import { ssmStar } from './rules/ssm-star.ts';
import { tagTamper } from './rules/tag-tamper.ts';
import { trustEc2Missing } from './rules/trust-ec2-missing.ts';

/** Every rule that is looked at. A new rule is a row in a family, or a file and a line here, and a row in rules.ts. */
export const CHECKS: readonly Check[] = [
  ...broadPathChecks,
  eicNoOsUser,
  ssmStar,
  cmdAll,
  cmdShell,
  tagTamper,
  trustEc2Missing,
  imdsV1,
  sgSsh,
];
