"""A terminal that has no signs beyond ASCII is given none."""

import re

import pexpect


def doctor(environment, encoding: str, *arguments: str) -> str:
    program, settings = environment(PYTHONIOENCODING=encoding)
    return re.sub(r"\x1b\[[0-9;]*m", "", pexpect.run(" ".join([program, "doctor", *arguments]), **settings))


def test_the_findings_of_doctor_have_a_form_without_them(environment) -> None:
    told = doctor(environment, "ascii")
    assert "+ session " in told
    assert "- clock " in told
    assert "-> " in told
    assert "\\u" not in told
    assert told.isascii()


def test_elsewhere_they_have_their_signs(environment) -> None:
    assert "✓ session " in doctor(environment, "utf-8", "--demo")
