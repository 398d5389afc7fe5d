/** A completion script for bash, from the table of inputs. */
export function completionScript(
  commands: Readonly<Record<string, { options: readonly string[] }>>,
): string {
  const cases = Object.entries(commands).map(
    ([name, { options }]) =>
      `    ${name}) words="${options.map((option) => `--${option}`).join(' ')} --help" ;;\n`,
  );
  return `# source <(glaciocloud completion)
_glaciocloud() {
  local words="${Object.keys(commands).join(' ')} --help --version"
  if [ "$COMP_CWORD" -gt 1 ]; then
    case "\${COMP_WORDS[1]}" in
${cases.join('')}    *) words="" ;;
    esac
  fi
  COMPREPLY=($(compgen -W "$words" -- "\${COMP_WORDS[COMP_CWORD]}"))
  [ "\${#COMPREPLY[@]}" -gt 0 ] || COMPREPLY=($(compgen -f -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -F _glaciocloud glaciocloud
`;
}
