import type { CompiledPolicy } from '../evaluator/compile.ts';
import { compileRecord } from '../matrix/account/compile-record.ts';
import { ACCESS_PATHS } from '../matrix/paths/access-paths.ts';
import type { PathId } from '../matrix/paths/cell.ts';
import { COMMAND_DOCUMENTS } from '../matrix/paths/command-documents.ts';
import type { AccountParts } from './compose.ts';
import type { StatementJson } from './edit.ts';
import { areOnInstances, denialOf } from './path-denials.ts';
import type { FixTags } from './tags.ts';

/** https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-instance-connect-configure-IAM-role.html */
export const OS_USERS: readonly string[] = ['ec2-user', 'ubuntu'];

/** The largest number of instances that a fix lists by ARN. */
export const MOST_ARNS = 30;

type Where = Pick<AccountParts, 'partition' | 'accountId'>;

export const allInstances = ({ partition, accountId }: Where): string =>
  `arn:${partition}:ec2:*:${accountId}:instance/*`;

export const allDocuments = ({ partition }: Where): string => `arn:${partition}:ssm:*:*:document/*`;

/** https://docs.aws.amazon.com/systems-manager/latest/userguide/getting-started-restrict-access-examples.html */
export function othersSessions({ partition }: Where): StatementJson {
  const own = ['username', 'userid'].map((who) => `arn:${partition}:ssm:*:*:session/\${aws:${who}}-*`);
  return { Effect: 'Deny', Action: ['ssm:ResumeSession', 'ssm:TerminateSession'], NotResource: own };
}

/** https://docs.aws.amazon.com/systems-manager/latest/userguide/run-command-setting-up.html */
export function commandDocuments({ partition }: Where): StatementJson {
  const names = COMMAND_DOCUMENTS.map(([name]) => `arn:${partition}:ssm:*:*:document/${name}`);
  return { Effect: 'Deny', Action: 'ssm:SendCommand', Resource: names };
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/tutorial_attribute-based-access-control.html */
export const ownValueOf = (key: string): Readonly<Record<string, string>> => ({
  [`aws:ResourceTag/${key}`]: `\${aws:PrincipalTag/${key}}`,
});

export const onInstances = (paths: readonly PathId[]): readonly PathId[] =>
  paths.filter((path) => areOnInstances([path]));

/**
 * One policy with every limit that a form may add. A matrix that distinguishes all of these from the start rarely
 * needs a rebuild for one of them.
 */
export function plannedLimits(places: Where, tags: FixTags): CompiledPolicy {
  const paths = onInstances(ACCESS_PATHS.map(({ id }) => id));
  const limited = (Condition: unknown): readonly StatementJson[] =>
    denialOf(paths, { Resource: allInstances(places), Condition });
  const { productionArns: arns } = tags;
  const Statement = [
    ...limited({ StringEquals: { 'ec2:osuser': OS_USERS } }),
    ...limited({ StringNotEquals: { 'ec2:osuser': OS_USERS } }),
    othersSessions(places),
    commandDocuments(places),
    { Effect: 'Deny', Action: 'ssm:SendCommand', Resource: allDocuments(places) },
    ...tags.keys
      .map(ownValueOf)
      .flatMap((own) => [...limited({ StringEquals: own }), ...limited({ StringNotEquals: own })]),
    ...tags.production.flatMap(([key, values]) =>
      limited({ StringEquals: { [`aws:ResourceTag/${key}`]: values } }),
    ),
    ...(arns.length > 0 && arns.length <= MOST_ARNS ? denialOf(paths, { Resource: arns }) : []),
  ];
  return compileRecord({
    ...{ id: 'planned limits', name: 'planned limits', kind: 'inline', problems: [] },
    document: { Version: '2012-10-17', Statement },
  });
}
