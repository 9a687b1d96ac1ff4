/** Control and format characters, line separators and halves of surrogate pairs: a terminal may hide them or act on them. */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/u;

/** A name or value out of the account as one word of a POSIX shell; null if it cannot be shown as it is. */
export function shellWord(text: string): string | null {
  return UNSAFE.test(text) ? null : quotedWord(text);
}

/** The same for a text without hidden characters: quoted if the shell would interpret it. */
const quotedWord = (text: string): string =>
  /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;

/** `iam detach-user-policy` as a line of the AWS CLI, with its options by name; true: without a value. Null as `shellWord`. */
export function awsCommand(call: string, options: Readonly<Record<string, string | true>>): string | null {
  const words = Object.entries(options).map(([name, value]) => {
    if (value === true) return `--${name}`;
    const word = shellWord(value);
    // a value that begins with a dash would be read as an option
    return word === null ? null : `--${name}${value.startsWith('-') ? '=' : ' '}${word}`;
  });
  return words.every((word) => word !== null) ? ['aws', call, ...words].join(' ') : null;
}
