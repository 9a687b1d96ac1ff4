import { callName } from '../collect/aws-call.ts';
import { CALLS } from '../collect/calls.ts';
import { sha256 } from '../findings/sha256.ts';
import { ACCESS_PATHS } from '../matrix/paths/access-paths.ts';

/** Increased when the same snapshot gives other cells, so that runs of earlier releases are evaluated again. */
const VERSION = 5;

/** Identifies how a run was read and evaluated: by which calls, and for which access paths. */
export const JUDGING = sha256(
  [VERSION, ...ACCESS_PATHS.map(({ id }) => id), ...CALLS.map(callName)].join(),
).slice(0, 12);
