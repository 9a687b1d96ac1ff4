import type { Report } from '../../lib/render/report.ts';
import { byHand, condition } from '../findings/by-hand.ts';
import { ACCOUNT_ID, account, allow, TAKEN_AT } from '../fixtures/account.ts';
import { driftOf, finding, USER } from './report-facts.ts';
import { withAlternative } from './reports.ts';

/**
 * Texts that an attacker may put into a name or a tag. Each contains a unique word, so that a test can find it
 * again.
 */
export const HOSTILE = {
  script: '<script>alert("pwned-script")</script>',
  close: '</script><img src=x onerror=alert(1)>pwned-close',
  attribute: '" onmouseover="alert(1)" x="pwned-attribute',
  formula: '=cmd()|pwned-formula',
  at: '@SUM(1+1)*pwned-at',
  proto: '__proto__',
  newline: 'pwned-newline\r\nBcc: victim@example.com\n\n<b>',
  emoji: 'pwned-emoji 👩‍🚀🔥',
  bidi: 'pwned-bidi \u202egnp.exe\u2066',
  invisible: 'pwned-\u200binvisible\u0000\u001b[31m',
  separator: 'pwned-separator\u2028\u2029',
  template: '${alert(1)}{{7*7}}pwned-template',
  surrogate: 'pwned-surrogate\ud800',
  link: 'javascript:alert(1)//pwned-link',
  comment: '<!--<script>pwned-comment',
  long: `pwned-long-${'x'.repeat(5000)}`,
  wide: `pwned-wide-${'𝕏'.repeat(3000)}`,
} as const;

export const HOSTILE_VALUES: readonly string[] = Object.values(HOSTILE);

/** An account in which every text that an attacker may choose is hostile. */
export function hostileReport(): Report {
  const users = HOSTILE_VALUES.map((name) => ({ name, policies: [{ name, document: allow('ssm:*') }] }));
  const snapshot = account({
    users,
    instances: HOSTILE_VALUES.map((value, index) => ({
      id: `i-${String(index).padStart(17, '0')}`,
      tags: [
        { key: 'Name', value },
        { key: value, value },
        { key: 'env', value },
      ],
    })),
  });
  const cells = HOSTILE_VALUES.flatMap((name) => [
    { who: name, path: 'run-command' as const, landsAs: [name], via: [name] },
    {
      who: name,
      path: 'session-manager' as const,
      condition: condition(`aws:RequestTag/${name}`, 'StringEquals', name),
    },
    {
      who: name,
      path: 'tag-rewrite' as const,
      opens: [{ principal: USER(name), path: 'run-command' as const, key: name, value: name }],
    },
  ]);
  const state = { verdict: 'denied', condition: null, landsAs: [] } as const;
  return {
    accountId: ACCOUNT_ID,
    takenAt: TAKEN_AT,
    previousAt: '2026-08-22T10:15:00.000Z',
    snapshot: {
      ...snapshot,
      coverage: HOSTILE_VALUES.map((value) => ({
        call: value,
        region: value,
        status: 'failed',
        detail: value,
        items: null,
      })),
    },
    matrix: byHand(snapshot, cells.map(withAlternative)),
    findings: HOSTILE_VALUES.map((value, index) =>
      finding('CMD-ALL', 'critical', {
        id: `f-${index}-${value}`,
        resource: value,
        title: value,
        cause: {
          kind: 'statement',
          resource: value,
          statements: [{ policy: value, statement: 0, sid: value }],
        },
        holders: [{ principal: USER(value), kind: 'person', instances: 1, paths: ['run-command'] }],
        paths: ['run-command'],
        regions: [value],
        evidence: [value],
        remediation: value,
        status: 'new',
      }),
    ),
    drift: HOSTILE_VALUES.map((value, index) =>
      driftOf(
        `drift-${index}`,
        {
          kind: 'tag',
          detail: value,
          eventId: `${index} ${value}`,
          eventName: value,
          actor: value,
          time: value,
          sourceIp: value,
        },
        [
          {
            change: 'gained',
            principals: [USER(value)],
            instances: [`i-${String(index).padStart(17, '0')}`],
            paths: ['run-command'],
            before: state,
            after: {
              verdict: 'conditional',
              condition: condition(value, 'StringEquals', value),
              landsAs: [value],
            },
          },
        ],
      ),
    ),
    problems: HOSTILE_VALUES.map((value) => ({ policy: value, problem: { path: value, message: value } })),
  };
}
