import type { PolicyChange } from '../findings/fix.ts';
import { jsonLine } from '../policy/quoted.ts';
import { awsCommand } from '../policy/shell-word.ts';
import { permissionSetOf } from '../snapshot/permission-set.ts';

/** A name that hides characters is none for a shell; a line that is left out would say that nothing is to be done. */
const BY_HAND = '# a name in this change hides characters: make it by hand, as `change` has it';

/** The lines of the AWS CLI that make changes, for a POSIX shell. */
export function commandsOf(changes: readonly PolicyChange[]): readonly string[] {
  return changes.map((change) => commandOf(change) ?? BY_HAND);
}

function commandOf(change: PolicyChange): string | null {
  switch (change.type) {
    case 'put-policy':
      return awsCommand('iam create-policy-version', {
        'policy-arn': change.policy,
        ...{ 'set-as-default': true, 'policy-document': jsonLine(change.document) },
      });
    case 'put-inline-policy': {
      const document = jsonLine(change.document);
      return (
        ofPermissionSet(change.principal, 'put-inline-policy-to', { 'inline-policy': document }) ??
        ofHolder(change.principal, 'put', { 'policy-name': change.policy, 'policy-document': document })
      );
    }
    case 'delete-inline-policy':
      return (
        ofPermissionSet(change.principal, 'delete-inline-policy-from', {}) ??
        ofHolder(change.principal, 'delete', { 'policy-name': change.policy })
      );
    case 'detach-policy':
      return (
        ofPermissionSet(change.principal, 'detach-managed-policy-from', {
          'managed-policy-arn': change.policy,
        }) ?? ofHolder(change.principal, 'detach', { 'policy-arn': change.policy })
      );
    case 'put-trust':
      return awsCommand('iam update-assume-role-policy', {
        ...{ 'role-name': holderOf(change.role).name, 'policy-document': jsonLine(change.document) },
      });
  }
}

type Options = Readonly<Record<string, string>>;

function ofHolder(principal: string, verb: string, options: Options): string | null {
  const { kind, name } = holderOf(principal);
  return awsCommand(`iam ${verb}-${kind}-policy`, { [`${kind}-name`]: name, ...options });
}

function holderOf(arn: string): { readonly kind: string; readonly name: string } {
  const resource = arn.split(':').slice(5).join(':');
  const kind = /^(user|group|role)\//.exec(resource)?.[1] ?? 'role';
  return { kind, name: resource.slice(resource.lastIndexOf('/') + 1) };
}

/** IAM Identity Center writes the roles of a permission set: they are changed there. Null: it is no such role. */
function ofPermissionSet(principal: string, verb: string, options: Options): string | null {
  const set = permissionSetOf(principal);
  if (set === null) return null;
  // the shell puts in the variable
  return awsCommand(`sso-admin ${verb}-permission-set --instance-arn "$INSTANCE_ARN"`, {
    ...{ 'permission-set-arn': `<ARN of permission set ${set}>`, ...options },
  });
}
