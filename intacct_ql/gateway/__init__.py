"""The conversation with Sage Intacct's XML gateway, without a wire.

In: function elements and replies as bytes. Out: requests as bytes, typed rows, and errors with the gateway's words.
Refuses to know: sockets, threads, clocks, and what a query means.
"""
