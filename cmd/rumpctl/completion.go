// The command completion: print a script that completes commands, options and kernel paths.
package main

func completionCommand() *command {
	return &command{
		name: "completion", args: "bash|zsh|fish", min: 1, max: 1, local: true,
		doc:      "print a script that completes commands, options and kernel paths",
		examples: []string{"source <(rumpctl completion bash)", "rumpctl completion fish | source"},
		run: func(k *ctl, _ options, args []string) error {
			script, ok := completionScripts[args[0]]
			if !ok {
				return usagef("no completion for %q: it is one of bash, zsh, fish", args[0])
			}
			k.printf("%s", script)
			return nil
		},
	}
}

// completionScripts ask rumpctl itself, with the line so far, for what can
// stand next; when it has no answer, files of the host are offered.
var completionScripts = map[string]string{
	"bash": `# rumpctl completion for bash
_rumpctl() {
	local line=${COMP_LINE:0:COMP_POINT} word=${COMP_LINE:0:COMP_POINT}
	word=${word##* }
	mapfile -t COMPREPLY < <(rumpctl ` + completeWord + ` "$line" 2>/dev/null)
	# bash takes a colon for the end of a word
	case $word in *:*) COMPREPLY=("${COMPREPLY[@]#"${word%"${word##*:}"}"}") ;; esac
	case ${COMPREPLY[0]} in */ | *.) compopt -o nospace ;; esac
}
complete -o default -F _rumpctl rumpctl
`,
	"zsh": `#compdef rumpctl
_rumpctl() {
	local -a found
	found=("${(@f)$(rumpctl ` + completeWord + ` "${LBUFFER}" 2>/dev/null)}")
	if [[ -n ${found[1]} ]]; then
		compadd -Q -S '' -- ${(M)found:#*[/.]}
		compadd -Q -- ${found:#*[/.]}
	else
		_files
	fi
}
compdef _rumpctl rumpctl
`,
	"fish": `# rumpctl completion for fish
function __rumpctl_complete
	rumpctl ` + completeWord + ` (commandline -cp) 2>/dev/null
end
complete -c rumpctl -f -a '(__rumpctl_complete)'
complete -c rumpctl -n '__fish_seen_subcommand_from cp image' -F
`,
}
