"""Options that name files, which have to be different ones.

In: the files that options name. Out: nothing, or words on two options that name the same. Refuses to know: what the
files are for.
"""

from collections.abc import Mapping
from itertools import combinations
from pathlib import Path

import click

from intacct_ql.cli.places import File, place_of


def check_apart(files: Mapping[str, str | None]) -> None:
    """Raise ``UsageError`` where two of these options name the same file: what one writes would damage the other's.

    Devices, pipes and open descriptors may be shared.
    """
    places = [(option, place_of(file)) for option, file in files.items() if file not in (None, "-")]
    named = [(option, place.target) for option, place in places if isinstance(place, File)]
    for (one, first), (other, second) in combinations(named, 2):
        if _is_same(first, second):
            raise click.UsageError(f"{one} and {other} name the same file, {second}: give each a file of its own.")


def _is_same(one: Path, other: Path) -> bool:
    if one == other:
        return True
    return one.exists() and other.exists() and one.samefile(other)
