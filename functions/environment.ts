import process from 'node:process';
import * as z from 'zod/mini';

const accountId = z.string().check(z.regex(/^\d{12}$/, '12 digits'));
const text = z.string().check(z.minLength(1, 'a value'));

/** `a, b` -> ['a', 'b']; an empty setting is an empty list. */
const list = z.pipe(
  z.string(),
  z.transform((listed: string) => listed.split(',').flatMap((item) => item.trim() || [])),
);

/** The settings that serverless.yml gives to functions, by name. A function picks the ones that it uses. */
export const SETTINGS = {
  AWS_REGION: text,
  /** the account of the deployment */
  ACCOUNT_ID: accountId,
  /** `aws`, `aws-cn`, `aws-us-gov` */
  PARTITION: text,
  /** accounts to scan; empty: the account of the deployment */
  ACCOUNT_IDS: list,
  /** regions to read; empty: all enabled regions of each account */
  REGIONS: list,
  MEMBER_ROLE_NAME: z.string(),
  EXTERNAL_ID: z.string(),
  /** whether Session Manager's default document needs no grant of its own */
  DEFAULT_SESSION_DOCUMENT: z.enum(['either', 'explicit', 'implicit']),
  /** days after which runs are deleted; 0: never */
  RUN_RETENTION_DAYS: z.pipe(z.string().check(z.regex(/^\d{1,5}$/, 'a number of days')), z.transform(Number)),
  BUCKET: text,
  /** where the reports are served; ``: links lead to the S3 console */
  REPORT_URL: z._default(z.string(), ''),
  /** ARN */
  TOPIC: text,
  /** `chat`: subscriptions by HTTPS get the form that AWS's chat client shows */
  ALERT_FORM: z._default(z.enum(['text', 'chat']), 'text'),
  /** the URL of the queue from which events are received and to which they are passed on */
  EVENTS: text,
  /** the URL of the queue for unreadable events */
  DEAD_LETTERS: text,
  MAIL_FROM: z.string(),
  MAIL_TO: list,
  /** the sender's identity in another account; ``: in this one */
  MAIL_IDENTITY_ARN: z.string(),
} as const;

/**
 * Reads a function's settings at its start. Throws one error that names everything that is wrong with them.
 */
export function readEnvironment<Shape extends z.core.$ZodLooseShape>(
  schema: z.ZodMiniObject<Shape>,
  environment: NodeJS.ProcessEnv = process.env,
): z.output<z.ZodMiniObject<Shape>> {
  const read = z.safeParse(schema, environment);
  if (read.success) return read.data;
  const wrong = read.error.issues.map(({ path, message }) => `\`${path.join('.')}\`: ${message}`);
  throw new Error(
    `the function's environment cannot be read: ${wrong.join('; ')}: deploy the stack again, or set what is missing`,
  );
}
