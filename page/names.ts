import { shortPrincipal, ssoName } from '../lib/render/names.ts';

/** `SSO AdministratorAccess` of a permission set's role, else as everywhere: `user/alice`. */
export const principalName = (arn: string): string => ssoName(arn) ?? shortPrincipal(arn);

/** What a policy is called: the end of its id. */
export function policyName(id: string): string {
  return id.slice(Math.max(id.lastIndexOf('/'), id.lastIndexOf('#')) + 1);
}
