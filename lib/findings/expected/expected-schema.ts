import * as z from 'zod/mini';

const described = (about: string) => z.describe(about);
const text = z.string().check(z.minLength(1), z.maxLength(2000));
const line = z.string().check(z.regex(/^[^\r\n]{1,300}$/));
const texts = z.array(text).check(z.maxLength(1000));
const accountId = z.string().check(z.regex(/^\d{12}$/), described('an account id: 12 digits, in quotes'));

/** The member `granted` of an exception. */
const granted = z
  .strictObject({
    statements: z.optional(
      z.array(z.unknown()).check(described('the statements that grant it, as they were written')),
    ),
    principals: z.optional(texts.check(described('ARNs of its holders'))),
    paths: z.optional(texts.check(described('ids of access paths'))),
    conditions: z.optional(texts.check(described('its conditions, if all of it is conditional'))),
    limits: z.optional(texts.check(described('policies that close a part of it'))),
    broad: z.optional(z.boolean().check(described('it includes future instances'))),
    opens: z.optional(texts.check(described('for a place: what is open there'))),
  })
  .check(described('what is accepted, as `latchkey except` writes it: more than that ends the exception'));

const exception = z.strictObject({
  account: accountId.check(described('the account that it applies to: 12 digits, in quotes')),
  rules: z.array(line).check(z.minLength(1), described('ids of finding rules')),
  statement: z.optional(
    z
      .strictObject({
        policy: text.check(described('ARN of a managed policy, `<owner ARN>#<name>` of an inline one')),
        statement: z.int().check(z.nonnegative(), described('its number, counted from 0')),
        sid: z.optional(z.string()),
      })
      .check(described('the statement that grants it, and those equal to it in inline policies')),
  ),
  principal: z.optional(text.check(described('only the access of this user or role: its ARN'))),
  resource: z.optional(
    text.check(described('the trust policy, group, template or setting that a finding is about: its ARN')),
  ),
  instances: z.optional(z.array(line).check(z.minLength(1), described('only on these instances: their ids'))),
  tag: z.optional(
    z.strictObject({ key: text, value: z.string() }).check(described('only on instances with this tag')),
  ),
  owner: line.check(described('who is responsible for it')),
  reason: text.check(described('why it is accepted')),
  ticket: line.check(described('where it was decided')),
  until: z
    .string()
    .check(z.regex(/^\d{4}-\d{2}-\d{2}$/), described('the last day, as `2027-01-31`: a year ahead at most')),
  granted,
});

const team = z.strictObject({
  name: z
    .string()
    .check(
      z.regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$/),
      described('letters, digits, `.`, `_` and `-`, 40 at most'),
    ),
  to: z
    .array(z.string().check(z.regex(/^[^@\s,;<>]{1,64}@[^@\s,;<>]{1,255}$/), described('an address')))
    .check(z.minLength(1), z.maxLength(50), described('receivers: addresses')),
  accounts: z.optional(z.array(accountId).check(z.minLength(1), described('only about these accounts'))),
  tag: z.optional(
    z
      .strictObject({ key: text, value: z.string() })
      .check(described('only about instances with this tag, case-sensitive')),
  ),
});

/** `latchkey.yml`. A test compares docs/schema/latchkey.schema.json with it. */
export const ExpectedSchema = z.strictObject({
  administrators: z.optional(
    z
      .array(z.string().check(z.regex(/^(arn:[^\s]+|(user|role|permission-set)\/[^\s]+)$/)))
      .check(
        described(
          'principals that may do everything: ARN, `user/NAME`, `role/NAME` or `permission-set/NAME`. Their access is reported in a separate section',
        ),
      ),
  ),
  knownAccounts: z.optional(
    z.array(accountId).check(described('accounts that may be trusted and shared with: 12 digits, in quotes')),
  ),
  production: z.optional(
    z
      .array(z.strictObject({ key: text, values: z.array(z.string()).check(z.minLength(1)) }))
      .check(
        z.minLength(1),
        described(
          'tags that mark an instance as production, in any case; left out: `env` or `environment` with `prod` or `production`',
        ),
      ),
  ),
  exceptions: z.optional(z.array(exception).check(described('findings that are accepted for a time'))),
  teams: z.optional(
    z.array(team).check(z.maxLength(200), described('teams with a digest of their own, by account or tag')),
  ),
});
