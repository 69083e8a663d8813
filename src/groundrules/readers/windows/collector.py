"""The event logs as the Windows collector found them: sizes, first and last record, and the bookmark it went on from.

    {"channels":1,"taken_at":"…"}
    {"channel":"Security","bookmark":100,"bookmark_at":"…","oldest":90,"newest":140,"exported_from":101,…}
    {"end":1}
What was overwritten before it was collected, cleared, switched off or not readable is a gap with its span.
"""

from __future__ import annotations

from datetime import datetime

from groundrules.core.evidence import GapKind, Item, ItemKind, Reading, Snapshot
from groundrules.core.periods import Interval
from groundrules.readers.context import ReadingContext
from groundrules.readers.documents import Placed, Row, iso, objects, said
from groundrules.readers.gaps import gap_of
from groundrules.readers.linux.tally import Tally

READER = "windows-channels/1"
VERSION = "1"
SETTINGS = ("enabled", "mode", "maximum_bytes")


def read_windows_channels(raw: bytes, context: ReadingContext) -> Reading:
    """This function will read what the collector found of each event log: gaps, and the logs' settings as a snapshot.

    A document without its head or its end is damage; what its lines say about gaps is kept all the same.
    """
    tally = Tally(READER, context)
    lines = objects(tally, raw)
    taken_at = next((at for one in lines if (at := iso(said(one.fields, "taken_at")))), None)
    channels = [one for one in lines if said(one.fields, "channel")]
    for placed in lines:
        _count(tally, placed)
    if taken_at is None or not any(said(one.fields, "channels") == VERSION for one in lines):
        tally.damage("line 1", "not a head of version 1 with its time")
        return tally.reading()
    for placed in channels:
        _note_gaps(tally, placed, taken_at)
    if said(lines[-1].fields, "end") == str(len(channels)) and not tally.damages:
        _keep_settings(tally, channels, taken_at)
    else:
        tally.damage("the end", "the document is not whole; its settings are no snapshot")
    return tally.reading()


def _count(tally: Tally, placed: Placed) -> None:
    names = ("channel", "channels", "end")
    told = next((name for name in names if said(placed.fields, name)), "")
    if told:
        tally.known(f"windows-channels/{told}")
    else:
        tally.unknown("windows-channels/line")


def _number(fields: Row, name: str) -> int:
    written = said(fields, name)
    return int(written) if written.isascii() and written.isdecimal() and len(written) < 20 else 0  # noqa: PLR2004 - 64 bits


def _note_gaps(tally: Tally, placed: Placed, taken_at: datetime) -> None:
    """The span begins at the last record that was collected before, or at the oldest there is now."""
    fields = placed.fields
    channel = said(fields, "channel")
    since = iso(said(fields, "bookmark_at"))
    for kind, until, says in _missing(fields, channel, taken_at):
        low = min(since or until, until)
        cited = tally.cite(placed.place)
        asset = tally.context.asset
        tally.gaps.append(gap_of(asset, kind, Interval(low, until), channel, says, cited))


def _missing(fields: Row, channel: str, taken_at: datetime) -> list[tuple[GapKind, datetime, str]]:
    bookmark, oldest = _number(fields, "bookmark"), _number(fields, "oldest")
    newest = _number(fields, "newest")
    error = said(fields, "error")
    if error:
        says = f"{channel} could not be collected: {error}"
        return [(GapKind.COLLECTOR_SILENT, taken_at, says)]
    found: list[tuple[GapKind, datetime, str]] = []
    if said(fields, "enabled") == "false":
        found.append((GapKind.AUDIT_OFF, taken_at, f"{channel} is switched off"))
    if bookmark and newest < bookmark:
        says = (
            f"{channel} ends at record {newest}, and record {bookmark} had been collected before: "
            "it was cleared in between"
        )
        found.append((GapKind.LOG_CLEARED, taken_at, says))
    elif bookmark and oldest > bookmark + 1:
        low, high = bookmark + 1, oldest - 1
        says = f"records {low} to {high} of {channel} were overwritten before they were collected; make the log larger"
        until = iso(said(fields, "oldest_at")) or taken_at
        found.append((GapKind.RECORDS_MISSING, until, says))
    return found


def _keep_settings(tally: Tally, channels: list[Placed], taken_at: datetime) -> None:
    """Whether a log is on, how large it may grow, what happens when it is full: a change of these is evidence too."""
    items = tuple(
        Item(
            ItemKind.AUDIT_POLICY,
            f"event log {said(one.fields, 'channel')}",
            {name: said(one.fields, name) for name in SETTINGS if said(one.fields, name)},
        )
        for one in channels
        if not said(one.fields, "error")
    )
    is_whole = len(items) == len(channels)
    if is_whole:
        tally.snapshots.append(
            Snapshot(
                tally.context.asset,
                taken_at,
                frozenset({ItemKind.AUDIT_POLICY}),
                items,
                tally.cite("event logs"),
            )
        )
