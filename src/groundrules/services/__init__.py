"""Services: the verbs. One intent, one function, one transaction; the only rooms that write.

Every verb is keyword-only and takes `actor` (who) and `at` (when), and writes its audit entry in its own transaction.
"""
