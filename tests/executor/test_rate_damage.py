"""A rate file whose tables hold what was never written there: told as damage, when asked and never when leaving."""

import sqlite3

import pytest

from intacct_ql.errors import ConfigError
from intacct_ql.executor.rate import Rate

LOOSE = ("DROP TABLE call", "CREATE TABLE call (name, since, over)")
LOOSE_WINDOW = ("DROP TABLE window", "CREATE TABLE window (seconds)")


@pytest.mark.parametrize(
    "damage",
    [
        ("DELETE FROM window",),
        (*LOOSE_WINDOW, "INSERT INTO window VALUES (NULL)"),
        (*LOOSE_WINDOW, "INSERT INTO window VALUES ('a minute')"),
        (*LOOSE_WINDOW, "INSERT INTO window VALUES (x'00')"),
        (*LOOSE, "INSERT INTO call VALUES ('a', NULL, 1.0)"),
        (*LOOSE, "INSERT INTO call VALUES ('a', 1.0, NULL)"),
        (*LOOSE, "INSERT INTO call VALUES ('a', 'soon', 1.0)"),
        (*LOOSE, "INSERT INTO call VALUES ('a', x'00', 1.0)"),
        ("INSERT INTO call VALUES ('a', 9e999, 9e999)",),
        ("INSERT INTO call VALUES ('a', -9e999, 1.0)",),
    ],
    ids=" ".join,
)
def test_tables_that_hold_something_else_are_told_as_damage(tmp_path, damage):
    file = tmp_path / "rate"
    limit = Rate(2, file=file)
    ticket = limit.enter()
    connection = sqlite3.connect(file)
    for statement in damage:
        connection.execute(statement)
    connection.commit()
    connection.close()
    ticket.leave()
    words = f"the file of the rate, {file}, is damaged; delete it once no program uses it"
    for ask in (limit.enter, lambda: Rate(2, file=file)):
        with pytest.raises(ConfigError) as caught:
            ask()
        assert str(caught.value) == words
    file.unlink()
    assert not isinstance(limit.enter(), float)


def test_whole_numbers_are_numbers_too(tmp_path):
    limit = Rate(2, file=tmp_path / "rate", clock=lambda: 1_000.0)
    connection = sqlite3.connect(tmp_path / "rate")
    for statement in (*LOOSE, "INSERT INTO call VALUES ('a', 1000, 1000)", *LOOSE_WINDOW):
        connection.execute(statement)
    connection.execute("INSERT INTO window VALUES (60)")
    connection.commit()
    connection.close()
    assert not isinstance(limit.enter(), float)
    assert isinstance(limit.enter(), float)
