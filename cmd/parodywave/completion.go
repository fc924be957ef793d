package main

type completionCommand struct {
	Shell string `arg:"" enum:"bash,zsh,fish" placeholder:"bash|zsh|fish" help:"Shell to complete for: bash, zsh or fish."`
}

// Help shows how it is used.
func (*completionCommand) Help() string {
	return `Prints a script for your shell. Then Tab completes commands, flags and their values, and the titles and ids of
threads.

  source <(parodywave completion bash)          # in ~/.bashrc; zsh alike, in ~/.zshrc
  parodywave completion fish > ~/.config/fish/completions/parodywave.fish
`
}

// The scripts hand the words to parodywave complete, which prints a candidate a
// line, each with a description after a tab. Only bash puts what it is given
// into the line as it is, so there the spaces of a title must be escaped.
var completionScripts = map[string]string{
	"bash": `_parodywave() {
  local word="${COMP_WORDS[COMP_CWORD]}" line quoting=--escape
  local -a words=()
  case "$word" in [\"\']*) quoting= ;; esac
  for line in "${COMP_WORDS[@]:1:COMP_CWORD}"; do
    line="${line#[\"\']}"
    line="${line%[\"\']}"
    words+=("${line//\\/}")
  done
  COMPREPLY=()
  while IFS=$'\t' read -r line _; do
    COMPREPLY+=("$line")
  done < <(parodywave complete $quoting -- "${words[@]}" 2>/dev/null)
  [ "${#COMPREPLY[@]}" -gt 0 ] || compopt -o default
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
compdef _parodywave parodywave
`,
	"fish": `complete -c parodywave -f -a '(parodywave complete -- (commandline -opc)[2..] (commandline -ct) 2>/dev/null; or __fish_complete_path (commandline -ct))'
`,
}

func (c *completionCommand) Run(a *app) error {
	_, err := a.out.WriteString(completionScripts[c.Shell])
	return err
}
