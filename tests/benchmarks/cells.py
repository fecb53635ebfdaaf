"""Cells as a gateway writes them, drawn by lot: what the pages of the benchmarks are made of.

In: dice. Out: for each type a function that gives a cell's text. Imports nothing that a measurement would count.
"""

import random
from collections.abc import Callable


def cells(dice: random.Random) -> dict[str, Callable[[], str]]:
    """What draws one cell, by the name of its type."""

    def day() -> str:
        return f"{dice.randint(1, 12):02}/{dice.randint(1, 28):02}/20{dice.randint(18, 26)}"

    return {
        "TEXT": lambda: dice.choice(["Acme & Sons", "ZAB001", "Some longer description of it", "x"]),
        "INTEGER": lambda: str(dice.randint(1, 10**6)),
        "CURRENCY": lambda: f"{dice.random() * 1e5:.2f}",
        "DATE": day,
        "TIMESTAMP": lambda: f"{day()} {dice.randint(0, 23):02}:{dice.randint(0, 59):02}:{dice.randint(0, 59):02}",
        "BOOLEAN": lambda: dice.choice(["true", "false"]),
        "ENUM": lambda: dice.choice(["Posted", "Paid"]),
    }
