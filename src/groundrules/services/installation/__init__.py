"""The installation as a whole: kept in one file, brought back, moved to another database, and watched.

`rows` is the one form every row has on the way, whatever engine it comes from or goes to; `keeping` writes a backup,
`bringing_back` restores and proves it, `moving` copies to another database and proves that every row is the same.
"""
