"""A collector's stream: which batch is the next link of its chain, and what the chain does not cover.

A stream is batches numbered from 1, each naming the digest of the one before it. Silence, batches that were never
delivered, a stream begun anew and a clock that jumped are gaps with a beginning and an end; none of them is silence.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from groundrules.core.evidence import Citation, Gap, GapKind
from groundrules.core.ids import AssetId, EvidenceId, GapId
from groundrules.core.periods import Interval

SOURCE = "collector"
# Clocks of one network differ by seconds; beyond this a host's clock is wrong, not merely another one.
CLOCK_TOLERANCE = timedelta(minutes=5)
_READER = "streams/1"


class Verdict(StrEnum):
    """What an offered batch is to the stream as it stands."""

    NEXT = "next"
    KNOWN = "known"
    GAP = "gap"
    FORK = "fork"


@dataclass(frozen=True, slots=True)
class Position:
    """Where a stream stands: number and body digest of the last batch kept (0 and empty before the first)."""

    sequence: int = 0
    digest: str = ""


@dataclass(frozen=True, slots=True)
class Offered:
    """A batch as its sender places it: its number, the digest it follows, and the digest of its own body."""

    sequence: int
    previous: str
    digest: str


@dataclass(frozen=True, slots=True)
class Link:
    """A batch kept: host, stream, number, digest; collected at (the host's clock) and received at (ours).

    `boot` is the boot it was collected in, empty when not known.
    """

    asset: AssetId
    stream: str
    sequence: int
    digest: str
    collected_at: datetime
    received_at: datetime
    boot: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """A gap that the collector itself tells of: its kind, the collector's word for it, the span, and further words."""

    kind: GapKind
    name: str
    first_at: datetime
    last_at: datetime
    details: Mapping[str, str] = field(default_factory=dict)


def judge(position: Position, offered: Offered, kept_digest: str) -> Verdict:
    """This function will say what an offered batch is; `kept_digest` is the batch kept under its number, or empty.

    Another body under a number that is taken is a fork, and so is a next batch that follows another one than ours.
    """
    if kept_digest:
        return Verdict.KNOWN if kept_digest == offered.digest else Verdict.FORK
    if offered.sequence > position.sequence + 1:
        return Verdict.GAP
    follows = offered.sequence == position.sequence + 1 and offered.previous == position.digest
    return Verdict.NEXT if follows else Verdict.FORK


def silence(last: Link, at: datetime, allowed: timedelta) -> Gap | None:
    """This function will return the gap of a stream that has not been heard of for longer than `allowed`, or None."""
    if at - last.received_at <= allowed:
        return None
    says = (
        f"nothing has come from the collector since batch {last.sequence} "
        f"({_minutes(at - last.received_at)} ago); what happened since is not known"
    )
    until = max(at, last.collected_at)
    return _gap(last, silence_id(last), GapKind.COLLECTOR_SILENT, (last.collected_at, until), says)


def silence_id(last: Link) -> GapId:
    """This function will name the gap that begins after a batch, whether it is still open or closed since."""
    return _id(last, "silent", last.sequence + 1)


def end_of_silence(before: Link, after: Link, allowed: timedelta) -> Gap | None:
    """This function will return the gap between two links of one stream that were collected too far apart, or None."""
    apart = after.collected_at - before.collected_at
    if apart <= allowed:
        return None
    restarted = " and the host was restarted" if _restarted(before, after) else ""
    says = (
        f"nothing was collected for {_minutes(apart)} between batch {before.sequence} and batch "
        f"{after.sequence}{restarted}"
    )
    span = (before.collected_at, after.collected_at)
    return _gap(after, silence_id(before), GapKind.COLLECTOR_SILENT, span, says)


def nothing_missed(before: Link, after: Link) -> Gap:
    """This function will return what replaces a gap that was open while batches were only late: a point, not a span."""
    says = (
        f"batch {after.sequence} came late, at {after.received_at.isoformat()}, and is complete: nothing is missing "
        f"after batch {before.sequence}"
    )
    at = before.collected_at
    return _gap(after, silence_id(before), GapKind.COLLECTOR_SILENT, (at, at), says)


def never_delivered(before: Link | None, after: Link, offered: Link) -> Gap | None:
    """This function will return the gap left by batches that were offered out of turn and then given up, or None.

    `offered` is a batch with a higher number that was refused because some before it were missing. When the batch now
    kept under a lower number is no older than that one, those in between were never delivered.
    """
    if after.sequence >= offered.sequence or after.collected_at < offered.collected_at:
        return None
    start = before.collected_at if before else offered.collected_at
    says = (
        f"batches {after.sequence} to {offered.sequence - 1} as the collector first numbered them were never "
        "delivered; it began again from where the server stood"
    )
    span = (min(start, after.collected_at), after.collected_at)
    gap_id = _id(after, "undelivered", after.sequence)
    return _gap(after, gap_id, GapKind.RECORDS_MISSING, span, says)


def began_anew(last_of_old: Link, first: Link) -> Gap:
    """This function will return the gap between a host's former stream and the first batch of its new one."""
    says = (
        f"the collector began a new stream ({first.stream}) after batch {last_of_old.sequence} of "
        f"{last_of_old.stream}; what it had not sent by then is missing"
    )
    span = (min(last_of_old.collected_at, first.collected_at), first.collected_at)
    return _gap(first, _id(first, "anew", 1), GapKind.RECORDS_MISSING, span, says)


def damaged(before: Link | None, link: Link, problem: str) -> Gap:
    """This function will return the gap of a batch that came as it was signed but cannot be opened."""
    start = before.collected_at if before else link.collected_at
    span = (min(start, link.collected_at), link.collected_at)
    says = f"batch {link.sequence} cannot be opened: {problem}"
    return _gap(link, _id(link, "damaged", link.sequence), GapKind.RECORDS_DAMAGED, span, says)


def clock_steps(before: Link | None, after: Link) -> tuple[Gap, ...]:
    """This function will find what a stream's own times say of the host's clock: set back, or running ahead of ours."""
    found = []
    if before is not None and after.collected_at < before.collected_at:
        says = (
            f"the host's clock was set back by {_minutes(before.collected_at - after.collected_at)} "
            f"between batch {before.sequence} and batch {after.sequence}"
        )
        span = (after.collected_at, before.collected_at)
        found.append(
            _gap(after, _id(after, "back", after.sequence), GapKind.CLOCK_STEP, span, says)
        )
    if _is_ahead(after) and (before is None or not _is_ahead(before)):
        says = (
            f"the host's clock is {_minutes(after.collected_at - after.received_at)} ahead of the server's "
            f"from batch {after.sequence} on"
        )
        span = (after.received_at, after.collected_at)
        found.append(
            _gap(after, _id(after, "ahead", after.sequence), GapKind.CLOCK_STEP, span, says)
        )
    return tuple(found)


def told_gaps(link: Link, told: tuple[Told, ...]) -> tuple[Gap, ...]:
    """This function will write down the gaps a collector tells of in one batch."""
    return tuple(
        _gap(
            link,
            _id(link, f"told-{place}", link.sequence),
            one.kind,
            (min(one.first_at, one.last_at), max(one.first_at, one.last_at)),
            _sentence(one),
        )
        for place, one in enumerate(told)
    )


def has_grown(old: Gap, new: Gap, by: timedelta) -> bool:
    """This function will say whether an open gap is so much longer than on record that the record should say so."""
    return new.interval.not_after - old.interval.not_after >= by


def _gap(
    link: Link, gap_id: GapId, kind: GapKind, span: tuple[datetime, datetime], says: str
) -> Gap:
    citation = Citation(EvidenceId(link.digest), str(link.sequence), _READER)
    return Gap(gap_id, link.asset, kind, Interval(*span), SOURCE, says, citation)


def _id(link: Link, what: str, sequence: int) -> GapId:
    return GapId(f"{link.asset}|{SOURCE}|{link.stream}|{what}|{sequence}")


def _restarted(before: Link, after: Link) -> bool:
    return bool(before.boot and after.boot and before.boot != after.boot)


def _is_ahead(link: Link) -> bool:
    return link.collected_at - link.received_at > CLOCK_TOLERANCE


def _sentence(told: Told) -> str:
    details = ", ".join(f"{name} {text}" for name, text in sorted(told.details.items()))
    return f"the collector says: {told.name}" + (f" ({details})" if details else "")


def _minutes(span: timedelta) -> str:
    seconds = int(span.total_seconds())
    minutes, rest = divmod(seconds, 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
