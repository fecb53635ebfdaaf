"""What is installed only where it is asked for.

In: the name of a module. Out: the module, or words that name the extra. Refuses to know: what it is used for.
"""

from importlib import import_module
from typing import Any

from intacct_ql.errors import ConfigError

EXTRAS = {"xlsxwriter": "excel"}
"""The extra that brings a module; arrow brings all others, or goes with them."""


def extra(module: str) -> Any:
    """A module that an extra brings, or one that goes with it. Raises ``ConfigError`` where it is missing."""
    try:
        return import_module(module)
    except ModuleNotFoundError as missing:
        wanted = "" if module.startswith("pyarrow") or module in EXTRAS else f" {module}"
        name = EXTRAS.get(module, "arrow")
        raise ConfigError(f"{module} is not installed; pip install 'intacct-ql[{name}]'{wanted}") from missing
