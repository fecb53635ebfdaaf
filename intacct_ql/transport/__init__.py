"""Bytes out, bytes in.

In: a URL and a body. Out: a status and the pieces of the answer. Refuses to know: what the bytes say.
"""
