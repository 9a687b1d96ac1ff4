/** How the output of the AWS CLI begins if it is no JSON, and what it is then. */
const KINDS: readonly (readonly [RegExp, string])[] = [
  [
    /^(usage:|aws: error:|(\S+: )?An error occurred \()/,
    'it is a message of the AWS CLI: the command failed',
  ],
  [/^(-{4,}|\+[-=]{2,}|\|)/, 'it is a table: use `--output json`'],
  [/^[A-Z][A-Z0-9]{2,}\t/, 'it is text: use `--output json`'],
  [/^(- )?["']?[A-Za-z][\w-]*["']?:(\s|$)/, 'it is YAML: use `--output json`'],
  [/^</, 'it is HTML or XML: use `--output json`'],
];

/** Read at most. */
const BEGIN = 1000;

/** What a text is that is no JSON, and what to do; null: it is none of the known kinds. */
export function otherOutput(text: string): string | null {
  const [first = ''] = text.slice(0, BEGIN).trimStart().split('\n');
  return KINDS.find(([begins]) => begins.test(first))?.[1] ?? null;
}
