"""Records: the one Django app. Cards are ordinary dated rows; books are append-only, guarded by the database itself.

A module per aggregate: fields, constraints, and QuerySet methods named as questions. No decisions, no signals.
"""
