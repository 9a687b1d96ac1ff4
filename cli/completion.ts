import { Argument, Command } from 'commander';
import { RULES } from '../lib/findings/rules.ts';
import { SEVERITIES } from '../lib/findings/severities.ts';
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
  /** takes several values, separated by commas */
  readonly isList: boolean;
  readonly takesValue: boolean;
}

/** Values of options that check what is typed themselves. */
const LISTS: Readonly<Record<string, readonly string[]>> = {
  '--path': [...PATH_GROUPS, ...ACCESS_PATHS.map(({ id }) => id)],
  '--severity': SEVERITIES,
  '--rule': RULES.map(({ id }) => id),
};

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
    options: [
      ...command.options.map(({ long, description, argChoices, flags }) => ({
        flag: long ?? '',
        description: description.replaceAll('`', ''),
        values: valuesOf(long ?? '', flags, argChoices),
        isList: !argChoices && Object.hasOwn(LISTS, long ?? ''),
        takesValue: flags.includes('<'),
      })),
      HELP,
    ],
  };
}

const HELP: CompletedOption = {
  flag: '--help',
  description: 'show options and examples',
  ...{ values: null, isList: false, takesValue: false },
};

function valuesOf(
  flag: string,
  flags: string,
  choices: readonly string[] | undefined,
): CompletedOption['values'] {
  if (choices) return choices;
  return LISTS[flag] ?? (/<(dir|file)>/.test(flags) ? 'folder' : null);
}

function bash(verbs: readonly Completed[]): string {
  const names = verbs.map(({ name }) => name).join(' ');
  const cases = verbs.map(({ name, options, words }) => {
    const flags = [...options.map(({ flag }) => flag), ...words].join(' ');
    const values = options
      .filter(({ takesValue }) => takesValue)
      .map((option) => `        ${option.flag}) ${givenInBash(option)}; return ;;`);
    return `    ${name})
      case "$prev" in
${[...values, '        *) ;;'].join('\n')}
      esac
      COMPREPLY=($(compgen -W '${flags}' -- "$cur")) ;;`;
  });
  // the value of `--option=value` is a word of its own
  return `# bash completion of latchkey
_latchkey_list() {
  local before=
  [[ $cur == *,* ]] && before=\${cur%,*},
  COMPREPLY=($(compgen -P "$before" -W "$1" -- "\${cur##*,}"))
}
_latchkey() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD-1]}
  COMPREPLY=()
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W '${names} help --help --version' -- "$cur"))
    return
  fi
  if [ "$cur" = = ]; then
    cur=
  elif [ "$prev" = = ]; then
    prev=\${COMP_WORDS[COMP_CWORD-2]}
  fi
  case "\${COMP_WORDS[1]}" in
    help) COMPREPLY=($(compgen -W '${names}' -- "$cur")) ;;
${cases.join('\n')}
  esac
  [ \${#COMPREPLY[@]} -gt 0 ] || compopt -o default
}
complete -F _latchkey latchkey
`;
}

function givenInBash({ values, isList }: CompletedOption): string {
  if (values === 'folder') return 'compopt -o default; COMPREPLY=()';
  const words = (values ?? []).join(' ');
  return isList ? `_latchkey_list '${words}'` : `COMPREPLY=($(compgen -W '${words}' -- "$cur"))`;
}

/** Text in single quotes, valid in all three shells. */
const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

function zsh(verbs: readonly Completed[]): string {
  const described = verbs.map(({ name, summary }) => `    ${quoted(`${name}:${plain(summary)}`)}`).join('\n');
  const cases = verbs.map(({ name, options, words }) => {
    const specs = options.map((option) => {
      const value = option.takesValue ? `:value:${givenInZsh(option)}` : '';
      // an option of one word may have its value after `=`
      return quoted(`${option.flag}${option.takesValue ? '=' : ''}[${plain(option.description)}]${value}`);
    });
    const more = words.length > 0 ? `':what:(${words.join(' ')})'` : "'*:file:_files'";
    return `    ${name}) _arguments ${[...specs, more].join(' ')} ;;`;
  });
  return `#compdef latchkey
_latchkey() {
  local -a verbs=(
${described}
    'help:show the help of a command'
  )
  if (( CURRENT == 2 )); then
    _describe 'command' verbs
    _arguments '--help[show the commands]' '--version[show the version]'
    return
  fi
  local verb=\${words[2]}
  shift words
  (( CURRENT-- ))
  case $verb in
    help) _describe 'command' verbs ;;
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

function givenInZsh({ values, isList }: CompletedOption): string {
  if (values === 'folder') return '_files';
  if (values === null) return '';
  return isList ? `_values -s , value ${values.join(' ')}` : `(${values.join(' ')})`;
}

/** Without characters that are special in zsh. */
const plain = (text: string): string => text.replace(/[[\]:\\`]/g, ' ').replace(/\s+/g, ' ');

function fish(verbs: readonly Completed[]): string {
  const names = verbs.map(({ name }) => name).join(' ');
  const lines = verbs.flatMap(({ name, summary, options, words }) => {
    const here = `complete -c latchkey -n ${quoted(`__fish_seen_subcommand_from ${name}; and not __fish_seen_subcommand_from help`)}`;
    return [
      `complete -c latchkey -n __fish_use_subcommand -f -a ${name} -d ${quoted(plain(summary))}`,
      ...(words.length > 0 ? [`${here} -f -a ${quoted(words.join(' '))}`] : []),
      ...options.map(
        (option) =>
          `${here} -l ${option.flag.slice(2)} -d ${quoted(plain(option.description))}${givenInFish(option)}`,
      ),
    ];
  });
  return `# fish completion of latchkey
complete -c latchkey -n __fish_use_subcommand -f -a help -d 'show the help of a command'
complete -c latchkey -n __fish_use_subcommand -l help -d 'show the commands'
complete -c latchkey -n __fish_use_subcommand -l version -d 'show the version'
complete -c latchkey -n '__fish_seen_subcommand_from help' -f -a '${names}'
${lines.join('\n')}
`;
}

function givenInFish({ values, isList, takesValue }: CompletedOption): string {
  if (values === 'folder') return ' -r -F';
  if (!takesValue) return '';
  const words = (values ?? []).join(' ');
  return ` -x -a ${quoted(isList ? `(__fish_append , ${words})` : words)}`;
}
