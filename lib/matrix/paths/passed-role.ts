import type { Beside, Existing } from './escalation.ts';

/** A service to which a role is passed: the source, and the requests that create and start it; see `escalations.ts`. */
export type PassedRoleRow = readonly [
  service: string,
  references: readonly string[],
  ...made: readonly (readonly [
    action: string,
    on: `new:${string}` | 'any' | 'foreign-runbooks' | `existing:${Existing}` | `beside:${Beside}`,
    context?: Readonly<Record<string, string>>,
  ])[],
];

export const page = (id: string): readonly string[] => [`https://pathfinding.cloud/paths/${id}`];
