"""Windows events as JSON Lines: one record per line, as the `evtx` package writes it, through the same dispatch.

A line is `{"Event": {…}}`, or the package's own envelope `{"event_record_id": …, "timestamp": …, "data": "{…}"}`. Lines
of several logs of a host may be mixed.
"""

from __future__ import annotations

from groundrules.core.evidence import Damage, Reading
from groundrules.core.ids import AssetId, EvidenceId
from groundrules.readers.evtx.chunks import Salvage
from groundrules.readers.evtx.claims import Source
from groundrules.readers.evtx.intake import Intake
from groundrules.readers.evtx.reading import reading_of
from groundrules.readers.evtx.records import DamagedRecord, parsed

READER = "windows-events-json/1"


class UnreadableWindowsEvents(ValueError):
    """Not one line of the bytes is a Windows event record."""


def read_windows_events_json(raw: bytes, asset: AssetId, evidence: EvidenceId) -> Reading:
    """This function will read Windows events written one per line; a bad line is counted with its number.

    Raises UnreadableWindowsEvents when no line holds a record. Citations name the line.
    """
    salvage, intake = Salvage(), Intake()
    for number, line in enumerate(raw.removeprefix(b"\xef\xbb\xbf").split(b"\n"), start=1):
        written = line.strip()
        if not written:
            continue
        try:
            _take(intake, written, f"line {number}")
        except DamagedRecord as problem:
            salvage.damaged.append(Damage(f"line {number}", str(problem)))
    if not intake.kinds:
        first = (
            f"; {salvage.damaged[0].where}: {salvage.damaged[0].problem}" if salvage.damaged else ""
        )
        message = (
            f"no Windows event record in {len(raw)} bytes{first}; "
            'send one JSON record per line, each with {"Event": {"System": …}}'
        )
        raise UnreadableWindowsEvents(message)
    return reading_of(intake, salvage, Source(asset, evidence, READER))


def _take(intake: Intake, written: bytes | str, label: str) -> None:
    """This function will take one line in, bare or in the package's envelope; raises DamagedRecord."""
    document = parsed(written)
    data = document.get("data") if isinstance(document, dict) else None
    if isinstance(data, str):
        intake.take_document(parsed(data), label)
    else:
        intake.take_document(data if isinstance(data, dict) else document, label)
