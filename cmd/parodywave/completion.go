package main

type completionCommand struct {
	Shell string `arg:"" enum:"bash,zsh,fish" placeholder:"bash|zsh|fish" help:"Shell to complete for: bash, zsh or fish."`
}

func (*completionCommand) Help() string {
	return `Prints a script for your shell. With it Tab completes commands, flags and their values, and the titles and ids of threads.

  source <(parodywave completion bash)          # in ~/.bashrc; for zsh in ~/.zshrc
  parodywave completion fish > ~/.config/fish/completions/parodywave.fish
`
}

// The scripts pass the words of the line to parodywave complete, which prints one
// completion a line, with a description after a tab. If there is none, the shell
// completes files. Bash also breaks words at = : and @, which are part of our words,
// and replaces only the last piece. So its script passes the whole line, and gets
// completions without the text before that piece.
var completionScripts = map[string]string{
	"bash": `_parodywave() {
  local line
  COMPREPLY=()
  while IFS=$'\t' read -r line _; do
    COMPREPLY+=("$line")
  done < <(parodywave complete --line="${COMP_LINE:0:COMP_POINT}" 2>/dev/null)
  [ "${#COMPREPLY[@]}" -gt 0 ] || compopt -o default 2>/dev/null
}
complete -F _parodywave parodywave
`,
	"zsh": `#compdef parodywave
_parodywave() {
  local line
  local -a names descriptions
  for line in "${(@f)$(parodywave complete -- "${(@Q)words[2,CURRENT]}" 2>/dev/null)}"; do
    [[ -n "$line" ]] || continue
    names+=("${line%%$'\t'*}")
    descriptions+=("${line/$'\t'/  }")
  done
  (( $#names )) && compadd -d descriptions -a names || _files
}
if [[ "$funcstack[1]" = _parodywave ]]; then
  _parodywave "$@"
else
  compdef _parodywave parodywave
fi
`,
	"fish": `function __parodywave_complete
  set -l words (commandline -opc)
  set -l found (parodywave complete -- $words[2..] (commandline -ct) 2>/dev/null)
  if test (count $found) -gt 0
    printf '%s\n' $found
  else
    __fish_complete_path (commandline -ct)
  end
end
complete -c parodywave -f -a '(__parodywave_complete)'
`,
}

func (c *completionCommand) Run(a *app) error {
	_, err := a.out.WriteString(completionScripts[c.Shell])
	return err
}
