/** How the value of a claim shows the customer of a shared provider. */
type Tenant = 'whole' | 'first part' | 'owner';

/**
 * OpenID Connect providers that many customers share, and the claims that identify a customer. Everyone who
 * signs up gets a token, so a trust policy that limits none of these claims allows everybody.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_oidc_secure-by-default.html (July 2026)
 * The last three need no provider in IAM:
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html#condition-keys-wif
 */
const PROVIDERS: Readonly<Record<string, Readonly<Record<string, Tenant>>>> = {
  'cognito-identity.amazonaws.com': { aud: 'whole' },
  'sts.windows.net/33e01921-4d64-4f8c-a055-5bdaffd5e33d': { 'sts:rolesessionname': 'whole' },
  'agent.buildkite.com': { sub: 'first part' },
  'oidc.codefresh.io': { sub: 'first part' },
  'studio.datachain.ai/api': { sub: 'first part' },
  'token.actions.githubusercontent.com': {
    sub: 'first part',
    repository: 'owner',
    repository_id: 'whole',
    repository_owner: 'whole',
    repository_owner_id: 'whole',
    enterprise_id: 'whole',
  },
  'oidc-configuration.audit-log.githubusercontent.com': { sub: 'whole' },
  'vstoken.actions.githubusercontent.com': { sub: 'first part' },
  'gitlab.com': { sub: 'first part' },
  'api.pulumi.com/oidc': { aud: 'whole', sub: 'first part' },
  'sandboxes.cloud': { aud: 'whole' },
  'scalr.io': { sub: 'first part' },
  'tokens.cloud.shisho.dev': { sub: 'first part' },
  'app.terraform.io': { sub: 'first part' },
  'proidc.upbound.io': { sub: 'first part' },
  'oidc.vercel.com': { aud: 'whole', sub: 'first part' },
  'accounts.google.com': { aud: 'whole', azp: 'whole', sub: 'whole', email: 'whole', hd: 'whole' },
  'www.amazon.com': { app_id: 'whole', user_id: 'whole' },
  'graph.facebook.com': { app_id: 'whole', id: 'whole' },
};

/** The fixed part of a pattern that identifies the customer: `repo:acme/`, `organization:acme:`, `acme/`. */
const NAMES_ITS_TENANT: Readonly<Record<Tenant, RegExp>> = {
  whole: /^[^*?]+$/,
  'first part': /^([^*?]+$|[^*?:]+:[^*?:/]+[:/])/,
  owner: /^([^*?]+$|[^*?/]+\/)/,
};

/**
 * `arn:aws:iam::<account>:oidc-provider/token.actions.githubusercontent.com`, or the host alone; null: not
 * shared.
 */
export function sharedProvider(federated: string): string | null {
  const url = /:oidc-provider\/(.+)$/.exec(federated)?.[1] ?? federated;
  // GitHub also has one for each enterprise, below its own
  return Object.hasOwn(PROVIDERS, url) ? url : null;
}

/**
 * True if the value of a condition key in a trust policy excludes other customers. `key` in lower case;
 * `isLiteral`: a wildcard is a character, so the value is that of one customer, or of nobody.
 */
export function keepsStrangersOut(
  provider: string,
  key: string,
  value: string,
  isLiteral: boolean = false,
): boolean {
  const claim = key.startsWith(`${provider}:`) ? key.slice(provider.length + 1) : key;
  const claims = PROVIDERS[provider] ?? {};
  // a policy may name any claim, `constructor` included
  const tenant = Object.hasOwn(claims, claim) ? claims[claim] : undefined;
  return tenant !== undefined && (isLiteral || NAMES_ITS_TENANT[tenant].test(value));
}
