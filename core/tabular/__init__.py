"""Tables that people send as files: bytes in, a header and rows of text out, every doubt with its row and column.

Nothing here knows what the rows mean. ``read.read_table`` opens CSV and XLSX, ``cell_values`` turns text into
durations, dates and numbers, ``columns`` finds columns by their names, ``writing`` makes files people can open.
"""
