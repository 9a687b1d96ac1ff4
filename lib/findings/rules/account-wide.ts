import { quoted } from '../../policy/quoted.ts';
import { isAnswered } from '../../snapshot/age.ts';
import { auditStateOf } from '../../snapshot/audit-state.ts';
import { guardrailsOf } from '../../snapshot/guardrails.ts';
import { capped } from '../evidence.ts';
import type { Facts } from '../facts.ts';
import type { PlaceHit, Rule } from '../rule.ts';
import { accountPlace } from './account-place.ts';

const IAM = 'iam.get-account-authorization-details';
/** Calls that every answer depends on. */
const NEEDED: ReadonlySet<string> = new Set([IAM, 'iam.get-policy-version', 'ec2.describe-instances']);

/** A part of the account that verdicts depend on was not collected. A blind audit has its own message. */
export const covGap: Rule = {
  id: 'COV-GAP',
  severity: 'medium',
  title: 'a part of the account was not collected',
  fires:
    'the instances of a region, or attached policies, were not collected, and the audit as a whole is not blind (which has its own alert)',
  risk: 'data that was not collected is not judged: access there is unknown, not absent',
  verify: '`coverage.json` and the section Coverage of the report name each call and the action to allow',
  remediation: 'allow the collecting role the actions that coverage names, and scan again',
  references: [],
  paths: [],
  find: findGap,
  unseen: () => null,
};

function* findGap(facts: Facts): Generator<PlaceHit> {
  const { snapshot } = facts;
  if (auditStateOf(snapshot).state === 'blind') return;
  const gaps = snapshot.coverage.filter((entry) => NEEDED.has(entry.call) && !isAnswered(entry));
  if (gaps.length === 0) return;
  yield {
    ...accountPlace(facts, covGap, 'coverage'),
    title: `${gaps.length === 1 ? 'a call' : `${gaps.length} calls`} that verdicts depend on returned no data: ${covGap.title}`,
    regions: [...new Set(gaps.flatMap(({ region }) => region ?? []))].sort(),
    evidence: capped(
      gaps.map(
        ({ call, region, status, detail }) =>
          `${quoted(call)}${region === null ? '' : ` in ${region}`}: ${status}${detail === '' ? '' : `: ${quoted(detail)}`}`,
      ),
      'calls',
    ),
  };
}

/** Guardrails that people of the account rely on, and that do not apply here. */
export const scpMgmt: Rule = {
  id: 'SCP-MGMT',
  severity: 'medium',
  title: 'instances run in the management account, to which service control policies do not apply',
  fires:
    'the account is the management account of an organisation that has service control policies, and it has instances',
  risk: 'guardrails do not apply to this account, and an administrator of it controls the organisation',
  verify: '`aws organizations describe-organization --query Organization.MasterAccountId` is this account',
  remediation:
    'move the instances to a member account, and use the management account only for what no other account can do',
  references: [
    'https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html',
    'https://docs.aws.amazon.com/organizations/latest/userguide/orgs_best-practices_mgmt-acct.html',
  ],
  paths: [],
  find: findManagement,
  unseen: ({ snapshot }) => (snapshot.organization === null ? 'the organisation was not collected' : null),
};

function* findManagement(facts: Facts): Generator<PlaceHit> {
  const { snapshot } = facts;
  const { organization } = snapshot;
  if (organization?.managementAccountId !== snapshot.accountId || facts.instances.size === 0) return;
  if (organization.levels.every(({ serviceControlPolicies }) => (serviceControlPolicies ?? []).length === 0))
    return;
  if (guardrailsOf(snapshot).serviceControlPolicies.length > 0) return;
  yield {
    ...accountPlace(facts, scpMgmt, 'setting'),
    title: scpMgmt.title,
    instanceCount: facts.totals.all,
    productionCount: facts.totals.prod,
    regions: facts.regions,
    evidence: [`account ${snapshot.accountId} is the management account of its organisation`],
  };
}
