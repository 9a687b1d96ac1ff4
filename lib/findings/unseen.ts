import { quoted } from '../policy/quoted.ts';
import { isAnswered } from '../snapshot/age.ts';
import type { Facts } from './facts.ts';
import type { Finding } from './finding.ts';

const IAM = 'iam.get-account-authorization-details';

/**
 * Why a finding about access could not be checked this time, or null: IAM or the instances of its regions
 * were not read, or cells of one of its holders could not be decided.
 */
export function accessUnseen(facts: Facts, finding: Finding): string | null {
  const iam = gapText(facts, IAM, null);
  if (iam !== null) return iam;
  for (const path of finding.paths) {
    const undecided = facts.undecided(path);
    const missing = finding.holders.map(({ principal }) => undecided.get(principal)).find(isText);
    if (missing !== undefined)
      return `${missing === '' ? 'a call that decides it' : quoted(missing)} was not collected`;
  }
  return instancesUnseen(facts, finding);
}

const isText = (text: string | undefined): text is string => text !== undefined;

/** A region of the finding whose instances were not collected this time. */
export function instancesUnseen(facts: Facts, { regions }: Finding): string | null {
  const { snapshot } = facts;
  // a finding of an earlier version may lack its regions: any region of the account may be one
  for (const region of regions.length > 0 ? regions : snapshot.regions.map((one) => one.region)) {
    const here = snapshot.regions.find((one) => one.region === region);
    if (!here || here.instances === null || gapText(facts, 'ec2.describe-instances', region) !== null)
      return `${quoted('ec2.describe-instances')} was not collected in ${region}`;
  }
  return null;
}

/** The reason in coverage for a call, or null if it was collected. */
export function gapText(facts: Facts, call: string, region: string | null): string | null {
  const entry = facts.snapshot.coverage.find((one) => one.call === call && one.region === region);
  if (!entry || isAnswered(entry)) return null;
  return `${quoted(call)} was not collected${region === null ? '' : ` in ${region}`}`;
}
