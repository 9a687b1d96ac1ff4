import { OrganizationsClient } from '@aws-sdk/client-organizations';
import { awsClient } from './clients.ts';

/** The client of the account that a function runs in. */
export const organizationsClient = (region: string): OrganizationsClient =>
  awsClient(OrganizationsClient, { region });
