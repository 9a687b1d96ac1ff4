import type { Tags } from '../../lib/snapshot/snapshot.ts';
import type { Random } from '../random.ts';
import type { Company } from './company.ts';
import type { DocumentJson } from './document.ts';
import type { PolicyShelf } from './policy-shelf.ts';

export type RoleKind =
  | 'instance'
  | 'team'
  | 'function'
  | 'service'
  | 'sso'
  | 'pipeline'
  | 'deploy'
  | 'vendor'
  | 'none'
  | 'linked'
  | 'self';

/** Plans a role of its kind, from a company and the role's number within its kind. */
export interface RolePlan {
  readonly name: string;
  readonly path: string;
  readonly trust: DocumentJson;
  readonly policies: readonly string[];
  readonly boundary?: string | null;
  readonly tags?: Tags;
  readonly profile?: boolean;
}

/** The inputs for planning a role. */
export interface RolePlace {
  readonly company: Company;
  readonly shelf: PolicyShelf;
  readonly random: Random;
  /** the number of roles of each kind */
  readonly counts: ReadonlyMap<RoleKind, number>;
  arn(path: string, name: string): string;
}
