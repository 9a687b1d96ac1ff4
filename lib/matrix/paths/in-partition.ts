import { servicePrincipalNames } from '../../reference/service-principals.ts';
import type { Escalation } from './escalation.ts';
import { PASSED_TO, passedTo } from './escalations.ts';

/**
 * AWS's own policy for App Runner passes roles to a service with another name than the one that roles trust. Either
 * name counts. https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSAppRunnerFullAccess.html
 */
const ALSO_PASSED_AS: ReadonlyMap<string, string> = new Map([
  ['tasks.apprunner.amazonaws.com', 'apprunner.amazonaws.com'],
]);

/** The names of a service in `iam:PassedToService`. */
function namesOfPassing(service: string, partition: string): readonly string[] {
  const other = ALSO_PASSED_AS.get(service);
  const also = other === undefined ? [] : servicePrincipalNames(other, partition);
  return [...servicePrincipalNames(service, partition), ...also];
}

/** The row once for each name of its service in a partition. */
export function inPartition(row: Escalation, partition: string): readonly Escalation[] {
  const service = passedTo(row);
  const names = service === null ? [] : namesOfPassing(service, partition);
  if (names.length < 2) return [row];
  return names.map((name) => ({
    ...row,
    requests: row.requests.map((request) =>
      request.context?.[PASSED_TO] === undefined
        ? request
        : { ...request, context: { ...request.context, [PASSED_TO]: name } },
    ),
  }));
}
