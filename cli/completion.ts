import { Argument, Command } from 'commander';
import { ACCESS_PATHS } from '../lib/matrix/paths/access-paths.ts';
import { PATH_GROUPS } from './names.ts';
import { writeOut } from './output.ts';
import type { Verb } from './verb.ts';

const SHELLS = ['bash', 'zsh', 'fish'] as const;
type Shell = (typeof SHELLS)[number];

export function define(command: Command, verbs: readonly Verb[]): void {
  command
    .addArgument(new Argument('<shell>', 'for which shell').choices(SHELLS))
    .addHelpText(
      'after',
      `
Prints a script that completes verbs, options and their values.

Examples:
  $ source <(latchkey completion bash)
  $ latchkey completion zsh > "\${fpath[1]}/_latchkey"
  $ latchkey completion fish > ~/.config/fish/completions/latchkey.fish

Exit codes: 0 done, 2 bad usage.`,
    )
    .action((shell: Shell) => completion(shell, verbs));
}

/** A verb as its own command describes it. */
interface Completed {
  readonly name: string;
  readonly summary: string;
  readonly words: readonly string[];
  readonly options: readonly CompletedOption[];
}

interface CompletedOption {
  readonly flag: string;
  readonly description: string;
  /** possible values; `folder`: the shell completes it; null: it has no value, or any */
  readonly values: readonly string[] | 'folder' | null;
  readonly takesValue: boolean;
}

async function completion(shell: Shell, verbs: readonly Verb[]): Promise<void> {
  await writeOut({ bash, zsh, fish }[shell](await Promise.all(verbs.map(completed))));
}

async function completed({ name, summary, load }: Verb): Promise<Completed> {
  const command = new Command(name);
  (await load()).define(command, []);
  return {
    name,
    summary,
    words: command.registeredArguments.flatMap(({ argChoices }) => argChoices ?? []),
    options: command.options.map(({ long, description, argChoices, flags }) => ({
      flag: long ?? '',
      description: description.replaceAll('`', ''),
      values: valuesOf(long ?? '', flags, argChoices),
      takesValue: flags.includes('<'),
    })),
  };
}

function valuesOf(
  flag: string,
  flags: string,
  choices: readonly string[] | undefined,
): CompletedOption['values'] {
  if (choices) return choices;
  if (flag === '--path') return [...PATH_GROUPS, ...ACCESS_PATHS.map(({ id }) => id)];
  return /<(dir|file)>/.test(flags) ? 'folder' : null;
}

function bash(verbs: readonly Completed[]): string {
  const cases = verbs.map(({ name, options, words }) => {
    const flags = [...options.map(({ flag }) => flag), '--help', ...words].join(' ');
    const values = options.flatMap(({ flag, values: some, takesValue }) => {
      if (!takesValue) return [];
      const given =
        some === 'folder'
          ? 'compopt -o default; COMPREPLY=()'
          : `COMPREPLY=($(compgen -W '${(some ?? []).join(' ')}' -- "$cur"))`;
      return [`        ${flag}) ${given}; return ;;`];
    });
    return `    ${name})
      case "$prev" in
${[...values, '        *) ;;'].join('\n')}
      esac
      COMPREPLY=($(compgen -W '${flags}' -- "$cur")) ;;`;
  });
  return `# bash completion of latchkey
_latchkey() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD-1]}
  COMPREPLY=()
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W '${[...verbs.map(({ name }) => name), 'help', '--help', '--version'].join(' ')}' -- "$cur"))
    return
  fi
  case "\${COMP_WORDS[1]}" in
${cases.join('\n')}
  esac
  [ \${#COMPREPLY[@]} -gt 0 ] || compopt -o default
}
complete -F _latchkey latchkey
`;
}

/** Text in single quotes, valid in all three shells. */
const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

function zsh(verbs: readonly Completed[]): string {
  const described = verbs.map(({ name, summary }) => `    ${quoted(`${name}:${plain(summary)}`)}`).join('\n');
  const cases = verbs.map(({ name, options, words }) => {
    const specs = options.map(({ flag, description, values, takesValue }) => {
      const action = values === 'folder' ? '_files' : values === null ? '' : `(${values.join(' ')})`;
      return quoted(`${flag}[${plain(description)}]${takesValue ? `:value:${action}` : ''}`);
    });
    const more = words.length > 0 ? `':what:(${words.join(' ')})'` : "'*:file:_files'";
    return `    ${name}) _arguments ${[...specs, more].join(' ')} ;;`;
  });
  return `#compdef latchkey
_latchkey() {
  local -a verbs=(
${described}
  )
  if (( CURRENT == 2 )); then
    _describe 'command' verbs
    return
  fi
  local verb=\${words[2]}
  shift words
  (( CURRENT-- ))
  case $verb in
${cases.join('\n')}
  esac
}
# found in fpath, this file is the function itself the first time
if [ "$funcstack[1]" = _latchkey ]; then
  _latchkey "$@"
else
  compdef _latchkey latchkey
fi
`;
}

/** Without characters that are special in zsh. */
const plain = (text: string): string => text.replace(/[[\]:\\`]/g, ' ').replace(/ +/g, ' ');

function fish(verbs: readonly Completed[]): string {
  const lines = verbs.flatMap(({ name, summary, options, words }) => {
    const here = `complete -c latchkey -n ${quoted(`__fish_seen_subcommand_from ${name}`)}`;
    return [
      `complete -c latchkey -n __fish_use_subcommand -f -a ${name} -d ${quoted(plain(summary))}`,
      ...(words.length > 0 ? [`${here} -f -a ${quoted(words.join(' '))}`] : []),
      ...options.map(({ flag, description, values, takesValue }) => {
        const value =
          values === 'folder' ? ' -r -F' : takesValue ? ` -x -a ${quoted((values ?? []).join(' '))}` : '';
        return `${here} -l ${flag.slice(2)} -d ${quoted(plain(description))}${value}`;
      }),
    ];
  });
  return `# fish completion of latchkey\n${lines.join('\n')}\n`;
}
