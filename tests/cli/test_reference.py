"""The reference holds every command and option, every exit status and variable; and ``help`` and ``man`` show it."""

import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pexpect
import pytest
from commands import commands, examples, options

import intacct_ql
from intacct_ql.cli import reference
from intacct_ql.cli.program import Exit

COMMANDS = dict(commands())
PACKAGE = Path(intacct_ql.__file__).parent
WRITE = ".venv/bin/python -m intacct_ql.cli.reference"


def kept() -> dict[str, str]:
    """The kept page by its headings."""
    parts = re.split(r"^## (.+)\n", reference.PAGE.read_text("utf-8"), flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def test_the_kept_page_is_what_the_commands_say() -> None:
    for page, whole in ((reference.PAGE, reference.whole()), (reference.MAN, reference.man())):
        if page.read_text("utf-8") != whole:
            pytest.fail(f"a command, an option or its help has changed; {WRITE} writes {page.name} anew", False)


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_every_command_and_option_is_in_it(path: tuple[str, ...]) -> None:
    section = kept().get(" ".join(["intacct-ql", *path]))
    assert section is not None, f"{WRITE} writes it"
    missing = [
        name
        for one in options(COMMANDS[path])
        for name in one.opts
        if not re.search(rf"`[^`]*{re.escape(name)}\b", section)
    ]
    assert missing == [], f"{WRITE} writes them"
    for example in examples(COMMANDS[path]):
        assert example in section


def test_every_exit_status_and_variable_is_in_it() -> None:
    assert set(reference.EXITS) == set(Exit)
    sources = "".join(path.read_text("utf-8") for path in PACKAGE.rglob("*.py"))
    named = set(re.findall(r"\bINTACCT_[A-Z_]*[A-Z]\b", sources))
    assert named - set(re.findall(r"\bINTACCT_[A-Z_]+\b", kept()["Environment"])) <= {"INTACCT_COMPANY_PROFILE"}


@pytest.mark.parametrize("words", [(), ("query",), ("profile", "add"), ("exit-status",), ("environment",), ("files",)])
def test_help_shows_a_page(run, words: tuple[str, ...]) -> None:
    result = run("help", *words)
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout in reference.PAGE.read_text("utf-8")


def test_help_of_what_there_is_not(run) -> None:
    result = run("help", "profile", "ad")
    assert result.exit_code == 2
    assert "There is no page profile ad. profile add or " in result.stderr


@pytest.mark.parametrize(("colours", "coloured"), [({}, True), ({"NO_COLOR": "1"}, False)])
def test_help_on_a_terminal_is_paged_and_coloured(colours: dict[str, str], coloured: bool, environment) -> None:
    program, settings = environment(**colours, PAGER="less")
    with pexpect.spawn(program, ["help", "query"], dimensions=(20, 80), **settings) as terminal:
        terminal.expect(r"\n?:\x1b|\(END\)|:\s*\x1b|:$")
        first = terminal.before
        terminal.send("q")
        terminal.expect(pexpect.EOF)
    assert "intacct-ql query" in first
    assert bool(re.search(r"\x1b\[[0-9;]*3\dm", first)) is coloured
    assert "--memory" not in first, "there is more than a screen"


def sections_of_man() -> dict[str, str]:
    """The sections of the man page by their titles, in the signs that a reader sees."""
    text = re.sub(r"\\f[BR]|\\:|\\&", "", reference.MAN.read_text("utf-8"))
    for sign, char in {r"\-": "-", r"\(aq": "'", r"\(ti": "~", r"\(ha": "^", r"\(ga": "`", r"\e": "\\"}.items():
        text = text.replace(sign, char)
    parts = re.split(r"^\.SH (.+)\n", text, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def test_the_man_page_has_the_usual_sections() -> None:
    assert [*sections_of_man()][:4] == ["NAME", "SYNOPSIS", "DESCRIPTION", "INTACCT-QL QUERY"]
    assert [*sections_of_man()][-3:] == ["EXIT STATUS", "ENVIRONMENT", "FILES"]
    assert sections_of_man()["NAME"] == "intacct-ql - SQL for Sage Intacct\n"


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_the_man_page_holds_every_command_option_and_example(path: tuple[str, ...]) -> None:
    section = sections_of_man()[" ".join(["INTACCT-QL", *path]).upper() if path else "DESCRIPTION"]
    tags = " ".join(re.findall(r"^\.TP\n(.+)", section, flags=re.MULTILINE))
    named = {name for one in options(COMMANDS[path]) for name in one.opts}
    assert {name for name in named if not re.search(rf"(?<!\S){re.escape(name)}\b", tags)} == set()
    assert [example for example in examples(COMMANDS[path]) if f"\n{example}\n" not in section] == []


def test_no_text_of_the_man_page_is_taken_for_a_request() -> None:
    lines = reference.MAN.read_text("utf-8").splitlines()
    assert {line.split()[0] for line in lines if line.startswith((".", "'"))} <= {
        *(".TH", ".SH", ".SS", ".PP", ".TP", ".EX", ".EE", ".RS", ".RE", ".nr", ".ad")
    }


def test_the_man_page_is_set_without_a_warning() -> None:
    groff = shutil.which("groff")
    if groff is None:
        pytest.skip("groff is not installed")
    done = subprocess.run(
        [groff, "-man", "-Tutf8", "-ww", "-P-c", reference.MAN], capture_output=True, encoding="utf-8", timeout=60
    )
    assert (done.returncode, done.stderr) == (0, "")
    shown = re.sub(r".\x08", "", done.stdout)
    assert "~/.intacct/credentials.ini" in shown
    assert "INTACCT_SENDER_PASSWORD, INTACCT_USER_PASSWORD" in " ".join(shown.split())


def test_the_man_page_is_installed_where_man_looks() -> None:
    project = tomllib.loads((PACKAGE.parent / "pyproject.toml").read_text("utf-8"))
    shared = project["tool"]["hatch"]["build"]["targets"]["wheel"]["shared-data"]
    assert {(PACKAGE.parent / source): place for source, place in shared.items()} == {
        reference.MAN: "share/man/man1/intacct-ql.1"
    }
