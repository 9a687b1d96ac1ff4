import type { Rule } from './rule.ts';
import { broadPathRules } from './rules/broad-path.ts';
import { cmdAll } from './rules/cmd-all.ts';
import { cmdShell } from './rules/cmd-shell.ts';
import { eicNoOsUser } from './rules/eic-no-osuser.ts';
import { imdsV1 } from './rules/imds-v1.ts';
import { sgSsh } from './rules/sg-ssh.ts';
import { ssmStar } from './rules/ssm-star.ts';
import { tagTamper } from './rules/tag-tamper.ts';
import { trustEc2Missing } from './rules/trust-ec2-missing.ts';

/** The catalogue: every rule that is looked at. docs/findings.md says how each is judged. */
export const RULES: readonly Rule[] = [
  ...broadPathRules,
  eicNoOsUser,
  ssmStar,
  cmdAll,
  cmdShell,
  tagTamper,
  trustEc2Missing,
  imdsV1,
  sgSsh,
];
