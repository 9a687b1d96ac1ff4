import type { PolicyChange } from '../findings/fix.ts';
import { jsonLine } from '../policy/quoted.ts';
import { awsCommand, shellWord } from '../policy/shell-word.ts';
import type { IdentityCenter } from '../snapshot/identity-center.ts';
import { permissionSetOf } from '../snapshot/permission-set.ts';

/**
 * A name with hidden characters cannot be typed in a shell; without this line it would seem that nothing is to be done.
 */
const BY_HAND = '# a name in this change hides characters: make it by hand, as `change` has it';

/**
 * The lines of the AWS CLI that make changes, for a POSIX shell. A changed permission set is provisioned last, as its
 * roles stay what they are until then. Without `center` its lines contain `$INSTANCE_ARN` and a placeholder.
 * https://docs.aws.amazon.com/singlesignon/latest/APIReference/API_ProvisionPermissionSet.html
 */
export function commandsOf(changes: readonly PolicyChange[], center?: IdentityCenter): readonly string[] {
  const sets = changes.flatMap(
    (change) => ('principal' in change ? permissionSetOf(change.principal) : null) ?? [],
  );
  const provision = [...new Set(sets)].map((set) =>
    ofSet({ set, center }, 'provision', { 'target-type': 'ALL_PROVISIONED_ACCOUNTS' }),
  );
  return [...changes.map((change) => commandOf(change, center)), ...provision].map((line) => line ?? BY_HAND);
}

function commandOf(change: PolicyChange, center: IdentityCenter | undefined): string | null {
  switch (change.type) {
    case 'put-policy':
      return awsCommand('iam create-policy-version', {
        'policy-arn': change.policy,
        ...{ 'set-as-default': true, 'policy-document': jsonLine(change.document) },
      });
    case 'put-trust':
      return awsCommand('iam update-assume-role-policy', {
        ...{ 'role-name': holderOf(change.role).name, 'policy-document': jsonLine(change.document) },
      });
    case 'remove-from-group':
      return awsCommand('iam remove-user-from-group', {
        ...{ 'user-name': holderOf(change.user).name, 'group-name': holderOf(change.group).name },
      });
    default: {
      const set = permissionSetOf(change.principal);
      return set === null ? ofHolder(change) : ofPermissionSet(change, { set, center });
    }
  }
}

type HolderChange = Exclude<
  PolicyChange,
  { readonly type: 'put-policy' | 'put-trust' | 'remove-from-group' }
>;

function ofHolder(change: HolderChange): string | null {
  const { kind, name } = holderOf(change.principal);
  const call = (verb: string, options: Options) =>
    awsCommand(`iam ${verb}-${kind}-policy`, { [`${kind}-name`]: name, ...options });
  switch (change.type) {
    case 'put-inline-policy':
      return call('put', { 'policy-name': change.policy, 'policy-document': jsonLine(change.document) });
    case 'delete-inline-policy':
      return call('delete', { 'policy-name': change.policy });
    case 'detach-policy':
      return call('detach', { 'policy-arn': change.policy });
  }
}

function holderOf(arn: string): { readonly kind: string; readonly name: string } {
  const resource = arn.split(':').slice(5).join(':');
  const kind = /^(user|group|role)\//.exec(resource)?.[1] ?? 'role';
  return { kind, name: resource.slice(resource.lastIndexOf('/') + 1) };
}

type Options = Readonly<Record<string, string>>;

interface NamedSet {
  readonly set: string;
  readonly center: IdentityCenter | undefined;
}

/** IAM Identity Center writes the roles of a permission set: they are changed there. */
function ofPermissionSet(change: HolderChange, named: NamedSet): string | null {
  switch (change.type) {
    case 'put-inline-policy':
      return ofSet(named, 'put-inline-policy-to', { 'inline-policy': jsonLine(change.document) });
    case 'delete-inline-policy':
      return ofSet(named, 'delete-inline-policy-from', {});
    case 'detach-policy':
      return change.policy.includes(':iam::aws:')
        ? ofSet(named, 'detach-managed-policy-from', { 'managed-policy-arn': change.policy })
        : ofSet(named, 'detach-customer-managed-policy-reference-from', {
            'customer-managed-policy-reference': policyReference(change.policy),
          });
  }
}

/**
 * A permission set refers to a policy of the account by name and path. As JSON, because commas have a meaning in the
 * short form.
 */
function policyReference(arn: string): string {
  const name = arn.slice(arn.indexOf(':policy/') + ':policy'.length);
  const at = name.lastIndexOf('/') + 1;
  return JSON.stringify({ Name: name.slice(at), Path: name.slice(0, at) });
}

function ofSet({ set, center }: NamedSet, verb: string, options: Options): string | null {
  const instance = center?.instance && shellWord(center.instance.arn);
  const arn = center?.permissionSets.find(({ name }) => name === set)?.arn;
  // the shell replaces the variable
  return awsCommand(`sso-admin ${verb}-permission-set --instance-arn ${instance ?? '"$INSTANCE_ARN"'}`, {
    ...{ 'permission-set-arn': arn ?? `<ARN of permission set ${set}>`, ...options },
  });
}
