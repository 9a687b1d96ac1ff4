import { z } from 'zod';

const name = z.string().min(1);
const principal = name.describe(
  'a user, role or group: ARN, `user/alice`, `role/Deploy`, `group/ops`, or its name alone',
);
const policy = name.describe('a managed policy: ARN or name');
const document = z
  .record(z.string(), z.unknown())
  .nullable()
  .describe('the policy document; null: not known yet, so cells that depend on it are unknown');
const path = z
  .string()
  .regex(/^\/(.+\/)?$/, 'it does not begin and end with `/`')
  .describe('its path, `/` or `/teams/`')
  .default('/');
const tags = z.record(z.string(), z.string());
const port = z.int().min(-1).max(65_535).nullable();

const rule = z.strictObject({
  protocol: name.describe('`tcp`, `udp`, `icmp`, a number, or `-1` for all').default('tcp'),
  fromPort: port.default(null),
  toPort: port.default(null),
  cidrs: z.array(name).default([]),
  groups: z.array(name).default([]),
  prefixLists: z.array(name).default([]),
});

const change = <T extends string, S extends z.ZodRawShape>(type: T, about: string, shape: S) =>
  z.strictObject({ type: z.literal(type), ...shape }).describe(about);

/** One planned change, in the words of the API call that would make it. */
export const PlannedChange = z.discriminatedUnion('type', [
  change('put-policy', 'a managed policy says this; it is made if missing', { policy, document }),
  change('put-inline-policy', 'an inline policy says this; it is made if missing', {
    principal,
    policy: name,
    document,
  }),
  change('delete-inline-policy', 'an inline policy goes', { principal, policy: name }),
  change('attach-policy', 'a managed policy is attached', { principal, policy }),
  change('detach-policy', 'a managed policy is detached', { principal, policy }),
  change('put-trust', 'the trust policy of a role says this', { role: principal, document }),
  change('put-boundary', 'a managed policy becomes the permissions boundary', { principal, policy }),
  change('delete-boundary', 'the permissions boundary goes', { principal }),
  change('add-to-group', 'a user joins a group', { user: principal, group: principal }),
  change('remove-from-group', 'a user leaves a group', { user: principal, group: principal }),
  change('put-guardrail', 'a service or resource control policy says this', { policy: name, document }),
  change('create-user', 'a user comes', { name, path, tags: tags.default({}) }),
  change('create-role', 'a role comes', { name, path, trust: document, tags: tags.default({}) }),
  change('create-group', 'a group comes', { name, path }),
  change('delete-principal', 'a user or role goes', { principal }),
  change('tag', 'an instance, user or role gets these tags', { resource: name, tags }),
  change('untag', 'an instance, user or role loses the tags with these keys', {
    resource: name,
    keys: z.array(name),
  }),
  change('change-instance', 'an instance has another profile, other security groups, or another state', {
    instance: name,
    instanceProfile: name.nullable().optional().describe('ARN or name of the profile; null: none'),
    securityGroups: z.array(name).optional(),
    state: z.enum(['running', 'stopped']).optional(),
  }),
  change('put-instance-profile', 'an instance profile holds this role; it is made if missing', {
    instanceProfile: name.describe('ARN or name'),
    role: principal.nullable().describe('null: none'),
  }),
  change('add-instance', 'an instance comes that is like another, but for its id and tags', {
    id: name,
    like: name.describe('the id of an instance of the account'),
    tags: tags.optional().describe('left out: the tags of the other'),
  }),
  change('remove-instance', 'an instance goes', { instance: name }),
  change('add-security-group-rule', 'a security group lets more in', { group: name, rule }),
  change('remove-security-group-rule', 'a security group lets less in', { group: name, rule }),
]);

export type PlannedChange = z.output<typeof PlannedChange>;

/** The statements that a change writes, of a policy or of a trust policy. */
export function statementsOfChange(change: PlannedChange): readonly object[] {
  const document = 'document' in change ? change.document : 'trust' in change ? change.trust : null;
  return rawStatements(document);
}

/** The statements of a document, by index; empty if one of them is not an object. */
export function rawStatements(document: unknown): readonly object[] {
  if (typeof document !== 'object' || document === null) return [];
  const { Statement } = document as { readonly Statement?: unknown };
  const list: readonly unknown[] = Array.isArray(Statement) ? Statement : [Statement];
  return list.every((one) => typeof one === 'object' && one !== null) ? (list as readonly object[]) : [];
}
