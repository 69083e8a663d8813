"""Explanation: one incident's answers put in the order a client accepts, with CAUSE, ACTOR, AUTHORITY and PROOF apart.

Nothing is decided here and nothing is worded stronger than its record: what failed, what we know, who, whether it was
allowed, what we tested, what we ruled out, what we don't know, and what would change our mind.
"""
