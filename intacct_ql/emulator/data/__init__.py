"""A company that somebody brings: files of rows and of lookup replies, or a SQLite database.

In: a path. Out: a ``Store`` with the rows, or ``DataError`` that lists every mistake with its place. Refuses to know:
functions, queries, the gateway.

::

    folder, csv_files, json_files, database  ->  Source: texts and where they stand
    lookup_reader                            ->  the objects and fields that the catalog does not know
    forms                                    ->  a text in its storage form
    loading                                  ->  all of it in a store
"""
