import { permissionSetOf } from '../../snapshot/permission-set.ts';
import type { Expected } from './expected.ts';

/**
 * Whether it is one of the declared administrators: by ARN, by kind and name, or by the permission set of the
 * role.
 */
export function isAdministrator({ administrators }: Expected, arn: string): boolean {
  if (administrators.length === 0) return false;
  const names = namesOf(arn);
  return administrators.some((one) => names.includes(one));
}

function namesOf(arn: string): readonly string[] {
  const resource = arn.split(':').slice(5).join(':');
  const kind = resource.slice(0, resource.indexOf('/'));
  const set = permissionSetOf(arn);
  return [
    arn,
    resource,
    `${kind}/${resource.slice(resource.lastIndexOf('/') + 1)}`,
    ...(set === null ? [] : [`permission-set/${set}`]),
  ];
}
