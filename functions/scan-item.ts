import * as z from 'zod/mini';

/** What the state machine passes to the functions for one account of a run. */
export const scanItem = z.object({
  run: z.string().check(z.minLength(1)),
  accountId: z.string().check(z.regex(/^\d{12}$/, '12 digits')),
  prefix: z.string(),
});
