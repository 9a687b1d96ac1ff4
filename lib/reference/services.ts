import data from './services.json' with { type: 'json' };

const covered: ReadonlySet<string> = new Set(data.resourceControlPolicies);

/**
 * Whether resource control policies apply to the actions of a service (its prefix, any case).
 * https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html
 */
export function rcpCovers(service: string): boolean {
  return covered.has(service.toLowerCase());
}
