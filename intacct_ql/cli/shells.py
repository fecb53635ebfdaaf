"""How shells ask for completions, where click and they do not understand each other.

In: the words of a line as a shell has split them. Out: the same as click expects them; scripts for zsh and fish.
Refuses to know: what is completed.

With ``--output=js`` click completes ``js``, and only bash has that for a word of its own: the other scripts keep what
stands before it. They also keep empty answers, commas and lines apart, which click's do not.
"""

from click.shell_completion import (
    BashComplete,
    CompletionItem,
    FishComplete,
    ShellComplete,
    ZshComplete,
    add_completion_class,
)

from intacct_ql.encoders.cells import visible


class _Shell(ShellComplete):
    """What is said of an answer may be a company's: a line end in it would be taken for the next answer."""

    def get_completions(self, args: list[str], incomplete: str) -> list[CompletionItem[str]]:
        """The answers, what is said of them spelled out."""
        found = super().get_completions(args, incomplete)
        for one in found:
            one.help = one.help and visible(one.help)
        return [one for one in found if one.value == visible(one.value)]


class Bash(_Shell, BashComplete):
    """Bash splits ``--output=js`` into three words, of which click takes the second for a value."""

    def get_completion_args(self) -> tuple[list[str], str]:
        """The words before the one that is completed, and that one."""
        before, begun = super().get_completion_args()
        if begun == "=":
            return before, ""
        return before[:-1] if before[-1:] == ["="] else before, begun


class Zsh(_Shell, ZshComplete):
    """The part before ``=`` is no part of an answer, but put in with it."""

    source_template = """\
#compdef %(prog_name)s

%(complete_func)s() {
    local -a plain described response
    local type key descr
    (( ! $+commands[%(prog_name)s] )) && return 1

    response=("${(@f)$(env COMP_WORDS="${words[*]}" COMP_CWORD=$((CURRENT-1)) \
%(complete_var)s=zsh_complete %(prog_name)s)}")
    [[ "$PREFIX" == --*=* ]] && compset -P '--*='

    for type key descr in "${(@)response}"; do
        case "$type" in
            plain) if [[ "$descr" == "_" ]]; then plain+=("$key"); else described+=("$key:$descr"); fi ;;
            dir) _path_files -/ ;;
            file) _path_files -f ;;
        esac
    done

    (( $#described )) && _describe -V unsorted described -U -P "$IPREFIX"
    (( $#plain )) && compadd -U -P "$IPREFIX" -V unsorted -a plain
}

if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
    %(complete_func)s "$@"
else
    compdef %(complete_func)s %(prog_name)s
fi
"""


class Fish(_Shell, FishComplete):
    """The part before ``=`` is put before each answer."""

    source_template = """\
function %(complete_func)s
    set -l words (commandline -cp | string collect)
    set -l word (commandline -ct | string collect)
    set -l option (string match -r -- '^--[^=]*=' $word)
    for answer in (env %(complete_var)s=fish_complete COMP_WORDS=$words COMP_CWORD=$word %(prog_name)s)
        set -l parts (string split --max 1 -- , $answer)
        switch $parts[1]
            case dir
                __fish_complete_directories $parts[2]
            case file
                __fish_complete_path $parts[2]
            case plain
                echo -- $parts[2]
        end
    end | string replace -r -- '^' "$option"
end

complete --no-files --command %(prog_name)s --arguments "(%(complete_func)s)"
"""


def register() -> None:
    """Let these answer in place of click's own."""
    for kind in (Bash, Zsh, Fish):
        add_completion_class(kind)
