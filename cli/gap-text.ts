import { isAnswered } from '../lib/snapshot/age.ts';
import type { CoverageEntry } from '../lib/snapshot/snapshot.ts';

/** `` `ec2.describe-instances` in eu-west-1 was not collected (AccessDenied) `` */
export function gapText(entry: CoverageEntry): string {
  const { call, region, detail } = entry;
  const where = region === null ? '' : ` in ${region}`;
  const why = detail === '' ? '' : ` (${detail})`;
  return `\`${call}\`${where} was not collected${isAnswered(entry) ? ' in full' : ''}${why}`;
}
