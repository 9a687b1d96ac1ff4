import { describe, expect, it } from 'vitest';
import { didYouMean, nearest } from '../../lib/policy/nearest.ts';

const paths = [
  'ec2-instance-connect',
  'session-manager',
  'session-manager-ssh',
  'run-command',
  'user-data',
  'power',
];

describe('nearest', () => {
  it.each([
    ['sesion-manager', 'session-manager'],
    ['session-manger-ssh', 'session-manager-ssh'],
    ['run_command', 'run-command'],
    ['POWER', 'power'],
    ['pwoer', 'power'],
    ['connect', 'ec2-instance-connect'],
  ])('%s means %s', (typed, meant) => {
    expect(nearest(typed, paths)).toBe(meant);
  });
  it('returns null if nothing is near', () => {
    expect(nearest('xyzzy-plugh-quux', paths)).toBeNull();
    expect(nearest('a', [])).toBeNull();
    expect(didYouMean('zzzz', ['abcdefgh'])).toBe('');
  });
  it('makes a question of the word', () => {
    expect(didYouMean('pwer', paths)).toBe(' (did you mean `power`?)');
  });
  it('makes few comparisons for a very long word', () => {
    expect(nearest('a'.repeat(1_000_000), paths)).toBeNull();
  });
});
