"""What may be typed next: a pure function of the text, the place in it, and a catalog.

In: text, cursor, catalog, names of parameters and profiles. Out: ``Suggestion`` records, best first. Refuses to know:
terminals, and any company.
"""

from intacct_ql.shell.completion.complete import complete
from intacct_ql.shell.completion.suggestion import Kind, Suggestion

__all__ = ["Kind", "Suggestion", "complete"]
