import { expect, test } from 'vitest';
import type { CellState, Drift } from '../../lib/drift/drift.ts';
import type { PathId } from '../../lib/matrix/paths/cell.ts';
import { changesOf, driftSeverity, stateText } from '../../lib/render/changes.ts';
import { condition } from '../findings/by-hand.ts';
import { fullReport } from './reports.ts';

const NONE: CellState = { verdict: 'denied', condition: null, landsAs: [] };
const ROOT: CellState = { verdict: 'allowed', condition: null, landsAs: ['root'] };
const ANYONE: CellState = { verdict: 'allowed', condition: null, landsAs: ['*'] };
const DEPLOY: CellState = { verdict: 'allowed', condition: null, landsAs: ['deploy'] };
const OPEN: CellState = { verdict: 'allowed', condition: null, landsAs: [] };
const MFA: CellState = {
  verdict: 'conditional',
  condition: condition('aws:MultiFactorAuthPresent', 'Bool', 'true'),
  landsAs: [],
};
const UNKNOWN: CellState = { verdict: 'unknown', condition: null, landsAs: [] };

function drift(path: PathId, before: CellState, after: CellState): Drift {
  const change = before === NONE ? 'gained' : after === NONE ? 'lost' : 'changed';
  return {
    change,
    principal: 'p',
    instance: 'i',
    path,
    before,
    after,
    cause: { kind: 'policy', detail: 'd' },
  };
}

test.each<[string, PathId, CellState, CellState, string]>([
  ['root gained', 'run-command', NONE, ROOT, 'critical'],
  ['any OS user gained', 'ec2-instance-connect', NONE, ANYONE, 'critical'],
  ['a shell as a user without sudo', 'ec2-instance-connect', NONE, DEPLOY, 'high'],
  ['root under a condition', 'run-command', NONE, MFA, 'high'],
  ['root, a condition gone', 'run-command', MFA, ROOT, 'critical'],
  ['a user that may become root now', 'ec2-instance-connect', DEPLOY, ANYONE, 'critical'],
  ['another condition on root', 'run-command', MFA, { ...MFA }, 'medium'],
  ['root, unknown', 'run-command', NONE, UNKNOWN, 'high'],
  ['no shell', 'session-manager-ssh', NONE, OPEN, 'medium'],
  ['no shell, conditional', 'power', NONE, MFA, 'low'],
  ['no shell, another condition', 'power', MFA, { ...MFA }, 'low'],
  ['a condition added', 'run-command', ROOT, MFA, 'info'],
  ['fewer OS users', 'ec2-instance-connect', ANYONE, DEPLOY, 'info'],
  ['lost', 'run-command', ROOT, NONE, 'info'],
])('%s', (_, path, before, after, severity) => {
  expect(driftSeverity(drift(path, before, after))).toBe(severity);
});

test.each<[CellState, string]>([
  [NONE, 'none'],
  [OPEN, 'always'],
  [ROOT, 'always, as root'],
  [ANYONE, 'always, as any OS user, root included'],
  [UNKNOWN, 'unknown'],
  [{ ...OPEN, landsAs: ['as the document says'] }, 'always, as the document says'],
  [MFA, `only if ${MFA.condition?.text}`],
])('a state in words: %j', (state, text) => {
  expect(stateText(state)).toBe(text);
});

test('drift folds by cause, then by what changed alike; the worst comes first', () => {
  const changes = changesOf(fullReport().drift);
  expect(changes.map((change) => [change.severity, change.cause.kind, change.rows.length])).toEqual([
    ['critical', 'attachment', 1],
    ['info', 'policy', 1],
    ['info', 'tag', 1],
  ]);
  expect(changes[0]?.rows[0]?.instances).toHaveLength(8);
  expect(changes[0]?.gained).toBe(8);
});

test('two events are two causes even where they read alike', () => {
  const one = drift('power', NONE, OPEN);
  const cause = (eventId: string) => ({ ...one, cause: { ...one.cause, eventId } });
  expect(changesOf([cause('1'), cause('2'), cause('1')]).map((change) => change.gained)).toEqual([2, 1]);
  expect(changesOf([])).toEqual([]);
});
