import * as z from 'zod/mini';
import { clientsFor } from '../lib/adapters/aws/clients.ts';
import { identityCenterAsked } from '../lib/adapters/aws/identity-center-asked.ts';
import { organizationAccounts } from '../lib/adapters/aws/organization-accounts.ts';
import { organizationGuardrails } from '../lib/adapters/aws/organization-guardrails.ts';
import { organizationsClient } from '../lib/adapters/aws/organizations-client.ts';
import { s3Client, s3Store } from '../lib/adapters/aws/s3-store.ts';
import { readDirectory } from '../lib/pipeline/central-identity-center.ts';
import { plan } from '../lib/pipeline/plan.ts';
import { readEnvironment, SETTINGS } from './environment.ts';
import { clock, logger, observed } from './observe.ts';

const { AWS_REGION, ACCOUNT_ID, ACCOUNT_IDS, BUCKET } = SETTINGS;
const settings = readEnvironment(z.object({ AWS_REGION, ACCOUNT_ID, ACCOUNT_IDS, BUCKET }));
const organizations = organizationsClient(settings.AWS_REGION);
const store = s3Store(s3Client(settings.AWS_REGION), settings.BUCKET);
const ask = identityCenterAsked(clientsFor({ region: settings.AWS_REGION }));
const ports = {
  ownAccount: async () => settings.ACCOUNT_ID,
  organization: organizationAccounts(organizations),
  guardrails: (readAt: string) =>
    organizationGuardrails(organizations, { readBy: settings.ACCOUNT_ID, readAt }),
  directory: (run: string) => readDirectory({ ask, readBy: settings.ACCOUNT_ID, shared: { store, run } }),
  store,
  clock,
};

/** First state of a scan: names the run and its accounts. The input of the schedule is ignored. */
export const handler = observed().handler(async () => {
  const { suspended, guardrails, directory, ...planned } = await plan(ports, {
    accountIds: settings.ACCOUNT_IDS,
  });
  const accounts = 'accounts' in planned ? planned.accounts.length : planned.list;
  logger.info('planned', { run: planned.run, accounts, suspended, guardrails, directory });
  return planned;
});
