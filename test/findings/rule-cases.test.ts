import { expect, it } from 'vitest';
import { findFindings } from '../../lib/findings/find.ts';
import { buildMatrix } from '../../lib/matrix/build.ts';
import { account } from '../fixtures/account.ts';
import { RULE_CASES } from './rule-cases.ts';

it.each(RULE_CASES.map(([rule, says, input, about, more = {}]) => [rule, says, input, about, more] as const))(
  '%s: %s',
  (rule, _says, input, about, more) => {
    const snapshot = account(input);
    const findings = findFindings({
      snapshot,
      matrix: buildMatrix(snapshot),
      previous: [],
      at: '2026-08-23T10:20:00.000Z',
      ...more,
    });
    const found = findings.filter(({ rules }) => rules.includes(rule));
    const names = found.map(({ holders, cause }) =>
      (holders[0]?.principal ?? cause.resource).split(/[/:]/).at(cause.kind === 'exception' ? 0 : -1),
    );
    expect(names).toEqual(about === null ? [] : [about]);
    for (const { title, remediation, evidence } of found) {
      expect(title).not.toMatch(/undefined|NaN|\[object/);
      expect([remediation, ...evidence].join()).not.toMatch(/undefined|NaN|\[object/);
      expect(evidence.length).toBeGreaterThan(0);
    }
  },
);
