"""The shell: queries typed or piped in, rows looked at.

In: lines, and what the command line gives it: a company, words, places to write to. Out: rows, messages, a history.
Refuses to know: options of the command line, and what an exit status is.
"""
