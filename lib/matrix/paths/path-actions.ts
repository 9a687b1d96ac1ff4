import { ACCESS_PATHS } from './access-paths.ts';

/** The actions that change the tags of an instance. */
export const TAGGING_ACTIONS = ['ec2:CreateTags', 'ec2:DeleteTags'];

/** Every action that a path asks for. */
export const PATH_ACTIONS: readonly string[] = [
  ...new Set([
    ...ACCESS_PATHS.flatMap((path) =>
      path.alternatives.flatMap((one) => one.requests.map((row) => row.action)),
    ),
    ...TAGGING_ACTIONS,
  ]),
];
