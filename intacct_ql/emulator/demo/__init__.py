"""The demo company: Kestrel Supply, three entities, its customers, vendors and books from 2024 to October 2026.

In: a scale and a seed. Out: ``Table`` records with the same rows every time. Refuses to know: SQL, XML, the store.

::

    organisation  employees  customers  vendors  terms  chart  offerings  ->  company    what does not grow
    documents  ->  receivables, payables    journals                              what grows with the scale
    postings  ->  ledger                                                          what all of that does to the books
"""

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

from intacct_ql.emulator.demo import company, ledger, payables, receivables
from intacct_ql.emulator.tables import Table

SEED = 20_101_022
"""The seed of the company that documentation and examples show."""


def tables(*, scale: int = 1, seed: int = SEED) -> Iterator[Table]:
    """Every table of the company; ``scale`` multiplies the documents, and rows are made as they are read."""
    if scale < 1:
        raise ValueError(f"scale must be 1 or more, not {scale}")
    founded = company.build(seed, scale)
    yield from founded.tables()
    yield from receivables.tables(founded)
    yield from payables.tables(founded)
    yield from ledger.tables(founded)


def edition(scale: int, seed: int) -> str:
    """What tells the rows of one company from those of another, or of another version of this package."""
    makers = sha256(b"".join(file.read_bytes() for file in sorted(Path(__file__).parent.glob("*.py")))).hexdigest()
    return f"the demo company of scale {scale}, seed {seed}, edition {makers[:12]}"
