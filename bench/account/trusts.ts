import type { DocumentJson } from './document.ts';

type Fields = Readonly<Record<string, unknown>>;

const trust = (principal: Fields, action: string | readonly string[], condition?: Fields): DocumentJson => ({
  Version: '2012-10-17',
  Statement: [
    { Effect: 'Allow', Principal: principal, Action: action, ...(condition && { Condition: condition }) },
  ],
});

const byService = new Map<string, DocumentJson>();

/** One document for all roles of a service. */
export function trustService(service: string): DocumentJson {
  const document = byService.get(service) ?? trust({ Service: service }, 'sts:AssumeRole');
  byService.set(service, document);
  return document;
}

/** https://docs.aws.amazon.com/singlesignon/latest/userguide/referencingpermissionsets.html */
export const trustIdentityCenter = (account: string): DocumentJson =>
  trust(
    { Federated: `arn:aws:iam::${account}:saml-provider/AWSSSO_1a2b3c4d5e6f7a8b_DO_NOT_DELETE` },
    ['sts:AssumeRoleWithSAML', 'sts:TagSession'],
    { StringEquals: { 'SAML:aud': 'https://signin.aws.amazon.com/saml' } },
  );

export const trustPipelines = (account: string, repository: string): DocumentJson =>
  trust(
    { Federated: `arn:aws:iam::${account}:oidc-provider/token.actions.githubusercontent.com` },
    'sts:AssumeRoleWithWebIdentity',
    {
      StringEquals: { 'token.actions.githubusercontent.com:aud': 'sts.amazonaws.com' },
      StringLike: { 'token.actions.githubusercontent.com:sub': `repo:example/${repository}:*` },
    },
  );

/** Anybody in the account whose own policies allow it, possibly only with MFA. */
export const trustAccount = (account: string, withMfa: boolean): DocumentJson =>
  trust(
    { AWS: `arn:aws:iam::${account}:root` },
    'sts:AssumeRole',
    withMfa ? { Bool: { 'aws:MultiFactorAuthPresent': 'true' } } : undefined,
  );

export const trustOutside = (account: string, externalId: string): DocumentJson =>
  trust({ AWS: `arn:aws:iam::${account}:root` }, 'sts:AssumeRole', {
    StringEquals: { 'sts:ExternalId': externalId },
  });

export const trustRoles = (arns: readonly string[]): DocumentJson =>
  trust({ AWS: arns.length === 1 ? (arns[0] as string) : arns }, 'sts:AssumeRole');
