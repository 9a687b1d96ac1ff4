import { visible } from '../lib/render/escape.ts';

/** A message as one line: it may contain a name out of an account or any typed text. */
export const oneLine = (text: string): string => visible(text.replace(/\s*\n\s*/g, ': ').trim());

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
    .replace(/\. Allowed choices are (.*?)\.?$/s, ': there are $1')
    .replace(/\. Expected (.*?)\.?$/s, ': expected $1')
    .replaceAll("'", '`');
  const command = verb === undefined ? 'latchkey' : `latchkey ${verb}`;
  return `${oneLine(said)}: see \`${command} --help\``;
}
