"""Rows that are new or changed since they were last asked for.

In: a query, the object it asks, and what was seen before. Out: the query to ask now, and of its rows those that are
news. Refuses to know: files, and when anybody asks.

Changes are told by WHENMODIFIED. A row may be stamped before it can be read, so each run asks again for what lies
within a look-back window behind the newest stamp, and knows the rows it has seen there by their keys and a digest of
their cells: late ones are news, the others are not. Rows without WHENMODIFIED, which nobody has changed, go by when
they were created; where that is not known either, they are asked for each time and compared. The clock is the gateway's
own. What comes later than the window allows is never seen, nor is a row that was deleted: AUDITHISTORY tells of those.
"""

from intacct_ql.watching.look import Look, Memory, beginning
from intacct_ql.watching.query import Watched, watched

__all__ = ["Look", "Memory", "Watched", "beginning", "watched"]
