import type { CellGroup } from '../../matrix/paths/matrix.ts';
import type { Statement } from '../../policy/statement.ts';
import { accessHit } from '../access-hit.ts';
import type { Facts } from '../facts.ts';
import { MFA_PAGE } from '../reference-pages.ts';
import type { AccessHit, Rule } from '../rule.ts';
import { asksForMfa } from '../severity.ts';
import { SHELL_PATHS, shellCells } from '../shell-cells.ts';
import { accessUnseen } from '../unseen.ts';

const MFA_KEY = 'aws:multifactorauthpresent';
const EXAMPLE = { Condition: { Bool: { 'aws:MultiFactorAuthPresent': 'true' } } };

/** An Allow that requires MFA only if the key exists. */
export const mfaIfExists: Rule = {
  id: 'MFA-IFEXISTS',
  severity: 'high',
  title: 'get a shell through a condition on MFA that long-term keys pass',
  fires:
    'a statement that allows a shell tests `aws:MultiFactorAuthPresent` with `BoolIfExists` (or another `...IfExists`)',
  risk: 'requests signed with long-term access keys do not have this condition key at all, and IfExists lets them pass: the condition does not stop anybody who stole an access key',
  verify: 'call the action with an access key of a user, without a session token: it is allowed',
  remediation: 'use Bool, not BoolIfExists, in an Allow',
  references: [MFA_PAGE],
  paths: SHELL_PATHS,
  find: findIfExists,
  unseen: accessUnseen,
};

function* findIfExists(facts: Facts): Generator<AccessHit> {
  for (const [principal, held] of shellCells(facts)) {
    const cells = held.filter((group) => grantsWith(facts, group, asksIfThere));
    if (cells.length === 0 || asksForMfa(facts, facts.matrix.principals[principal]?.arn ?? '', cells))
      continue;
    yield accessHit(facts, {
      rule: mfaIfExists,
      principal,
      cells,
      says: 'the condition on MFA passes if the request does not have the key',
      concerns: asksIfThere,
      example: EXAMPLE,
    });
  }
}

const asksIfThere = ({ effect, conditions }: Statement): boolean =>
  effect === 'Allow' &&
  conditions.some(
    ({ key, operator, values }) =>
      key.toLowerCase() === MFA_KEY &&
      operator.toLowerCase().endsWith('ifexists') &&
      values.every((value) => value.toLowerCase() === 'true'),
  );

function grantsWith(facts: Facts, { outcome }: CellGroup, test: (one: Statement) => boolean): boolean {
  return outcome.grants.some(({ policy, statement }) => {
    const one = facts.policies.statements(policy)?.[statement];
    return one !== undefined && test(one);
  });
}

/** A Deny for sessions without MFA that does not apply if the key is missing. */
export const denyIfAbsent: Rule = {
  id: 'DENY-IFABSENT',
  severity: 'high',
  title: 'get a shell in spite of a Deny that requires MFA',
  fires:
    'a Deny on a shell tests MFA with `Bool` = `false`, or the age of MFA, without `...IfExists`: if the key is missing the Deny does not apply, and the shell is open',
  risk: 'requests signed with long-term access keys do not have this condition key at all, so the Deny does not stop anybody who stole an access key',
  verify: 'call the action with an access key of a user, without a session token: it is allowed',
  remediation:
    'use BoolIfExists in the Deny (NumericGreaterThanIfExists for the age), so that it also applies if the key is missing',
  references: [MFA_PAGE],
  paths: SHELL_PATHS,
  find: findIfAbsent,
  unseen: accessUnseen,
};

function* findIfAbsent(facts: Facts): Generator<AccessHit> {
  for (const [principal, held] of shellCells(facts)) {
    const arn = facts.matrix.principals[principal]?.arn ?? '';
    const cells = held.filter(
      (group) => grantsWith(facts, group, isVoidDenial) && !asksForMfa(facts, arn, [group]),
    );
    if (cells.length === 0) continue;
    const grants = cells
      .flatMap(({ outcome }) => outcome.grants)
      .filter(({ policy, statement }) => {
        const one = facts.policies.statements(policy)?.[statement];
        return one !== undefined && isVoidDenial(one);
      });
    yield {
      kind: 'access',
      rule: denyIfAbsent,
      principal,
      cells,
      grants,
      says: 'the Deny does not apply if the request has no MFA key',
      example: { Condition: { BoolIfExists: { 'aws:MultiFactorAuthPresent': 'false' } } },
    };
  }
}

const isVoidDenial = ({ effect, conditions }: Statement): boolean =>
  effect === 'Deny' &&
  conditions.some(({ key, operator, values }) => {
    const test = operator.toLowerCase();
    if (test.endsWith('ifexists')) return false;
    if (key.toLowerCase() === MFA_KEY)
      return test === 'bool' && values.some((value) => value.toLowerCase() === 'false');
    return key.toLowerCase() === 'aws:multifactorauthage' && /^numericgreaterthan/.test(test);
  });
