/** What ARNs of a kind begin with, up to the part that differs, and whether their ids have slashes. */
export interface ArnShape {
  readonly service: string;
  readonly type: string;
  readonly idsHavePaths?: true;
}

/** What is known of the resources that a request may be made on; what they are, for an instance, is in `account/targets.ts`. */
export interface KindRow {
  /**
   * What of an instance they depend on, beside its region: names of its fingerprint (`classes/instance-fingerprints.ts`).
   * None: they are the same for all instances of a region.
   */
  readonly observes: readonly string[];
  /** where there may be several: those that no policy tells apart are asked about once */
  readonly arns?: ArnShape;
}

/** The key that tells for which instance a role is passed. */
export const PASSED_FOR = 'iam:associatedresourcearn';

const ec2 = (type: string): ArnShape => ({ service: 'ec2', type: `${type}/` });

/** Every kind of resource that a request of a path is made on. */
export const RESOURCE_KINDS = {
  /** actions that are never limited to a resource */
  any: { observes: [] },
  instance: { observes: ['instance'] },
  'root-volume': { observes: ['volumes'], arns: ec2('volume') },
  volumes: { observes: ['volumes'], arns: ec2('volume') },
  'security-groups': { observes: ['security-groups'], arns: ec2('security-group') },
  'network-interfaces': { observes: ['network-interfaces'], arns: ec2('network-interface') },
  endpoints: { observes: ['endpoint', 'addresses'] },
  'ec2-roles': { observes: [PASSED_FOR], arns: { service: 'iam', type: 'role/', idsHavePaths: true } },
  /** of everybody else: they depend on who asks, and have rows of their own (`rows/session-rows.ts`) */
  sessions: { observes: [] },
  'new-snapshot': { observes: [] },
  'new-image': { observes: [] },
  'own-session-documents': {
    observes: [],
    arns: { service: 'ssm', type: 'document/', idsHavePaths: true },
  },
} as const satisfies Readonly<Record<string, KindRow>>;

const DOCUMENT: KindRow = { observes: [] };

/**
 * The resource that a request is made on, as a function of the instance. The plural ones stand for each in turn: any of
 * them will do. A document is named.
 */
export type ResourceKind = keyof typeof RESOURCE_KINDS | `document:${string}`;

export function kindRow(kind: ResourceKind): KindRow {
  return kind.startsWith('document:') ? DOCUMENT : RESOURCE_KINDS[kind as keyof typeof RESOURCE_KINDS];
}

/** Are the resources the same for all instances of a region? */
export function isRegional(kind: ResourceKind): boolean {
  return kindRow(kind).observes.length === 0;
}
