"""The real command in a terminal: what somebody types, and what is seen then."""

import stat
from pathlib import Path

ROWS = r"^\d+ rows?, \d+ calls?"


def test_objects_are_suggested_with_their_labels(opens, shows) -> None:
    terminal = opens("--demo")
    terminal.type("select * from custo")
    shows(terminal, "objects")


def test_fields_are_suggested_with_their_types_and_labels(opens, shows) -> None:
    terminal = opens("--demo")
    terminal.type("select NAME from CUSTOMER where limi")
    shows(terminal, "fields")


def test_the_menu_is_walked_with_tab_and_taken_with_enter(opens, shows) -> None:
    terminal = opens("--demo")
    terminal.type("select CUSTOMERID from CUSTOMER where STATUS = ")
    terminal.sees("inactive")
    terminal.press("tab", "tab")
    terminal.sees("STATUS = inactive")
    terminal.press("enter")
    terminal.type(" limit 1;")
    terminal.sees("inactive limit 1;$")
    terminal.press("enter")
    terminal.sees(ROWS)
    shows(terminal, "taken")


def test_a_query_may_have_many_lines(opens, shows) -> None:
    terminal = opens("--demo")
    terminal.type("select CUSTOMERID, NAME")
    terminal.press("enter")
    terminal.sees(r"^ *\.>$")
    terminal.type("from CUSTOMER order_by NAME limit 2;")
    terminal.press("enter")
    terminal.sees(ROWS)
    shows(terminal, "lines")


def test_a_mistake_has_a_caret_and_one_key_mends_it(opens, shows) -> None:
    terminal = opens("--demo")
    terminal.type("select CREDITLIMIT, NAM from CUSTOMER where STATUS = actve limit 2;")
    terminal.press("enter")
    terminal.sees("F2 puts in")
    shows(terminal, "mistake")
    terminal.press("f2")
    terminal.sees(r"^demo> select CREDITLIMIT, NAME from CUSTOMER where STATUS = active limit 2;$")
    terminal.press("enter")
    terminal.sees(ROWS)
    shows(terminal, "mended")


def test_the_key_goes_from_one_reading_to_the_next(opens) -> None:
    terminal = opens("--demo")
    terminal.type("select NAME from CUSTOMER where NAME = CUSTOMERID;")
    terminal.press("enter")
    terminal.sees("F2 puts in")
    terminal.press("f2")
    terminal.sees("NAME = 'CUSTOMERID';$")
    terminal.press("f2")
    terminal.sees(r"NAME = field\(CUSTOMERID\);$")


def test_the_mended_query_comes_by_a_command_too(opens) -> None:
    terminal = opens("--demo")
    terminal.type("select NAM from CUSTOMER limit 1;")
    terminal.press("enter")
    terminal.sees("F2 puts in")
    terminal.type(".fix")
    terminal.press("enter")
    terminal.sees("^demo> select NAME from CUSTOMER limit 1;$")


def test_the_query_of_a_command_is_mended_behind_it(opens) -> None:
    terminal = opens("--demo")
    terminal.type(".xml select NAM from CUSTOMER")
    terminal.press("escape", "enter")
    terminal.sees("F2 puts in: .xml select NAME from CUSTOMER$")
    terminal.press("f2", "enter")
    terminal.sees("^<query><select><field>NAME</field>")


def test_rows_before_a_failure_are_shown_and_it_is_told(opens, failing) -> None:
    terminal = opens("--endpoint", failing, **DEMO)
    terminal.type("select RECORDNO from GLENTRY option (pagesize = 2);")
    terminal.press("enter")
    terminal.sees("^ +1\n +2$", "^error: ", "^demo>$")


