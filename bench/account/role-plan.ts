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

/** What makes a role of its kind, out of a company and the number of the role among its kind. */
export interface RolePlan {
  readonly name: string;
  readonly path: string;
  readonly trust: DocumentJson;
  readonly policies: readonly string[];
  readonly boundary?: string | null;
  readonly tags?: Tags;
  readonly profile?: boolean;
}

/** Everything that a kind of role is planned with. */
export interface RolePlace {
  readonly company: Company;
  readonly shelf: PolicyShelf;
  readonly random: Random;
  /** how many roles of each kind there will be */
  readonly counts: ReadonlyMap<RoleKind, number>;
  arn(path: string, name: string): string;
}
