import { expect, test } from 'vitest';
import type { CellState, Drift } from '../../lib/drift/drift.ts';
import type { PathId } from '../../lib/matrix/paths/cell.ts';
import { gainShort, gainText } from '../../lib/render/change-words.ts';
import { changesOf, driftSeverity, whoText } from '../../lib/render/changes.ts';
import { stateText } from '../../lib/render/state-text.ts';
import { condition } from '../findings/by-hand.ts';
import { driftOf } from './report-facts.ts';
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

function drift(path: PathId, before: CellState, after: CellState, more: Partial<Drift['cause']> = {}): Drift {
  const change = before === NONE ? 'gained' : after === NONE ? 'lost' : 'changed';
  const group = { change, principals: ['p'], instances: ['i'], paths: [path], before, after } as const;
  return driftOf('d', { kind: 'policy', detail: 'd', ...more }, [group]);
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
  expect(driftSeverity({ path, before, after })).toBe(severity);
  expect(changesOf([drift(path, before, after)])[0]?.severity).toBe(severity);
});

test.each<[CellState, string]>([
  [NONE, 'none'],
  [OPEN, 'always'],
  [ROOT, 'always, as root'],
  [ANYONE, 'always, as any OS user'],
  [UNKNOWN, 'unknown'],
  [{ ...OPEN, landsAs: ['as the document says'] }, 'always, as the document says'],
  [MFA, `only if ${MFA.condition?.text}`],
])('a state is described in words: %j', (state, text) => {
  expect(stateText(state)).toBe(text);
});

test('the worst cause comes first, with its worst group and path', () => {
  const changes = changesOf(fullReport().drift.toReversed());
  expect(changes.map((change) => [change.severity, change.cause.kind, change.rows.length])).toEqual([
    ['critical', 'attachment', 1],
    ['info', 'policy', 1],
    ['info', 'tag', 1],
  ]);
  expect(changes[0]?.rows[0]?.instances).toHaveLength(8);
  expect(changes[0]?.counts.gained).toBe(8);
  const [one] = changesOf([
    driftOf('d', { kind: 'policy', detail: 'd' }, [
      { change: 'gained', principals: ['p'], instances: ['i'], paths: ['power'], before: NONE, after: OPEN },
      {
        ...{ change: 'gained', principals: ['q'], instances: ['i'] },
        ...{ paths: ['power', 'run-command'], before: NONE, after: OPEN },
      },
    ]),
  ]);
  expect(one?.rows.map(({ severity, paths }) => [severity, paths])).toEqual([
    ['critical', ['run-command', 'power']],
    ['medium', ['power']],
  ]);
  expect(changesOf([])).toEqual([]);
});

test('instances that are like others are information only', () => {
  expect(changesOf([drift('run-command', NONE, ROOT, { kind: 'instance', alike: true })])[0]?.severity).toBe(
    'info',
  );
  expect(changesOf([drift('run-command', NONE, ROOT, { kind: 'instance' })])[0]?.severity).toBe('critical');
});

test.each([
  [10, 10, NONE, MFA, 'critical'],
  [10, 9, NONE, MFA, 'high'],
  [9, 10, NONE, MFA, 'high'],
  [10, 10, ROOT, MFA, 'info'],
  [10, 10, MFA, { ...MFA, landsAs: ['root'] }, 'medium'],
])('to %s principals on %s instances, from %j to %j', (principals, instances, before, after, severity) => {
  const one = drift('run-command', before, after);
  const [change] = changesOf([{ ...one, counts: { ...one.counts, principals, instances } }]);
  expect(change?.severity).toBe(severity);
});

test.each([
  [1, null, 'p'],
  [1, 1, 'p'],
  [1200, null, '1,200 principals'],
  [1200, 0, '1,200 principals'],
  [12, 12, '12 people'],
  [12, 1, '1 person and 11 other principals'],
])('of %s principals %s are people: %s', (principals, people, text) => {
  const one = drift('power', NONE, OPEN);
  const [change] = changesOf([{ ...one, counts: { ...one.counts, principals, people } }]);
  expect(whoText(change!)).toBe(text);
});

test('a fleet that was replaced is reported as such, since nobody gained anything', () => {
  const one = (change: 'gained' | 'lost', instances: readonly string[]) => ({
    ...{ change, principals: ['p', 'q'], instances, paths: ['run-command' as const] },
    ...(change === 'gained' ? { before: NONE, after: ROOT } : { before: ROOT, after: NONE }),
  });
  const textOf = (...groups: Parameters<typeof driftOf>[2]) => {
    const [change] = changesOf([driftOf('d', { kind: 'instance', detail: 'd', alike: true }, groups)]);
    return change && [gainText(change), gainShort(change)];
  };
  const words = '2 instances came, 1 went: the same 2 principals reach them';
  expect(textOf(one('gained', ['i-1', 'i-2']), one('lost', ['i-3']))).toEqual([words, words]);
  expect(textOf(one('lost', ['i-3']))?.[0]).toBe('1 instance went: the same 2 principals reach it');
});
