import { shortPrincipal } from '../lib/render/names.ts';

/** `SSO AdministratorAccess` of a permission set's role, else as everywhere: `user/alice`. */
export function principalName(arn: string): string {
  const set = /\/AWSReservedSSO_([^/]+)_[0-9a-f]{16}$/.exec(arn)?.[1];
  return set === undefined ? shortPrincipal(arn) : `SSO ${set}`;
}

/** What a policy is called: the end of its id. */
export function policyName(id: string): string {
  return id.slice(Math.max(id.lastIndexOf('/'), id.lastIndexOf('#')) + 1);
}
