"""Sessions with a company, for blocking and for async callers.

::

    settings  ->  company      how a run is to be, and how a query becomes one
    company   ->  blocking     a session of its own kind for each way to wait
              ->  waiting

In: query text, parameters, settings; a conversation and the line it goes over. Out: results. Refuses to know: how any
stage works, and how a session comes about.
"""

from intacct_ql.sessions.blocking import Session
from intacct_ql.sessions.settings import RunSettings
from intacct_ql.sessions.waiting import AsyncSession

__all__ = ["AsyncSession", "RunSettings", "Session"]
