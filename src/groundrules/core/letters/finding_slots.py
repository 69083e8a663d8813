"""The places a letter has for proven changes and for what stopped working around them."""

from __future__ import annotations

from collections.abc import Iterable

from groundrules.core.letters.answers import Slot
from groundrules.core.letters.composing import joined, listed, whole
from groundrules.core.letters.facts import (
    Correspondence,
    Finding,
    Trouble,
    finding_sentence,
    proven,
    servers_of,
    trouble_paragraphs,
)
from groundrules.core.reasons import FactRef


def finding_slots(
    findings: Iterable[Finding], troubles: Iterable[Trouble], letter: Correspondence
) -> tuple[Slot, ...]:
    """This function will place each proven change with the record behind it, and the troubles in their order in time.

    Raises NothingToNotify when nothing is proven.
    """
    kept = proven(findings)
    facts = tuple(FactRef("change", f.change.id, f.change.sentence) for f in kept)
    return (
        joined("changed_servers", servers_of(kept, letter), letter),
        listed("findings", (finding_sentence(f, letter) for f in kept), letter, *facts),
        whole("troubles", trouble_paragraphs(troubles, kept, letter), letter),
    )
