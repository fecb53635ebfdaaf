"""Rows and what is known about them.

In: columns, an iterator of typed rows, and the counters that the run keeps up to date. Out: rows, one at a time, in
batches, as dictionaries, all at once, or as a stream of Arrow batches. Refuses to know: where rows come from, and how
they are written down.

A result is an iterator object and not a generator, so a failed fetch does not end it. A row that was read is never
lost: ``fetchmany`` gives what it has and raises at the next call, ``fetchall`` raises and keeps what it has for the
next fetch. A generator that ends by a failure raises that failure again instead of looking complete.
"""

from intacct_ql.result.blocking import Result
from intacct_ql.result.records import BATCH, ResultColumn, Row, Stats, unique_names
from intacct_ql.result.waiting import AsyncResult

__all__ = ["BATCH", "AsyncResult", "Result", "ResultColumn", "Row", "Stats", "unique_names"]
