import { describe, expect, test } from 'vitest';
import { keepsStrangersOut, sharedProvider } from '../../lib/reference/shared-oidc-providers.ts';

const arn = (url: string): string => `arn:aws:iam::111122223333:oidc-provider/${url}`;

// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_oidc_secure-by-default.html
const BY_SUBJECT = [
  'agent.buildkite.com',
  'oidc.codefresh.io',
  'studio.datachain.ai/api',
  'token.actions.githubusercontent.com',
  'vstoken.actions.githubusercontent.com',
  'gitlab.com',
  'api.pulumi.com/oidc',
  'scalr.io',
  'tokens.cloud.shisho.dev',
  'app.terraform.io',
  'proidc.upbound.io',
  'oidc.vercel.com',
];
const BY_AUDIENCE = [
  'cognito-identity.amazonaws.com',
  'api.pulumi.com/oidc',
  'sandboxes.cloud',
  'oidc.vercel.com',
  'accounts.google.com',
];

describe('a provider that many customers share', () => {
  test.each([...new Set([...BY_SUBJECT, ...BY_AUDIENCE, 'www.amazon.com', 'graph.facebook.com'])])(
    '%s',
    (url) => {
      expect([sharedProvider(arn(url)), sharedProvider(url)]).toEqual([url, url]);
    },
  );

  test.each([
    'oidc.eks.eu-west-1.amazonaws.com/id/ABC',
    'token.actions.githubusercontent.com/acme',
    'constructor',
  ])('is not %s', (url) => {
    expect(sharedProvider(arn(url))).toBeNull();
  });
});

describe('strangers are kept out', () => {
  test.each(BY_SUBJECT)('of %s by the first part of the subject, not by a wildcard in its place', (url) => {
    const by = (value: string): boolean => keepsStrangersOut(url, `${url}:sub`, value);
    expect([by('repo:acme/app:*'), by('organization:acme:*'), by('repo:acme/app')]).toEqual([
      true,
      true,
      true,
    ]);
    expect([by('*'), by('repo:*'), by('repo:ac*/app:*'), by('repo:?cme/*')]).toEqual([
      false,
      false,
      false,
      false,
    ]);
  });

  test.each(BY_AUDIENCE)('of %s by the whole audience', (url) => {
    const by = (value: string): boolean => keepsStrangersOut(url, `${url}:aud`, value);
    expect([by('acme'), by('ac*'), by('acm?'), by('')]).toEqual([true, false, false, false]);
  });

  test.each([
    ['token.actions.githubusercontent.com', 'repository', 'acme/app', true],
    ['token.actions.githubusercontent.com', 'repository', 'acme/*', true],
    ['token.actions.githubusercontent.com', 'repository', '*/app', false],
    ['token.actions.githubusercontent.com', 'repository', 'acme', true],
    ['token.actions.githubusercontent.com', 'repository', 'ac*', false],
    ['gitlab.com', 'sub', 'acme', true],
    ['gitlab.com', 'sub', '*:project_path:acme/app', false],
    ['accounts.google.com', 'aud', '*acme', false],
    ['token.actions.githubusercontent.com', 'repository_id', '12', true],
    ['token.actions.githubusercontent.com', 'repository_owner', 'acme', true],
    ['token.actions.githubusercontent.com', 'repository_owner', 'ac*', false],
    ['token.actions.githubusercontent.com', 'repository_owner_id', '12', true],
    ['token.actions.githubusercontent.com', 'enterprise_id', '12', true],
    ['token.actions.githubusercontent.com', 'aud', 'sts.amazonaws.com', false],
    ['token.actions.githubusercontent.com', 'actor', 'ada', false],
    ['oidc-configuration.audit-log.githubusercontent.com', 'sub', 'https://github.com/acme', true],
    ['accounts.google.com', 'azp', 'x', true],
    ['accounts.google.com', 'sub', 'x', true],
    ['accounts.google.com', 'email', 'ada@example.com', true],
    ['accounts.google.com', 'hd', 'example.com', true],
    ['www.amazon.com', 'app_id', 'x', true],
    ['www.amazon.com', 'user_id', 'x', true],
    ['graph.facebook.com', 'app_id', 'x', true],
    ['graph.facebook.com', 'id', 'x', true],
    ['gitlab.com', 'constructor', 'x', false],
    ['gitlab.com', '__proto__', 'x', false],
    ['nobody.example', 'sub', 'acme', false],
  ])('of %s by %s = %s: %s', (url, claim, value, keeps) => {
    expect(keepsStrangersOut(url, `${url}:${claim}`, value)).toBe(keeps);
  });

  test('of Windows by the name of the session', () => {
    const url = 'sts.windows.net/33e01921-4d64-4f8c-a055-5bdaffd5e33d';
    expect(keepsStrangersOut(url, 'sts:rolesessionname', 'x')).toBe(true);
    expect(keepsStrangersOut(url, `${url}:sub`, 'x')).toBe(false);
  });
});
