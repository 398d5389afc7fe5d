import { SCAFFOLDS } from '../init/scaffold.ts';

/** What a completion needs of a command: its summary, what may follow it, its options. */
export interface CompletedCommand {
  summary: string;
  /** `HUB…`, `audit|template HUB`: capitals stand for names, the rest is typed as it stands. */
  target: string;
  options: readonly string[];
}

export interface CompletedOption {
  help: string;
  /** What follows it, where anything does. */
  value?: string;
}

export interface Completed {
  commands: Readonly<Record<string, CompletedCommand>>;
  options: Readonly<Record<string, CompletedOption>>;
  /** Ids that `explain` knows. */
  rules: readonly string[];
}

export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

/** A completion script, from the table of inputs. Names are read from the files when Tab is pressed. */
export function completionScript(shell: Shell, completed: Completed): string {
  switch (shell) {
    case 'bash':
      return BASH + words(completed) + BASH_END;
    case 'zsh':
      return ZSH + words(completed) + ZSH_END;
    case 'fish':
      return fish(completed);
  }
}

/** Lines that are names as `check` lets them be: a shell runs what stands in another one. */
const plain = (end: string): string => String.raw`s/^\([a-z0-9][a-z0-9.-]*\)${end}$/\1/p`;
/** Commands whose lines are names, by the word that stands for one; in every shell the same. */
const NAMES: Readonly<Record<string, string>> = {
  HUB: `ls environments 2>/dev/null | sed -n '${plain(String.raw`\.yaml`)}'`,
  IMAGE: `ls images 2>/dev/null | sed -n '${plain('')}'`,
  CLUSTER: `ls clusters 2>/dev/null | sed -n '${plain(String.raw`\.yaml`)}'`,
  SET: String.raw`ls data 2>/dev/null | sed -n '/\.lock\.yaml$/d; ${plain(String.raw`\.yaml`)}'`,
  COHORT: `ls access/cohorts 2>/dev/null | sed -n '${plain(String.raw`\.yaml`)}'`,
};
const FIXED: Readonly<Record<string, string>> = {
  KIND: SCAFFOLDS.join(' '),
  SHELL: SHELLS.join(' '),
};
/** Options whose value is the name of something. */
const OPTION_NAMES: Readonly<Record<string, string>> = { cluster: 'CLUSTER', retry: 'HUB' };

/** What a target may be: words as they stand, and commands that list names. */
function parts(target: string, rules: readonly string[]): { fixed: string[]; lists: string[] } {
  const all = target.match(/[A-Za-z-]+/gu) ?? [];
  const lists = [...new Set(all.flatMap((word) => NAMES[word] ?? []))];
  const fixed = all.flatMap((word) => {
    if (word === 'RULE') return rules;
    if (word === word.toUpperCase()) return FIXED[word]?.split(' ') ?? [];
    return [word];
  });
  return { fixed, lists };
}

/** `_glaciocloud_words COMMAND PREVIOUS`: what may come next, one a line. Of bash and zsh. */
function words({ commands, options, rules }: Completed): string {
  const values = Object.entries(options).flatMap(([name, { value }]) => {
    const list = NAMES[OPTION_NAMES[name] ?? ''];
    if (list !== undefined) return [`    --${name}) ${list}; return ;;\n`];
    return value === undefined ? [] : [`    --${name}) return ;;\n`];
  });
  const cases = Object.entries(commands).map(([name, { target, options: own }]) => {
    const { fixed, lists } = parts(target, rules);
    const line = [...fixed, ...own.map((option) => `--${option}`), '--help'].join(' ');
    return `    ${name}) printf '%s\\n' ${line}${lists.map((list) => `; ${list}`).join('')} ;;\n`;
  });
  const first = `    '') printf '%s\\n' ${Object.keys(commands).join(' ')} --help --version ;;\n`;
  return `_glaciocloud_words() {
  case "$2" in
${values.join('')}  esac
  case "$1" in
${first}${cases.join('')}  esac
}
`;
}

const BASH =
  '# glaciocloud completion bash > ~/.local/share/bash-completion/completions/glaciocloud\n';
const BASH_END = `_glaciocloud() {
  local command=""
  [ "$COMP_CWORD" -gt 1 ] && command="\${COMP_WORDS[1]}"
  local known="$(_glaciocloud_words "$command" "\${COMP_WORDS[COMP_CWORD-1]}")"
  COMPREPLY=($(compgen -W "$known" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _glaciocloud glaciocloud
`;

const ZSH = '#compdef glaciocloud\n# source <(glaciocloud completion zsh)\n';
const ZSH_END = `_glaciocloud() {
  local command=""
  (( CURRENT > 2 )) && command="\${words[2]}"
  local -a known
  known=(\${(f)"$(_glaciocloud_words "$command" "\${words[CURRENT-1]}")"})
  if (( \${#known} )); then compadd -a known; else _files; fi
}
compdef _glaciocloud glaciocloud
`;

function fish({ commands, options, rules }: Completed): string {
  const lines = [
    '# glaciocloud completion fish > ~/.config/fish/completions/glaciocloud.fish',
    'complete -c glaciocloud -n __fish_use_subcommand -f',
    'complete -c glaciocloud -l help -d "what may follow"',
  ];
  for (const [name, { summary, target, options: own }] of Object.entries(commands)) {
    const seen = `-n ${quoted(`__fish_seen_subcommand_from ${name}`)}`;
    lines.push(`complete -c glaciocloud -n __fish_use_subcommand -a ${name} -d ${quoted(summary)}`);
    const { fixed, lists } = parts(target, rules);
    if (fixed.length > 0)
      lines.push(`complete -c glaciocloud ${seen} -f -a ${quoted(fixed.join(' '))}`);
    for (const list of lists)
      lines.push(`complete -c glaciocloud ${seen} -f -a ${quoted(`(${list})`)}`);
    for (const option of own) {
      const { help, value } = options[option] ?? { help: '' };
      const follows = value === undefined ? '' : ` -r${valuesOf(option)}`;
      lines.push(`complete -c glaciocloud ${seen} -l ${option}${follows} -d ${quoted(help)}`);
    }
  }
  return `${lines.join('\n')}\n`;
}

function valuesOf(option: string): string {
  const list = NAMES[OPTION_NAMES[option] ?? ''];
  return list === undefined ? '' : ` -f -a ${quoted(`(${list})`)}`;
}

/** A word of fish, whatever is in it. */
function quoted(text: string): string {
  return `'${text.replace(/[\\']/gu, String.raw`\$&`)}'`;
}
