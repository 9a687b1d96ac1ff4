import type { PathId } from '../matrix/paths/cell.ts';
import type { CellGroup } from '../matrix/paths/matrix.ts';
import { jsonLine, quoted } from '../policy/quoted.ts';
import { isAnswered } from '../snapshot/age.ts';
import {
  conditionSentences,
  describePrincipal,
  type GrantPlace,
  grantPlaces,
  instanceSentences,
  manageable,
  policySentences,
  regionsReached,
  viaSentences,
  weightSentences,
} from './evidence.ts';
import type { Facts } from './facts.ts';
import type { Severity } from './finding.ts';
import type { EarlierFinding, Hit, Rule } from './rule.ts';
import { weigh } from './severity.ts';

/** What a rule says of one principal. */
export interface Judgement {
  readonly rule: Rule;
  /** index into the matrix's principals */
  readonly principal: number;
  readonly path: PathId;
  readonly cells: readonly CellGroup[];
  /** the first sentence of the evidence */
  readonly says: string;
  /** only these statements are to be changed; all that grant, when left out */
  readonly concerns?: (place: GrantPlace) => boolean;
  readonly base?: Severity;
  /** added to the rule's title: ` in us-east-1` */
  readonly where?: string;
  readonly more?: readonly string[];
  /** the remedy is a further policy, not another statement in place of the one that grants */
  readonly adds?: boolean;
  /** a policy statement that would do instead, or that helps */
  readonly example?: object;
}

/** The hit of a rule about a principal: severity weighed, statements and instances in evidence, a remedy that names them. */
export function principalHit(facts: Facts, judgement: Judgement): Hit {
  const { rule, path, cells } = judgement;
  const who = facts.matrix.principals[judgement.principal];
  const principal = who?.arn ?? '';
  const weight = weigh(facts, judgement.base ?? rule.severity, judgement.principal, cells);
  const places = grantPlaces(facts, principal, cells);
  const concerned = places.filter(judgement.concerns ?? (() => true));
  const through = facts.heldThrough(path, principal);
  return {
    rule,
    severity: weight.severity,
    title: rule.title + (judgement.where ?? ''),
    principal,
    path,
    cells,
    guarded: weight.guarded,
    regions: regionsReached(facts, cells),
    evidence: [
      judgement.says,
      ...policySentences(concerned.length > 0 ? concerned : places),
      ...instanceSentences(
        facts,
        cells.filter((group) => group.path === path),
      ),
      ...viaSentences(cells),
      ...conditionSentences(cells),
      ...(judgement.more ?? []),
      ...(through > 0
        ? [
            `${through} other ${through === 1 ? 'principal reaches' : 'principals reach'} it through ${describePrincipal(principal)}`,
          ]
        : []),
      ...weightSentences(weight),
    ],
    remediation: remedy(judgement, principal, concerned.length > 0 ? concerned : places),
  };
}

/** What to change, where, and an example. An AWS managed policy cannot be edited, only detached. */
function remedy(judgement: Judgement, principal: string, places: readonly GrantPlace[]): string {
  const steps = judgement.adds ? [`give ${manageable(principal)} one more policy`] : changes(places);
  const sample = judgement.example ? `; for example ${jsonLine(judgement.example)}` : '';
  return `${steps.length > 0 ? `${steps.join('; ')}: ` : ''}${judgement.rule.remediation}${sample}`;
}

function changes(places: readonly GrantPlace[]): string[] {
  const edits = places.filter((place) => !place.awsManaged).slice(0, 3);
  const detach = places
    .filter((place) => place.awsManaged)
    .map((p) => `${quoted(p.policy)} from ${manageable(p.owner)}`);
  return [
    ...edits.map((p) => `in policy ${quoted(p.policy)} of ${manageable(p.owner)}, change ${p.statement}`),
    ...[...new Set(detach)]
      .slice(0, 3)
      .map((what) => `replace the AWS managed policy: detach ${what} and attach an own one`),
  ];
}

/**
 * Could a finding about a principal be looked at this time? Not where IAM was not read, where the instances of a region
 * that it names were not, or where its cells could not be decided.
 */
export function principalUnseen(facts: Facts, finding: EarlierFinding, path: PathId): string | null {
  const iam = gapOf(facts, 'iam.get-account-authorization-details', null);
  if (iam !== null) return iam;
  if (!facts.matrix.principals.some((one) => one.arn === finding.principal)) return null;
  const missing = facts.undecided(path).get(finding.principal ?? '');
  if (missing !== undefined)
    return `${missing === '' ? 'a call that decides it' : quoted(missing)} was not collected`;
  return regionsUnseen(facts, finding);
}

/** A region of the finding whose instances were not collected this time. */
function regionsUnseen(facts: Facts, finding: EarlierFinding): string | null {
  const { snapshot } = facts;
  // a finding of an earlier version does not say its regions: any of the account's may be one
  for (const region of finding.regions ?? snapshot.regions.map((one) => one.region)) {
    const here = snapshot.regions.find((one) => one.region === region);
    if (!here || here.instances === null || gapOf(facts, 'ec2.describe-instances', region) !== null)
      return `${quoted('ec2.describe-instances')} was not collected in ${region}`;
  }
  return null;
}

/** The reason that coverage gives for a call, or null when it was collected. */
export function gapOf(facts: Facts, call: string, region: string | null): string | null {
  const entry = facts.snapshot.coverage.find((one) => one.call === call && one.region === region);
  if (!entry || isAnswered(entry)) return null;
  return `${quoted(call)} was not collected${region === null ? '' : ` in ${region}`}`;
}
