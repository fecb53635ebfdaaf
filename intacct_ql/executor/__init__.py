"""Plans at work: pages are moved, rows are finished here where the gateway could not.

In: plans. Out: rows. Refuses to know: query text.
"""
