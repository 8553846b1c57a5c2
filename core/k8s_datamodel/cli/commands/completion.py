"""``completion``: the scripts for shells."""

from __future__ import annotations

import click

from k8s_datamodel.cli.frame.used_settings import reads

VARIABLE = "_K8S_DATAMODEL_COMPLETE"
"""Environment variable that makes the command answer a shell and do nothing else."""

_BASH = """\
# bash completion of k8s-datamodel
_k8s_datamodel() {
    local kind value help
    COMPREPLY=()
    while IFS=$'\\t' read -r kind value help; do
        case $kind in
            plain)
                printf -v value %q "$value"
                COMPREPLY+=("$value")
                ;;
            file) compopt -o default 2>/dev/null ;;
            dir) compopt -o dirnames 2>/dev/null ;;
        esac
    done < <(VARIABLE=line "$1" "${COMP_LINE:0:COMP_POINT}" "$COMP_WORDBREAKS" 2>/dev/null)
    if [[ ${#COMPREPLY[@]} -eq 1 && ${COMPREPLY[0]} == *[/=] ]]; then
        compopt -o nospace 2>/dev/null
    fi
}
complete -o nosort -F _k8s_datamodel k8s-datamodel 2>/dev/null ||
    complete -F _k8s_datamodel k8s-datamodel
"""

_ZSH = """\
#compdef k8s-datamodel
# zsh completion of k8s-datamodel
_k8s_datamodel() {
    local kind value help
    local -a values shown
    while IFS=$'\\t' read -r kind value help; do
        case $kind in
            plain)
                values+=("$value")
                shown+=("$value${help:+  -- $help}")
                ;;
            file)
                compset -P '--*='
                _files
                ;;
            dir)
                compset -P '--*='
                _files -/
                ;;
        esac
    done < <(VARIABLE=words "${(Q)words[1]}" \\
        "${(@Q)words[2,CURRENT-1]}" "${(Q)PREFIX}" 2>/dev/null)
    (( $#values )) && compadd -V k8s-datamodel -l -d shown -a values
}
if [[ $funcstack[1] == _k8s_datamodel ]]; then
    _k8s_datamodel "$@"
else
    (( $+functions[compdef] )) || { autoload -Uz compinit && compinit; }
    compdef _k8s_datamodel k8s-datamodel
fi
"""

_FISH = """\
# fish completion of k8s-datamodel
function __k8s_datamodel_complete
    set -l words (commandline -opc)
    set -l typed (commandline -ct)
    for line in (env VARIABLE=words $words[1] $words[2..] "$typed" 2>/dev/null)
        set -l fields (string split -m 2 \\t -- $line)
        switch $fields[1]
            case plain
                string join \\t -- $fields[2..]
            case file
                __fish_complete_path "$typed"
            case dir
                __fish_complete_directories "$typed"
        end
    end
end
complete -c k8s-datamodel -f -k -a '(__k8s_datamodel_complete)'
"""

SCRIPTS = {
    shell: text.replace("VARIABLE", VARIABLE)
    for shell, text in (("bash", _BASH), ("fish", _FISH), ("zsh", _ZSH))
}
"""The script of each shell, by its name."""


@click.command(
    "completion",
    help="Print the script with which a shell completes this command.\n\n"
    "\b\n"
    'bash, in ~/.bashrc:  eval "$(k8s-datamodel completion bash)"\n'
    'zsh, in ~/.zshrc:    eval "$(k8s-datamodel completion zsh)"\n'
    "fish:                k8s-datamodel completion fish | source\n\n"
    "It completes commands and options, contexts, namespaces, snapshots, names of what there is, "
    "values of filters, output formats and plugins.",
    epilog="Example: k8s-datamodel completion bash",
)
@click.argument("shell", type=click.Choice(sorted(SCRIPTS)))
@reads("nothing")
def script(shell: str) -> None:
    """Print the script of a shell."""
    click.echo(SCRIPTS[shell], nl=False)
