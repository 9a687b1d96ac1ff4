import { kindsIn } from './access-path.ts';
import { ACCESS_PATHS } from './access-paths.ts';
import type { ResourceKind } from './resource-kinds.ts';

/** The actions that change the tags of an instance. */
export const TAGGING_ACTIONS = ['ec2:CreateTags', 'ec2:DeleteTags'];

/** Every action of a path. */
export const PATH_ACTIONS: readonly string[] = [
  ...new Set([
    ...ACCESS_PATHS.flatMap((path) =>
      path.alternatives.flatMap((one) =>
        one.requests.filter(({ unasked }) => !unasked).map((row) => row.action),
      ),
    ),
    ...TAGGING_ACTIONS,
  ]),
];

/** Every kind of resource that a request of a path is on; requests that change tags are on the instance. */
export const PATH_KINDS: ReadonlySet<ResourceKind> = kindsIn(ACCESS_PATHS).add('instance');

/** Services whose resources have no tags of EC2 or Systems Manager: tagging an instance does not tag these. */
const APART = /^(kms|ssmmessages):/;

/** Actions on resources whose tags `TAGGING_ACTIONS` may change. */
export const TAG_GATED_ACTIONS: readonly string[] = PATH_ACTIONS.filter((action) => !APART.test(action));
