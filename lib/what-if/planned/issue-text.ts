import type { z } from 'zod';

const KINDS: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a JSON object',
  record: 'a JSON object',
};

/** The problem of a value in a file, without names of programming types. */
export function issueText(issue: z.core.$ZodIssue | undefined): string {
  if (issue === undefined) return 'cannot be read';
  if (issue.code === 'invalid_type') {
    // only zod's message contains the received type
    if (issue.message.endsWith('received undefined')) return 'it is missing';
    const kind = KINDS[issue.expected];
    if (kind !== undefined) return `it is not ${kind}`;
  }
  if (issue.code === 'too_small' && issue.origin === 'string') return 'it is empty';
  if (issue.code === 'too_small') return `it is less than ${issue.minimum}`;
  if (issue.code === 'too_big') return `it is more than ${issue.maximum}`;
  return issue.message.replace(/^[A-Z]/, (letter) => letter.toLowerCase());
}
