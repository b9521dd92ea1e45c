/** What each shell reads to complete devspace: it asks devspace itself, so that the words are those of the version and of the project. */
export const scripts: Readonly<Record<'bash' | 'zsh' | 'fish', string>> = {
  // Without the package bash-completion, too.
  bash: `# devspace completion for bash: source <(devspace completion bash)
_devspace() {
  local IFS=$'\\n'
  COMPREPLY=($(devspace completion words -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null))
}
complete -o default -F _devspace devspace
`,
  zsh: `#compdef devspace
# devspace completion for zsh: source <(devspace completion zsh)
_devspace() {
  local -a found
  found=("\${(@f)$(devspace completion words -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  if [[ -n "\${found[1]}" ]]; then compadd -a found; else _files; fi
}
compdef _devspace devspace
`,
  fish: `# devspace completion for fish: devspace completion fish | source
function __devspace_words
  set -l words (commandline -opc) (commandline -ct)
  devspace completion words -- $words[2..-1] 2>/dev/null
end
complete -c devspace -f -n 'test -n "$(__devspace_words)"' -a '(__devspace_words)'
`,
};
