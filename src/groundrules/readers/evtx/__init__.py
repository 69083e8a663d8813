"""Windows event logs (EVTX): raw bytes into sessions, observed changes and gaps, with everything damaged counted.

`docs/reference/readers-windows.md` says which records are understood and whom each of them names.
"""

from __future__ import annotations

from functools import partial

from groundrules.core.evidence import Reading
from groundrules.core.ids import AssetId, EvidenceId
from groundrules.readers.evtx.chunks import Salvage, UnreadableEvtx, chunks_of, records_of
from groundrules.readers.evtx.claims import Source
from groundrules.readers.evtx.intake import Intake
from groundrules.readers.evtx.reading import reading_of

__all__ = ["READER", "UnreadableEvtx", "read_evtx"]

READER = "evtx/1"


def read_evtx(raw: bytes, asset: AssetId, evidence: EvidenceId) -> Reading:
    """This function will read a Windows event log file: every record counted, known ones understood, damage kept.

    Raises UnreadableEvtx when the bytes are no event log or nothing of one is left; anything less is a value in
    `damaged`, and a gap where it cost records.
    """
    salvage, intake = Salvage(), Intake()
    for number, chunk in chunks_of(raw, salvage):
        intake.take_all(records_of(number, chunk, salvage), partial(salvage.note, number))
    return reading_of(intake, salvage, Source(asset, evidence, READER))
