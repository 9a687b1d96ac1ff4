import { SERVICE_KEYS, type ServiceLists } from '../../lib/snapshot/services.ts';

/** A region in which no service is set up to do anything. */
export const EMPTY_SERVICES = Object.fromEntries(
  Object.keys(SERVICE_KEYS).map((field) => [field, []]),
) as unknown as ServiceLists;
