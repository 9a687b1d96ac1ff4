import * as z from 'zod/mini';
import { plan } from '../lib/pipeline/plan.ts';
import { readEnvironment, SETTINGS } from './environment.ts';
import { clock, logger, observed } from './observe.ts';

const { ACCOUNT_ID, ACCOUNT_IDS } = SETTINGS;
const settings = readEnvironment(z.object({ ACCOUNT_ID, ACCOUNT_IDS }));
const ports = { ownAccount: async () => settings.ACCOUNT_ID, clock };

/** First state of a scan: names the run and the accounts in it. The schedule's input is not looked at. */
export const handler = observed().handler(async () => {
  const planned = await plan(ports, { accountIds: settings.ACCOUNT_IDS });
  logger.info('planned', { run: planned.run, accounts: planned.accounts.length });
  return planned;
});
