import type { FixChange } from '../findings/fix.ts';
import { jsonLine } from '../policy/quoted.ts';
import { quotedWord } from '../policy/shell-word.ts';
import { permissionSetOf } from '../snapshot/permission-set.ts';

/** The lines of the AWS CLI that make changes, for a POSIX shell. */
export function commandsOf(changes: readonly FixChange[]): readonly string[] {
  return changes.map(commandOf);
}

function commandOf(change: FixChange): string {
  switch (change.type) {
    case 'put-policy':
      return `aws iam create-policy-version --policy-arn ${word(change.policy)} --set-as-default --policy-document ${document(change.document)}`;
    case 'put-inline-policy': {
      const set = permissionSetOf(change.principal);
      if (set !== null)
        return ofPermissionSet(
          set,
          `put-inline-policy-to-permission-set`,
          `--inline-policy ${document(change.document)}`,
        );
      return `aws iam put-${owned(change.principal, change.policy)} --policy-document ${document(change.document)}`;
    }
    case 'delete-inline-policy': {
      const set = permissionSetOf(change.principal);
      if (set !== null) return ofPermissionSet(set, 'delete-inline-policy-from-permission-set', '');
      return `aws iam delete-${owned(change.principal, change.policy)}`;
    }
    case 'detach-policy': {
      const set = permissionSetOf(change.principal);
      if (set !== null)
        return ofPermissionSet(
          set,
          'detach-managed-policy-from-permission-set',
          `--managed-policy-arn ${word(change.policy)}`,
        );
      const { kind, name } = nameOf(change.principal);
      return `aws iam detach-${kind}-policy --${kind}-name ${word(name)} --policy-arn ${word(change.policy)}`;
    }
    case 'put-trust':
      return `aws iam update-assume-role-policy --role-name ${word(nameOf(change.role).name)} --policy-document ${document(change.document)}`;
  }
}

function owned(principal: string, policy: string): string {
  const { kind, name } = nameOf(principal);
  return `${kind}-policy --${kind}-name ${word(name)} --policy-name ${word(policy)}`;
}

function nameOf(arn: string): { readonly kind: string; readonly name: string } {
  const resource = arn.split(':').slice(5).join(':');
  const kind = /^(user|group|role)\//.exec(resource)?.[1] ?? 'role';
  return { kind, name: resource.slice(resource.lastIndexOf('/') + 1) };
}

/** IAM Identity Center writes the roles of a permission set: they are changed there. */
const ofPermissionSet = (set: string, verb: string, rest: string): string =>
  `aws sso-admin ${verb} --instance-arn "$INSTANCE_ARN" --permission-set-arn ${word(`<ARN of permission set ${set}>`)} ${rest}`.trimEnd();

const document = (value: object): string => word(jsonLine(value));

/** One word of a shell, whatever is in it; characters that could forge a line are none of a name that IAM takes. */
const word = (text: string): string => quotedWord(text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, '?'));
