import { setTimeout as sleep } from 'node:timers/promises';
import {
  GenerateCredentialReportCommand,
  GetCredentialReportCommand,
  type IAMClient,
} from '@aws-sdk/client-iam';

const TRIES = 10;
const PAUSE_MS = 2000;

/**
 * IAM writes the report on request and keeps it for four hours, so a request is cheap.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_getting-report.html
 */
export async function credentialReport(iam: IAMClient): Promise<object> {
  for (let attempt = 1; attempt < TRIES; attempt++) {
    const { State } = await iam.send(new GenerateCredentialReportCommand({}));
    if (State === 'COMPLETE') break;
    await sleep(PAUSE_MS);
  }
  return iam.send(new GetCredentialReportCommand({}));
}