def test_long_and_wide_rows_are_paged(opens, shows) -> None:
    terminal = opens("--demo", height=12)
    terminal.type("select RECORDNO, ACCOUNTNO, ENTRY_DATE, AMOUNT, DESCRIPTION, BATCHNO, DEPARTMENT, LOCATION")
    terminal.type(" from GLENTRY option (pagesize = 40);")
    terminal.press("enter")
    terminal.sees("q leaves")
    shows(terminal, "pager")
    terminal.press("pgdn", "right")
    terminal.sees("rows 11-20 of 40 read so far, columns 2-")
    shows(terminal, "pager-moved")
    terminal.press("end")
    terminal.sees("rows 71-80 of 80 read so far")  # the end of 40 was on the screen until more had come
    terminal.press("up")
    terminal.sees("rows 70-79 of 80 read so far")
    terminal.press("home", "left")
    terminal.sees("rows 1-10 of 80 read so far, columns 1-")
    terminal.type("q")
    terminal.sees("80 rows were read; there are more", "80 rows, 2 calls", "^demo>$")


def test_the_pager_says_where_the_rows_end(opens) -> None:
    terminal = opens("--demo", height=12)
    terminal.type("select CUSTOMERID from CUSTOMER limit 30;")
    terminal.press("enter")
    terminal.sees("rows 1-10 of 30, q leaves")
    terminal.type("q")
    terminal.sees("^30 rows, 1 call", "^demo>$")
    assert "there are more" not in terminal.screen


def test_rows_that_fit_are_not_paged_and_the_pager_can_be_off(opens) -> None:
    terminal = opens("--demo", height=12)
    terminal.type(".pager off")
    terminal.press("enter")
    terminal.sees("the pager is off")
    terminal.type("select CUSTOMERID from CUSTOMER limit 30;")
    terminal.press("enter")
    terminal.sees("30 rows, 1 call")


def test_an_interrupt_stops_a_pull_and_keeps_its_rows(opens, slow) -> None:
    terminal = opens("--endpoint", slow, "--output", "csv", **DEMO)
    terminal.type("select RECORDNO from GLENTRY option (pagesize = 3);")
    terminal.press("enter")
    terminal.sees(r"^1\n2\n3$")
    terminal.press("ctrl-c")
    terminal.sees("interrupted after [0-9]+ rows; what was read is kept", "^demo>$")
    terminal.type("select NAME from VENDOR limit 1;")
    terminal.press("enter")
    terminal.sees("^1 row, 1 call")


def test_an_interrupt_before_the_first_rows_ends_the_query_alone(opens, slow) -> None:
    terminal = opens("--endpoint", slow, **DEMO)
    terminal.type("select RECORDNO from GLENTRY;")
    terminal.press("enter")
    terminal.insists("ctrl-c", "interrupted$")
    terminal.sees("^demo>$")
    terminal.type("select NAME from VENDOR limit 1;")
    terminal.press("enter")
    terminal.sees("^1 row, 1 call")


def test_an_interrupt_in_the_pager_stops_reading_and_keeps_the_rows(opens, slow) -> None:
    terminal = opens("--endpoint", slow, height=12, **DEMO)
    terminal.type("select RECORDNO from GLENTRY option (pagesize = 12);")
    terminal.press("enter")
    terminal.sees("q leaves")
    terminal.press("end", "down")
    terminal.sees("reading more ... Ctrl-C stops")
    terminal.press("ctrl-c")
    terminal.sees("stopped, q leaves")
    terminal.type("q")
    terminal.sees("interrupted after [0-9]+ rows; what was read is kept", "^demo>$")


def test_what_was_typed_is_remembered_and_found(opens, tmp_path: Path) -> None:
    first = opens("--demo")
    for line in ("select NAME from VENDOR limit 1;", "select NAME from CUSTOMER limit 1;"):
        first.type(line)
        first.press("enter")
        first.sees(ROWS)
        first.press("ctrl-l")
        first.loses("row")
    first.press("ctrl-d")
    assert first.leaves() == 0
    (kept,) = (tmp_path / ".local" / "state" / "intacct-ql").iterdir()
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    second = opens("--demo")
    second.press("up")
    second.sees("^demo> select NAME from CUSTOMER limit 1;$")
    second.press("ctrl-c")
    second.sees("^demo>$")
    second.press("ctrl-r")
    second.type("VEND")
    second.sees("select NAME from VENDOR limit 1;")
    second.press("enter", "enter")
    second.sees(ROWS)


def test_an_interrupt_clears_the_line(opens) -> None:
    terminal = opens("--demo")
    terminal.type("select nonsense")
    terminal.sees("nonsense$")
    terminal.press("ctrl-c")
    terminal.sees("^demo>$")
    terminal.type(".quit")
    terminal.press("enter")
    assert terminal.leaves() == 0


