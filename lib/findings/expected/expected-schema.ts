import * as z from 'zod/mini';

const told = (about: string) => z.describe(about);
const text = z.string().check(z.minLength(1), z.maxLength(2000));
const line = z.string().check(z.regex(/^[^\r\n]{1,300}$/));
const texts = z.array(text).check(z.maxLength(1000));
const accountId = z.string().check(z.regex(/^\d{12}$/), told('an account id: 12 digits, in quotes'));

/** The member `granted` of an exception. */
const granted = z
  .strictObject({
    statements: z.optional(
      z.array(z.unknown()).check(told('the statements that grant it, as they were written')),
    ),
    principals: z.optional(texts.check(told('ARNs of those who hold it'))),
    paths: z.optional(texts.check(told('ids of access paths'))),
    conditions: z.optional(texts.check(told('what has to hold, where all of it is conditional'))),
    limits: z.optional(texts.check(told('policies that keep a part of it shut'))),
    broad: z.optional(z.boolean().check(told('it takes in instances that are still to come'))),
    opens: z.optional(texts.check(told('of a place, what is open there'))),
  })
  .check(told('what is accepted, as `latchkey except` writes it: more than that ends the exception'));

const exception = z.strictObject({
  account: accountId.check(told('the account that it is about: 12 digits, in quotes')),
  rules: z.array(line).check(z.minLength(1), told('ids of finding rules')),
  statement: z.optional(
    z
      .strictObject({
        policy: text.check(told('ARN of a managed policy, `<owner ARN>#<name>` of an inline one')),
        statement: z.int().check(z.nonnegative(), told('its number, counted from 0')),
        sid: z.optional(z.string()),
      })
      .check(told('the statement that grants it, and those equal to it in inline policies')),
  ),
  principal: z.optional(text.check(told('only what this user or role holds: its ARN'))),
  resource: z.optional(
    text.check(told('the trust policy, group, template or setting that a finding is about: its ARN')),
  ),
  instances: z.optional(z.array(line).check(z.minLength(1), told('only on these instances: their ids'))),
  tag: z.optional(
    z.strictObject({ key: text, value: z.string() }).check(told('only on instances with this tag')),
  ),
  owner: line.check(told('who answers for it')),
  reason: text.check(told('why it is accepted')),
  ticket: line.check(told('where it was decided')),
  until: z
    .string()
    .check(z.regex(/^\d{4}-\d{2}-\d{2}$/), told('the last day, as `2027-01-31`: a year ahead at most')),
  granted,
});

const team = z.strictObject({
  name: z
    .string()
    .check(
      z.regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$/),
      told('letters, digits, `.`, `_` and `-`, 40 at most'),
    ),
  to: z
    .array(z.string().check(z.regex(/^[^@\s,;<>]{1,64}@[^@\s,;<>]{1,255}$/), told('an address')))
    .check(z.minLength(1), z.maxLength(50), told('who gets it: addresses')),
  accounts: z.optional(z.array(accountId).check(z.minLength(1), told('only about these accounts'))),
  tag: z.optional(
    z
      .strictObject({ key: text, value: z.string() })
      .check(told('only about instances with this tag, letter by letter')),
  ),
});

/** `latchkey.yml`. A test compares docs/schema/latchkey.schema.json with it. */
export const ExpectedFile = z.strictObject({
  administrators: z.optional(
    z
      .array(z.string().check(z.regex(/^(arn:[^\s]+|(user|role|permission-set)\/[^\s]+)$/)))
      .check(
        told(
          'principals that may do everything: ARN, `user/NAME`, `role/NAME` or `permission-set/NAME`. What they hold is told in a section of its own',
        ),
      ),
  ),
  knownAccounts: z.optional(
    z.array(accountId).check(told('accounts that may be trusted and shared with: 12 digits, in quotes')),
  ),
  production: z.optional(
    z
      .array(z.strictObject({ key: text, values: z.array(z.string()).check(z.minLength(1)) }))
      .check(
        z.minLength(1),
        told(
          'tags that mark an instance as production, in any case; left out: `env` or `environment` with `prod` or `production`',
        ),
      ),
  ),
  exceptions: z.optional(z.array(exception).check(told('findings that are accepted for a time'))),
  teams: z.optional(
    z.array(team).check(z.maxLength(200), told('who gets a digest of their own, by account or tag')),
  ),
});
