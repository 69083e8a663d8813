"""What is promised about getting a server back, as one sentence, and back without loss."""

from __future__ import annotations

from groundrules.core.agreements.further_terms import RecoveryTerms
from groundrules.core.agreements.quantity_sentences import read_heading, said_heading
from groundrules.core.agreements.reading import Cursor, said_quoted
from groundrules.core.agreements.words import spoken_list
from groundrules.core.ids import AssetId


def say_recovery(terms: RecoveryTerms) -> str:
    """This function will state how much may be lost, how soon a server is back, and how often that is proven."""
    of = spoken_list([said_quoted(server) for server in terms.servers]) or "every server"
    parts = (
        f"of {of} at most {terms.loses_at_most} minutes of work are lost",
        f"it is back within {terms.back_within} minutes",
        *((f"a restore is proven every {terms.proven_every} days",) if terms.proven_every else ()),
    )
    return f"{said_heading('Recovery', terms.clause)}{'; '.join(parts)}."


def read_recovery(cursor: Cursor) -> RecoveryTerms:
    """This function will read a recovery sentence."""
    clause = read_heading(cursor, "Recovery")
    cursor.expect("of ")
    servers: tuple[AssetId, ...] = ()
    if not cursor.skip("every server"):
        servers = cursor.listed(lambda: AssetId(cursor.quoted()))
    cursor.expect(" at most ")
    lost = cursor.whole()
    cursor.expect(" minutes of work are lost; it is back within ")
    back = cursor.whole()
    cursor.expect(" minutes")
    every = 0
    if cursor.skip("; a restore is proven every "):
        every = cursor.whole()
        cursor.expect(" days")
    cursor.expect(".")
    return RecoveryTerms(lost, back, every, servers, clause)
