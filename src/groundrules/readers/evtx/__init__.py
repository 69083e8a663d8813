"""Windows event logs (EVTX): raw bytes into sessions, observed changes and gaps, with everything damaged counted.

`docs/reference/readers-windows.md` says which records are understood and whom each of them names.
"""

from __future__ import annotations

from groundrules.core.evidence import Damage, Reading
from groundrules.core.ids import AssetId, EvidenceId
from groundrules.readers.evtx.chunks import Salvage, UnreadableEvtx, chunks_of, texts_of
from groundrules.readers.evtx.claims import Source
from groundrules.readers.evtx.reading import Intake, reading_of
from groundrules.readers.evtx.records import DamagedRecord, record_from_json

__all__ = ["READER", "UnreadableEvtx", "read_evtx"]

READER = "evtx/1"


def read_evtx(raw: bytes, asset: AssetId, evidence: EvidenceId) -> Reading:
    """This function will read a Windows event log file: every record counted, known ones understood, damage kept.

    Raises UnreadableEvtx when the bytes are no event log or nothing of one is left; anything less is a value in
    `damaged`, and a gap where it cost records.
    """
    salvage, intake = Salvage(), Intake()
    for number, chunk in chunks_of(raw, salvage):
        for stored_number, written in texts_of(number, chunk, salvage):
            try:
                intake.add(record_from_json(written))
            except DamagedRecord as problem:
                salvage.lost.add(stored_number)
                salvage.damaged.append(
                    Damage(f"chunk {number}, record {stored_number}", str(problem))
                )
    return reading_of(intake, salvage, Source(asset, evidence, READER))
