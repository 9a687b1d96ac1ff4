import { expect, test } from 'vitest';
import type { PathId } from '../../lib/matrix/paths/cell.ts';
import { gainText } from '../../lib/render/change-words.ts';
import { changesOf } from '../../lib/render/changes.ts';
import { ALWAYS, driftOf, INSTANCES, MFA, NONE, USER } from './report-facts.ts';

const IF_MFA = { verdict: 'conditional', condition: MFA } as const;

test.each<
  readonly [state: typeof ALWAYS | (typeof IF_MFA & { landsAs: string[] }), path: PathId, what: string]
>([
  [ALWAYS, 'run-command', 'root'],
  [{ ...IF_MFA, landsAs: ['root'] }, 'run-command', 'root under a condition'],
  [{ ...IF_MFA, landsAs: ['*'] }, 'ec2-instance-connect', 'root under a condition'],
  [{ ...IF_MFA, landsAs: ['ops'] }, 'ec2-instance-connect', 'a shell under a condition'],
  [{ ...IF_MFA, landsAs: [] }, 'console-read', 'Reading the console under a condition'],
])('the strongest gained access: %j by %s', (after, path, what) => {
  const gained = { change: 'gained', principals: [USER('mara')], instances: [INSTANCES[0][0]] } as const;
  const before = {
    ...gained,
    paths: ['console-read'],
    before: NONE,
    after: { ...IF_MFA, landsAs: [] },
  } as const;
  const drift = driftOf('one', { kind: 'policy', detail: 'a policy was changed' }, [
    before,
    { ...gained, paths: [path], before: NONE, after },
  ]);
  const [change] = changesOf([drift]);
  expect(change && gainText(change)).toBe(`user/mara gained ${what} on 1 instance`);
});
