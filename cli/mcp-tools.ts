import * as z from 'zod';
import { PATH_GROUPS } from './names.ts';

const PRINCIPAL = 'ARN, `user/alice`, `alice`, or a permission set of Identity Center';
const INSTANCE = 'instance id or Name tag';
const PATHS = `ids of access paths or groups (${PATH_GROUPS.join(', ')}), separated by commas`;

/** Values are passed as `--option=value`, so that a value is never read as an option. */
const options = (given: Readonly<Record<string, string | boolean | undefined>>): readonly string[] =>
  Object.entries(given).flatMap(([name, value]) => {
    if (value === undefined || value === false) return [];
    return value === true ? [`--${name}`] : [`--${name}=${value}`];
  });

const NARROWED = {
  people: z.boolean().optional().describe('only people: no machines, no outsiders'),
  limit: z.number().int().min(1).max(1000).optional().describe('how many to list; 100 if not given'),
};

const whoCan = z.object({
  principal: z.string().optional().describe(PRINCIPAL),
  instance: z.string().optional().describe(INSTANCE),
  path: z.string().optional().describe(PATHS),
  tag: z.string().optional().describe('only on instances with this tag, as `key=value`'),
  region: z.string().optional(),
  verdict: z.enum(['allowed', 'conditional', 'unknown']).optional(),
  group_by: z.enum(['principal', 'instance', 'cause']).optional().describe('count instead of list'),
  ...NARROWED,
});
const explain = z.object({
  principal: z.string().describe(PRINCIPAL),
  instance: z.string().describe(INSTANCE),
  path: z.string().describe(PATHS),
});
const findings = z.object({
  instance: z.string().optional().describe(`only findings about it: ${INSTANCE}`),
  severity: z.string().optional().describe('critical, high, medium, low or info, separated by commas'),
  rule: z.string().optional().describe('ids of rules, as `SSM-STAR`, separated by commas'),
  status: z
    .string()
    .optional()
    .describe('new, reopened, open, excepted or resolved, separated by commas; left out: all but resolved'),
  ...NARROWED,
});
const diff = z.object({ limit: NARROWED.limit });

/** A tool of the server: a verb of the command line with its parameters. */
export interface Tool {
  readonly name: string;
  readonly description: string;
  readonly input: z.ZodObject;
  /** the verb with its options, without `--in` and `--json` */
  readonly args: (input: unknown) => readonly string[];
}

const tool = <Input extends z.ZodObject>(
  name: string,
  description: string,
  input: Input,
  args: (given: z.infer<Input>) => readonly string[],
): Tool => ({ name, description, input, args: (given) => args(input.parse(given)) });

export const TOOLS: readonly Tool[] = [
  tool(
    'who_can',
    'Who can get onto which EC2 instance, by which access path, under which condition: the cells of the latest audit that are not denied. None means that nobody can, unless a note says that something was not collected.',
    whoCan,
    ({ limit: _, group_by, ...given }) => ['who-can', ...options({ ...given, 'group-by': group_by })],
  ),
  tool(
    'explain',
    'Why one principal can or cannot get onto one instance by a path: each request, each layer of policies, the deciding statements, and what remains to be true.',
    explain,
    (given) => ['explain', ...options(given)],
  ),
  tool(
    'findings',
    'Overly broad or dangerous access in the latest audit, the most severe first, with evidence and how to fix it.',
    findings,
    ({ limit: _, ...given }) => ['findings', ...options(given)],
  ),
  tool(
    'diff',
    'What changed between the last two audits, by cause: who gained or lost which access to which instances, and who made the change if an event names it.',
    diff,
    () => ['diff'],
  ),
];
