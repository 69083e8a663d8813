"""Segments of raw events against their names and the catalogue, as a part of verifying the whole store."""

from __future__ import annotations

from groundrules.records.models import Client, Segment
from groundrules.services import segments_keep
from groundrules.services.findings import Report

_WRONG = {"missing", "damaged"}


def check_segments(client: Client | None, report: Report) -> None:
    """This function will read every segment, of one client or of all.

    A file that nobody names is only a remark: nothing is ever answered from it.
    """
    standing = Segment.objects.standing()
    report.look("segments", (standing.filter(client=client) if client else standing).count())
    for found in segments_keep.check():
        if client is not None and found.client != client.code:
            continue
        where = f"{found.digest[:16]}… of {found.client}"
        if found.kind in _WRONG:
            report.find("segment", where, f"{found.kind}: {found.says}")
        else:
            report.notes.append(f"segment {where}: {found.kind}: {found.says}")
