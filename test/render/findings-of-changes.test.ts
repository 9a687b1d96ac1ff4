import { expect, test } from 'vitest';
import type { Finding } from '../../lib/findings/finding.ts';
import { changesOf } from '../../lib/render/changes.ts';
import { carriedBy } from '../../lib/render/findings-of-changes.ts';
import { ALWAYS, driftOf, finding, INSTANCES, NONE, USER } from './report-facts.ts';

const gaining = (id: string, ...names: readonly string[]) =>
  driftOf(id, { kind: 'policy', detail: `${id} was changed` }, [
    {
      change: 'gained',
      principals: names.map(USER),
      instances: [INSTANCES[0][0]],
      paths: ['run-command'],
      before: NONE,
      after: ALWAYS,
    },
  ]);

const about = (names: readonly string[], given: Partial<Finding> = {}) =>
  finding('CMD-ALL', 'critical', {
    resource: 'arn:aws:iam::111122223333:group/everyone#everything',
    status: 'new',
    paths: ['run-command', 'session-manager'],
    holders: names.map((name) => ({
      principal: USER(name),
      kind: 'person',
      instances: 1,
      paths: ['run-command'],
    })),
    ...given,
  });

const changes = changesOf([gaining('first', 'mara', 'jo'), gaining('second', 'kim')]);

test.each<readonly [why: string, found: Finding, change: string | null]>([
  ['all holders gained by it', about(['mara', 'jo']), 'first'],
  ['a holder had it before', about(['mara', 'admin']), 'first'],
  ['only the first holders are listed', about(['mara', 'jo'], { holderCount: 870 }), 'first'],
  ['one holder gained by another change', about(['mara', 'kim']), null],
  ['nobody gained', about(['admin']), null],
  ['what somebody gained is something else', about(['mara'], { paths: ['user-data'] }), null],
  ['there is no holder', about([]), null],
  ['it stood and grew by both', about(['mara', 'kim'], { status: 'open' }), 'first'],
])('a finding belongs to the change that caused it: %s', (_, found, change) => {
  const { byChange, others } = carriedBy(changes, [found]);
  expect([...byChange.keys()]).toEqual(change === null ? [] : [change]);
  expect(others).toEqual(change === null ? [found] : []);
});
