"""Proof by replay: which changes, undone on a copy of the real end state, make the application work again.

Pure: the search asks for one run at a time and is told its outcome. It looks for repairs of the end state, never for
failures of stacked pieces, so a change that was repaired in between is not blamed.
"""
