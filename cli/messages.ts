import { visible } from '../lib/render/escape.ts';

/** A message as one line: it may contain a name out of an account or any typed text. */
export const oneLine = (text: string): string => visible(text.replace(/\s*\n\s*/g, ': ').trim());

/** Error codes of the file system, with what happened and what to do. */
const FAULTS: ReadonlyMap<string, string> = new Map([
  ['ENOSPC', 'no space is left on the disk: free some, and run it again'],
  ['EDQUOT', 'your share of the disk is used up: free some of it, and run it again'],
  ['EACCES', 'permission denied: check its permissions, or name another folder'],
  ['EROFS', 'the disk is read-only: name another folder'],
  ['EMFILE', 'too many files are open: raise the limit (`ulimit -n`), and run it again'],
]);

/** Anything that went wrong, as one line. */
export function faultMessage(error: unknown): string {
  if (!(error instanceof Error)) return oneLine(String(error));
  const { code = '', path } = error as NodeJS.ErrnoException;
  const said = FAULTS.get(code);
  if (said === undefined) return oneLine(error.message);
  return oneLine(path === undefined ? said : `cannot use \`${path}\`: ${said}`);
}

/** An error of commander in our own form: the user's words in backticks, and where to read more. */
export function usageMessage(message: string, verb: string | undefined): string {
  const said = message
    .replace(/^error: /, '')
    .replace(/\n?\(Did you mean (one of )?(.+?)\?\)/s, (_, _some, words: string) => {
      const named = words.split(', ').map((word) => `\`${word}\``);
      return ` (did you mean ${named.join(' or ')}?)`;
    })
    .replace(
      /'--in <dir>' not specified$/,
      '$&: name the folder that `scan --out` wrote, or set `LATCHKEY_IN`',
    )
    .replace(/^command-argument value (.*?) is invalid for argument '([^']*)'/, '<$2>: $1 is none of them')
    .replace(/\. Allowed choices are (.*?)\.?$/s, ': there are $1')
    .replace(/^too many arguments for '(.*?)'.*?: (.*?)\.?$/s, "too many words for '$1': leave out '$2'")
    .replace(/\. Expected (.*?)\.?$/s, ': expected $1')
    .replaceAll("'", '`');
  const command = verb === undefined ? 'latchkey' : `latchkey ${verb}`;
  return `${oneLine(said)}: see \`${command} --help\``;
}
