import { shortPrincipal, ssoName } from '../lib/render/names.ts';

/** `SSO AdministratorAccess` for a permission set's role; otherwise `user/alice`, or `instance i-0abc` in a chain. */
export const principalName = (arn: string): string =>
  ssoName(arn) ?? shortPrincipal(arn).replace(/^arn:[^:]*:ec2:.*:instance\/(i-[0-9a-f]+)$/, 'instance $1');

/** The name of a policy: the end of its id. */
export function shortPolicy(id: string): string {
  return id.slice(Math.max(id.lastIndexOf('/'), id.lastIndexOf('#')) + 1);
}
