"""Agreements: dated versions of typed clauses, and the quantities they set.

One typed clause record <-> one controlled-English sentence <-> one exhaustive decision table over finite facts
(`facts.py`). Nothing about rates, hours, notice or rounding is a constant: every quantity is a parameter of a version.
"""
