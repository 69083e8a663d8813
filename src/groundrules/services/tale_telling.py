"""What the books say that they did not say before: evidence, changes, who, why, decisions and charges in words."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from groundrules.core.agreements.facts import Outcome
from groundrules.core.agreements.words import duration_words
from groundrules.core.calendars import zone_label
from groundrules.core.coverage.answers import CoverageDecision, Segment
from groundrules.core.money import Money
from groundrules.records import models as books
from groundrules.records.book import predecessor


def tell_news(client: books.Client, since: datetime, until: datetime) -> tuple[str, ...]:
    """This function will tell the rows that entered a client's books after `since` and up to `until`."""
    tellers = (
        (books.RawEvidence, _evidence),
        (books.Message, _message),
        (books.Change, _change),
        (books.Attribution, _attribution),
        (books.Cause, _cause),
        (books.Decision, _decision),
        (books.Charge, _charge),
    )
    return tuple(
        line
        for book, teller in tellers
        for row in _new(book, client, since, until)
        for line in teller(row)
    )


def _new(book: Any, client: books.Client, since: datetime, until: datetime) -> Any:  # noqa: ANN401 - any book
    rows = book.objects.filter(client=client, recorded_at__gt=since, recorded_at__lte=until)
    return rows.order_by("recorded_at", "pk")


def _evidence(row: books.RawEvidence) -> Iterator[str]:
    records = sum(reading.records for reading in row.readings.all())
    yield f"Evidence: {row.name}, {records} records read, kept as {row.digest[:16]}…"


def _message(row: books.Message) -> Iterator[str]:
    yield f'{row.channel.capitalize()} from {row.sender}: "{row.says}" ({row.ref})'


def _change(row: books.Change) -> Iterator[str]:
    yield f"Change {row.ref}: {zone_label(row.not_before, row.client.zone)}, {row.sentence}"


def _attribution(row: books.Attribution) -> Iterator[str]:
    earlier = predecessor(row)
    if earlier and _who(earlier) == _who(row):
        return
    party = row.to_core().party
    who = (party.name or party.id) if party else "nobody may be named"
    again = "now " if row.supersedes_id else ""
    yield f"    who: {again}{who} ({row.strength}, grade {row.grade}) for {row.change.sentence}"


def _who(row: books.Attribution) -> tuple[str, ...]:
    return (row.party_kind, row.party_code, row.strength, row.grade)


def _cause(row: books.Cause) -> Iterator[str]:
    core = row.to_core()
    earlier = predecessor(row)
    if earlier and earlier.to_core().changes == core.changes:
        return
    on = ", ".join(core.changes) or core.hardware or "no change on record explains it"
    again = "now " if row.supersedes_id else ""
    yield f"Why {row.incident.title}: {again}{row.verdict}; {on}"


def _decision(row: books.Decision) -> Iterator[str]:
    core: CoverageDecision = row.to_core()
    earlier = predecessor(row)
    again = f", supersedes {earlier.number}" if earlier else ""
    yield f"Decision {row.number} on {row.ref} of {row.technician.name}{again}"
    for segment in core.segments:
        yield f"    {_verdict(segment)}"
    forgone = sum((s.forgone for s in core.segments), Money.zero(row.client.currency))
    if forgone.minor:
        cost = f", cost us {core.cost}" if core.cost else ""
        yield f"    forgone because of {core.caused_by_vendor}: {forgone}{cost}"


def _verdict(segment: Segment) -> str:
    time = duration_words(segment.seconds)
    said = segment.outcome.value.replace("_", " ")
    clause = f" under clause {segment.clause}" if segment.clause else ""
    zero = Money.zero(segment.value.currency)
    charged = "" if segment.outcome is Outcome.BILLABLE else f", charged {zero}"
    return f"{time} {said}{clause}: value {segment.value}{charged}"


def _charge(row: books.Charge) -> Iterator[str]:
    yield f"Charge {row.ref}: {Money(row.amount_minor, row.currency)} ({row.to_core().working})"
