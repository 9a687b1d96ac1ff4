import type { Alternative } from './access-path.ts';
import { on, onInstance } from './requests-of-paths.ts';

const ROLE_PASSED = on('iam:PassRole', 'ec2-roles');
const UNREAD_PASSED = on('iam:PassRole', 'unread-roles');

/** The same with a role whose trust policy was not read; at most unknown. */
const withUnreadRole = (one: Alternative): Alternative => ({
  ...one,
  id: `${one.id}, trust policy not read`,
  requests: one.requests.map((row) => (row === ROLE_PASSED ? UNREAD_PASSED : row)),
});

/**
 * The instance gets another profile, or its profile another role: then all instances of the profile get that role.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_switch-role-ec2_instance-profiles.html
 */
const SWAPS: readonly Alternative[] = [
  ...['ec2:AssociateIamInstanceProfile', 'ec2:ReplaceIamInstanceProfileAssociation'].map((action) => ({
    id: action,
    requests: [onInstance(action), ROLE_PASSED],
  })),
  {
    id: 'iam:AddRoleToInstanceProfile',
    requests: [
      on('iam:RemoveRoleFromInstanceProfile', 'instance-profile'),
      on('iam:AddRoleToInstanceProfile', 'instance-profile'),
      ROLE_PASSED,
    ],
  },
];

export const PROFILE_SWAPS: readonly Alternative[] = [...SWAPS, ...SWAPS.map(withUnreadRole)];