def test_the_prompt_says_company_and_entity(opens, slow) -> None:
    terminal = opens("--endpoint", slow, "--entity", "E100", prompt="demo/E100>", **DEMO)
    terminal.sees("Company demo/E100, user demo")


def test_colours_are_for_those_who_want_them(opens) -> None:
    text = "select NAME from CUSTOMER where NAME = 'a' -- all"
    coloured, plain = opens("--demo"), opens("--demo", NO_COLOR="1")
    for terminal in (coloured, plain):
        terminal.type(text)
        terminal.sees("-- all$")
    coloured.waits(lambda _: {"cyan", "green"} <= coloured.colours, "cyan and green")
    plain.settles()
    assert plain.colours == set()


def test_commands_help_and_say_what_was_meant(opens, shows) -> None:
    terminal = opens("--demo")
    for line in (".help watch", ".schemas CUSTOMER", ".mode cvs", ".schema CUSTOMMER", ".timing maybe"):
        terminal.type(line)
        terminal.press("escape", "enter")
        terminal.sees(rf"^demo> {line}\n(.+\n)+demo>$")
    shows(terminal, "commands")


def test_the_last_query_is_edited_and_comes_back(opens, tmp_path: Path) -> None:
    editor = tmp_path / "editor"
    editor.write_text("#!/bin/sh\nsed -i s/CUSTOMER/VENDOR/ $1\n")
    editor.chmod(0o755)
    terminal = opens("--demo", EDITOR=str(editor))
    terminal.type("select NAME from CUSTOMER limit 1;")
    terminal.press("enter")
    terminal.sees(ROWS)
    terminal.type(".edit")
    terminal.press("enter")
    terminal.sees("^demo> select NAME from VENDOR limit 1;$")


def test_rows_go_to_a_file_once(opens, tmp_path: Path) -> None:
    terminal = opens("--demo")
    terminal.type(".output vendors.csv")
    terminal.press("enter")
    terminal.sees("the next rows go to vendors.csv, as csv")
    terminal.type("select VENDORID from VENDOR order_by VENDORID limit 2;")
    terminal.press("enter")
    terminal.sees("2 rows are in vendors.csv", ROWS)
    assert (tmp_path / "vendors.csv").read_text().startswith("VENDORID\n")


def test_a_query_is_watched_until_an_interrupt(opens) -> None:
    terminal = opens("--demo")
    terminal.type("select count(*) as vendors from VENDOR;")
    terminal.press("enter")
    terminal.sees(ROWS)
    terminal.type(".watch 0.2")
    terminal.press("enter")
    terminal.sees(r"(every 0.2 s until Ctrl-C(.|\n)*){2}")
    terminal.press("ctrl-c")
    terminal.sees("interrupted$", "^demo>$")


def test_another_company_is_asked(opens, tmp_path: Path, slow) -> None:
    folder = tmp_path / ".intacct"
    folder.mkdir()
    secrets = "\n".join(f"{name.removeprefix('INTACCT_').lower()} = demo" for name in DEMO)
    (folder / "credentials.ini").write_text(f"[acme]\n{secrets}\nentity_id = E100\nendpoint_url = {slow}\n")
    (folder / "credentials.ini").chmod(0o600)
    terminal = opens("--demo")
    terminal.type(".profile ac")
    terminal.sees("acme +argument")
    terminal.press("tab", "enter", "enter")
    terminal.sees("Company demo/E100", "^demo/E100>$")


DEMO = {
    f"INTACCT_{name}": "demo" for name in ("SENDER_ID", "SENDER_PASSWORD", "COMPANY_ID", "USER_ID", "USER_PASSWORD")
}


def test_nothing_is_lost_that_is_typed_before_the_prompt_can_read(opens) -> None:
    """The prompt is seen while the library that reads keys is still loaded: keys of every kind are kept for it."""
    terminal = opens("--demo")
    terminal.type("select NAME from VENDOR limit 2;\x1b[H\x1b[3~S\x1b[F\r")
    terminal.sees("^demo> Select NAME from VENDOR limit 2;$", "^2 rows, 1 call")
