"""The profile file: one section is changed, and nothing else of it."""

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intacct_ql.errors import ConfigError
from intacct_ql.profiles import file as ini

WRITTEN = """\
; my profiles
[default]
sender_id = one   ; not a comment
# the password
sender_password = "100%; sure"
colour = blue

[other]
user_id: u
  over two lines
company_id = c
"""


def test_a_value_is_changed_where_it_stands() -> None:
    assert ini.edited(WRITTEN, "default", {"sender_password": "it's"}) == WRITTEN.replace('"100%; sure"', '"it\'s"')


def test_a_value_that_is_new_stands_behind_the_last_one() -> None:
    after = ini.edited(WRITTEN, "default", {"company_id": "acme"})
    assert after == WRITTEN.replace("colour = blue\n", "colour = blue\ncompany_id = acme\n")


def test_a_value_is_taken_away_with_the_lines_it_goes_over() -> None:
    after = ini.edited(WRITTEN, "other", {"user_id": None, "entity_id": None})
    assert after == WRITTEN.replace("user_id: u\n  over two lines\n", "")


def test_a_section_that_is_new_stands_at_the_end() -> None:
    assert ini.edited(WRITTEN, "new", {"user_id": "u"}) == WRITTEN + "\n[new]\nuser_id = u\n"
    assert ini.edited("[a]\nx = 1", "new", {"user_id": "u"}) == "[a]\nx = 1\n\n[new]\nuser_id = u\n"
    assert ini.edited("", "new", {"user_id": "u"}) == "[new]\nuser_id = u\n"


def test_a_section_is_taken_away() -> None:
    assert ini.edited(WRITTEN, "other", None) == WRITTEN.partition("[other]")[0]


def test_line_ends_stay_as_they_were() -> None:
    after = ini.edited("[a]\r\nx = 1\r\n", "a", {"user_id": "u"})
    assert after == "[a]\r\nx = 1\r\nuser_id = u\r\n"


TEXT = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=20)
NAMES = st.text(st.characters(categories=("L", "N"), include_characters="-_. "), min_size=1).filter(
    lambda name: name == name.strip()
)
SECTIONS = st.dictionaries(st.sampled_from(["sender_id", "sender_password", "user_id", "own"]), TEXT)


@given(before=st.dictionaries(NAMES, SECTIONS, max_size=3), name=NAMES, values=SECTIONS, comment=TEXT)
def test_what_is_written_is_what_is_read(
    before: dict[str, dict[str, str]], name: str, values: dict[str, str], comment: str
) -> None:
    text = f"# {comment}\n"
    for section, kept in before.items():
        text = ini.edited(text, section, kept)
    after = ini.edited(text, name, values)
    assert ini.parse(after, Path("f")) == before | {name: before.get(name, {}) | values}
    assert after.startswith(f"# {comment}\n")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / ".intacct" / "credentials.ini"


def test_the_file_is_made_for_its_owner_alone(file: Path) -> None:
    ini.change(file, "a", {"user_id": "u"})
    assert (file.stat().st_mode & 0o777, file.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    assert os.listdir(file.parent) == ["credentials.ini"]


def test_a_link_stays_one(file: Path, tmp_path: Path) -> None:
    file.parent.mkdir()
    file.symlink_to(tmp_path / "elsewhere.ini")
    ini.change(file, "a", {"user_id": "u"})
    assert file.is_symlink()
    assert (tmp_path / "elsewhere.ini").read_text() == "[a]\nuser_id = u\n"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("  [a]\nuser_id = x\n", "cannot be changed from here"),  # indented, which readers of such files differ about
        ("hush\n", "line 1 is not"),
        ("[a]\nuser_id\x85 = hush\n[a]\n", "stands twice"),
    ],
)
def test_a_file_that_cannot_be_changed_stays_as_it_was(text: str, words: str, file: Path) -> None:
    file.parent.mkdir()
    file.write_text(text, "utf-8")
    with pytest.raises(ConfigError, match=words) as caught:
        ini.change(file, "a", {"user_id": "u"})
    assert "hush" not in str(caught.value)
    assert file.read_text("utf-8") == text


def test_a_value_with_a_line_end_is_refused(file: Path) -> None:
    with pytest.raises(ConfigError, match="control character"):
        ini.change(file, "a", {"user_password": "one\n[b]"})
    assert not file.exists()


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("")
    with pytest.raises(ConfigError, match="cannot be"):
        ini.change(tmp_path / "taken" / "credentials.ini", "a", {"user_id": "u"})
