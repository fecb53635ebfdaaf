"""A Sage Intacct XML gateway in a box: a company's rows behind the gateway's own wire format.

In: request documents, over a port or by a call. Out: response documents. Refuses to know: the client; it is written
against the wire alone and shares only the schema with the rest of the package.

``demo()`` gives the demo company's gateway, ``company()`` that of a company in files; ``Running`` puts one on a port,
and ``intacct_ql.emulator.pytest`` into tests. Names are loaded when first used.
"""

import sys
from functools import partial
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING

from intacct_ql.emulator.tables import Table

if TYPE_CHECKING:
    import os
    from collections.abc import Callable

    from intacct_ql.emulator.answers import Answer
    from intacct_ql.emulator.faults import Faults
    from intacct_ql.emulator.gateway import Gateway
    from intacct_ql.emulator.server import Running, serve
    from intacct_ql.emulator.sessions import Accounts
    from intacct_ql.emulator.store import Store

__all__ = ["Accounts", "Answer", "Faults", "Gateway", "Running", "Store", "Table", "company", "demo", "serve"]

_ROOMS = {
    "Accounts": "sessions",
    "Answer": "answers",
    "Faults": "faults",
    "Gateway": "gateway",
    "Running": "server",
    "Store": "store",
    "serve": "server",
}


def demo(
    scale: int = 1,
    seed: int | None = None,
    *,
    faults: str | None = None,
    strict: bool = False,
    keep: "str | os.PathLike[str] | None" = None,
    on_object: "Callable[[str], None]" = lambda _: None,
) -> "Gateway":
    """The gateway of the demo company, its rows multiplied by ``scale``. Every credential is the word ``demo``.

    ``strict`` refuses whatever the schema refuses; without it habits of real clients are forgiven. ``keep`` is a file
    for the rows of a large company: they are made when it is not there, ``on_object`` is told of each object then, and
    read where they lie ever after. What requests change stays in memory.

    Raises:
        ValueError: ``faults`` is no fault specification; the file holds another company, or something else.
        OSError: the file cannot be read or written.
    """
    from intacct_ql.emulator.demo import SEED, edition, tables  # noqa: PLC0415
    from intacct_ql.emulator.demo.saved import SAVED  # noqa: PLC0415
    from intacct_ql.emulator.gateway import Gateway  # noqa: PLC0415
    from intacct_ql.emulator.store import Store  # noqa: PLC0415

    make = partial(tables, scale=scale, seed=SEED if seed is None else seed)
    if keep is None:
        store = Store(make())
    else:
        from intacct_ql.emulator import kept  # noqa: PLC0415

        store = Store(kept=kept.keep(keep, edition(scale, SEED if seed is None else seed), make, on_object))
    return Gateway(store, faults=faults, seed=seed, strict=strict, saved=SAVED)


def company(
    path: "str | os.PathLike[str]",
    *,
    extend: bool = False,
    scale: int = 1,
    seed: int | None = None,
    faults: str | None = None,
    strict: bool = False,
) -> "Gateway":
    """The gateway of a company in files: a folder with ``CUSTOMER.csv`` or ``.json`` an object, or a SQLite database.

    ``CUSTOMER.lookup.xml``, a saved ``lookup`` reply, describes what the catalog does not know. The rows stand alone;
    ``extend`` puts them on top of the demo company's (of this ``scale``). Credentials and the rest are as for ``demo``.

    Raises:
        ValueError: with a line for each mistake: the file, the place, the value, and what is expected.
        OSError: a file cannot be read.
    """
    from pathlib import Path  # noqa: PLC0415

    from intacct_ql.emulator.data.loading import load  # noqa: PLC0415
    from intacct_ql.emulator.demo import tables  # noqa: PLC0415
    from intacct_ql.emulator.demo.saved import SAVED  # noqa: PLC0415
    from intacct_ql.emulator.gateway import Gateway  # noqa: PLC0415

    beneath = tables(scale=scale) if seed is None else tables(scale=scale, seed=seed)
    saved = SAVED if extend else None
    rows = load(Path(path), beneath=beneath, extend=extend)
    return Gateway(rows, faults=faults, seed=seed, strict=strict, saved=saved)


def __getattr__(name: str) -> object:
    if name in _ROOMS:
        return getattr(import_module(f"{__name__}.{_ROOMS[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


class _Package(ModuleType):
    """Keeps ``demo`` the function: importing the folder of that name would put the folder in its place."""

    def __setattr__(self, name: str, value: object) -> None:
        if name != "demo" or not isinstance(value, ModuleType):
            super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Package
