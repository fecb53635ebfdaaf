"""The commands of the shell as data: what each is called, takes and does.

In: nothing. Out: ``COMMANDS``, and the spellings that people of other shells bring with them. Refuses to know: how a
command is run.
"""

from dataclasses import dataclass
from enum import StrEnum

from intacct_ql.suggest import nearest


class Takes(StrEnum):
    """What stands behind a command."""

    NOTHING = ""
    COMMAND = "command"
    FILE = "file"
    FORMAT = "format"
    OBJECT = "object"
    PARAMETER = "parameter"
    PROFILE = "profile"
    QUERY = "query"
    SWITCH = "switch"
    WORD = "word"


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """What is told of a command: its arguments, what it does in a line, and what else there is to know."""

    usage: str
    does: str
    more: str = ""
    takes: Takes = Takes.NOTHING


COMMANDS = {
    ".help": Command(
        usage=".help [COMMAND]",
        does="say what there is, or what a command does",
        more="Keys: Tab completes, F2 puts in the mended query, Ctrl-R searches the history, Ctrl-C clears the line,\n"
        "or stops a query and keeps the rows that were read; Ctrl-D leaves. A query ends with a semicolon.",
        takes=Takes.COMMAND,
    ),
    ".tables": Command(
        usage=".tables [WORD]",
        does="list the objects, or those with WORD in their name or label",
        more="Nothing is asked of the company: intacct-ql schema refresh does that.",
        takes=Takes.WORD,
    ),
    ".schema": Command(
        usage=".schema OBJECT[.PATH]",
        does="list the fields of an object, and where its paths lead",
        more="A path is followed hop by hop: .schema APBILL.VENDOR.TERM",
        takes=Takes.OBJECT,
    ),
    ".explain": Command(
        usage=".explain [QUERY]",
        does="say what a query would do and cost; nothing is sent",
        more="Without QUERY it is the last one.",
        takes=Takes.QUERY,
    ),
    ".xml": Command(
        usage=".xml [QUERY]",
        does="show the XML that a query becomes; nothing is sent",
        more="Without QUERY it is the last one.",
        takes=Takes.QUERY,
    ),
    ".plan": Command(
        usage=".plan [QUERY]",
        does="show the plan of a query as JSON; nothing is sent",
        more="Without QUERY it is the last one.",
        takes=Takes.QUERY,
    ),
    ".timing": Command(
        usage=".timing [on|off]",
        does="say after each query what it took",
        more="Rows, metered calls, sign-ins and seconds. It is on at a terminal and off in a script.",
        takes=Takes.SWITCH,
    ),
    ".pager": Command(
        usage=".pager [on|off]",
        does="look at rows that do not fit the screen a page at a time",
        more="More rows are asked for as one scrolls, for each page of them is a metered call. Arrows, PgUp, PgDn,\n"
        "Home and End move, q leaves. Without a pager a table ends after 1,000 rows.",
        takes=Takes.SWITCH,
    ),
    ".mode": Command(
        usage=".mode [FORMAT]",
        does="choose the format of rows, or say which it is",
        takes=Takes.FORMAT,
    ),
    ".output": Command(
        usage=".output [FILE]",
        does="write the rows of the next query to a file, all of them or none",
        more="The format goes by the name of the file where that tells one, else by .mode. Without FILE, and behind\n"
        "the next query, rows come here again.",
        takes=Takes.FILE,
    ),
    ".param": Command(
        usage=".param [NAME [VALUE]]",
        does="set the value of :NAME, forget it, or list all",
        more=".param due 1000 sets :due, .param due forgets it; .param ids[] V1 V2 sets a list; .param 1 ZAB001 sets\n"
        "the first ? mark.",
        takes=Takes.PARAMETER,
    ),
    ".profile": Command(
        usage=".profile [NAME]",
        does="ask another company from now on, or list the profiles",
        more=".profile demo is the demo company, unless there is a profile of that name.",
        takes=Takes.PROFILE,
    ),
    ".edit": Command(
        usage=".edit",
        does="edit the last query in $VISUAL or $EDITOR; it comes back to the prompt",
    ),
    ".fix": Command(
        usage=".fix",
        does="put the mended query on the line, as F2 does",
    ),
    ".read": Command(
        usage=".read FILE",
        does="run the queries and commands of a file",
        more="It stops at the first that fails, unless --keep-going was given.",
        takes=Takes.FILE,
    ),
    ".watch": Command(
        usage=".watch SECONDS",
        does="run the last query again and again until Ctrl-C",
        more="Each run is at least one metered call. intacct-ql watch gives only what is new or has changed.",
        takes=Takes.WORD,
    ),
    ".quit": Command(usage=".quit", does="leave, as Ctrl-D does"),
}
"""Every command, in the order of .help."""

SPELLINGS = {
    ".exit": ".quit",
    "exit": ".quit",
    "quit": ".quit",
    "help": ".help",
    ".parameter": ".param",
    "\\q": ".quit",
    "\\?": ".help",
    "\\h": ".help",
    "\\d": ".schema",
    "\\dt": ".tables",
    "\\e": ".edit",
    "\\i": ".read",
    "\\o": ".output",
    "\\x": ".mode vertical",
    "\\timing": ".timing",
    "\\watch": ".watch",
    "\\set": ".param",
    "\\c": ".profile",
}
"""How people of psql, sqlite3 and others say it."""


def is_command(text: str) -> bool:
    """Whether a text is a command and no query."""
    begun = text.strip()
    return begun.startswith((".", "\\")) or begun.rstrip(";").lower() in SPELLINGS


def read_command(text: str) -> tuple[str, str]:
    """The name of a command, empty where there is none such, and what stands behind it; its beginning is enough."""
    word, _, argument = text.strip().partition(" ")
    word, argument = word.rstrip(";"), argument.strip()
    spelled = SPELLINGS.get(word.lower(), word.lower())
    if spelled == ".schema" and word == "\\d" and not argument:
        spelled = ".tables"
    name, _, more = spelled.partition(" ")
    begun = [name] if name in COMMANDS else [one for one in COMMANDS if len(name) > 1 and one.startswith(name)]
    return begun[0] if len(begun) == 1 else "", argument or more


def near_commands(word: str) -> tuple[str, ...]:
    """The commands that might have been meant."""
    begun = tuple(one for one in COMMANDS if len(word) > 1 and one.startswith(word.lower()))
    return begun or nearest(word, COMMANDS)
