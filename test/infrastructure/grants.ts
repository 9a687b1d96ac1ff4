import { simulateLine } from '../../lib/evaluator/simulate.ts';
import { ACCOUNT, MEMBER, ORGANIZATION, REGION, RESOURCES } from './recorded-calls.ts';
import type { Resource, Statement, Template } from './template.ts';

/** Parameter values of a deployment that uses all of them. */
const PARAMETERS: Readonly<Record<string, string>> = {
  MailFrom: RESOURCES.sender,
  MailIdentityArn: RESOURCES.identity,
  MemberRoleName: 'latchkey-member',
  ExternalId: 'an-external-id',
  OrganizationId: ORGANIZATION,
  CollectRoleArn: `arn:aws:iam::${ACCOUNT}:role/CollectRole`,
  CheckRoleArn: `arn:aws:iam::${ACCOUNT}:role/CheckRole`,
};

const ARNS: Readonly<Record<string, (id: string) => string>> = {
  'AWS::S3::Bucket': () => `arn:aws:s3:::${RESOURCES.bucket}`,
  'AWS::SQS::Queue': (id) => `arn:aws:sqs:${REGION}:${ACCOUNT}:${id}`,
  'AWS::SNS::Topic': (id) => `arn:aws:sns:${REGION}:${ACCOUNT}:${id}`,
  'AWS::KMS::Key': (id) => `arn:aws:kms:${REGION}:${ACCOUNT}:key/${id}`,
  'AWS::Lambda::Function': (id) => `arn:aws:lambda:${REGION}:${ACCOUNT}:function:${id}`,
  'AWS::StepFunctions::StateMachine': (id) => `arn:aws:states:${REGION}:${ACCOUNT}:stateMachine:${id}`,
};

/** A document of a template as AWS has it after the stack was created in `account`. */
export function resolved(template: Template, document: unknown, account = ACCOUNT): unknown {
  const pseudo: Record<string, string> = {
    'AWS::Partition': 'aws',
    'AWS::Region': REGION,
    'AWS::AccountId': account,
    ...PARAMETERS,
  };
  const arnOf = (id: string): string => {
    const type = template.Resources[id]?.Type ?? '';
    return ARNS[type]?.(id) ?? `arn:aws:example:${REGION}:${account}:${id}`;
  };
  const named = (name: string): string => pseudo[name] ?? arnOf(name.replace(/\.Arn$/, ''));
  return JSON.parse(JSON.stringify(document), (_, value) => {
    if (value === null || typeof value !== 'object') return value;
    const { Ref, 'Fn::Sub': sub, 'Fn::GetAtt': attribute, 'Fn::If': choice } = value;
    if (typeof Ref === 'string') return named(Ref);
    if (typeof sub === 'string')
      return sub.replaceAll(/\$\{([^}]+)\}/g, (_whole, name: string) => named(name));
    if (Array.isArray(attribute)) return arnOf(attribute[0]);
    return Array.isArray(choice) ? choice[1] : value;
  });
}

interface PolicyDocument {
  readonly Statement: readonly Statement[];
}

/**
 * The permissions of a role of a template: its own policies, and those of the template that refer to it or that it
 * refers to.
 */
export function policiesOf(template: Template, role: string, account = ACCOUNT): readonly PolicyDocument[] {
  const { Policies = [], ManagedPolicyArns = [] } = template.Resources[role]?.Properties ?? {};
  const attached = Object.entries(template.Resources).filter(
    ([id, { Type, Properties }]: readonly [string, Resource]) =>
      Type === 'AWS::IAM::ManagedPolicy' &&
      [
        ...ManagedPolicyArns,
        ...(Properties.Roles ?? []).map(({ Ref }: { Ref: string }) => Ref === role && { Ref: id }),
      ].some((one: { Ref?: string } | false) => one !== false && one.Ref === id),
  );
  const documents = [...Policies, ...attached.map(([, { Properties }]) => Properties)].map(
    ({ PolicyDocument }) => PolicyDocument,
  );
  return resolved(template, documents, account) as readonly PolicyDocument[];
}

/** A permission that a call needs. */
export interface Asks {
  readonly action: string;
  readonly resource: string;
  /** the account, if it is not the one in the ARN */
  readonly resourceAccount?: string;
  readonly context?: Readonly<Record<string, string>>;
  /** the resource's own policy, if it must allow the caller as well */
  readonly resourcePolicy?: unknown;
}

/** The evaluator's decision on whether a role's policies allow what a call needs. */
export function decisionOn(policies: readonly PolicyDocument[], role: string, asks: Asks): string {
  const answer = simulateLine(
    JSON.stringify({
      principal: `arn:aws:iam::${role === 'MemberRole' ? MEMBER : ACCOUNT}:role/${role}`,
      context: {},
      ...asks,
      identityPolicies: policies,
    }),
  );
  return 'error' in answer ? answer.error : answer.decision;
}
