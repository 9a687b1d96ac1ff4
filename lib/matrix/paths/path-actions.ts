import { ACCESS_PATHS } from './access-paths.ts';

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

/**
 * Services whose resources do not belong to EC2 or Systems Manager: tagging an instance does not tag these.
 */
const APART = /^(kms|ssmmessages):/;

/** The actions whose resource may have its tags changed by `TAGGING_ACTIONS`. */
export const TAG_GATED_ACTIONS: readonly string[] = PATH_ACTIONS.filter((action) => !APART.test(action));
