"""From the cent to the byte: any reference opens the chain behind it, down to raw evidence and its record number.

invoice line -> decision -> cause -> change -> attribution -> session -> raw evidence. Only reads.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from groundrules.core.coverage.answers import CoverageDecision, Segment
from groundrules.core.evidence import Citation
from groundrules.core.money import Money
from groundrules.core.periods import utc
from groundrules.records import models as books
from groundrules.records.book import predecessor


class UnknownReference(LookupError):
    """No record has this reference."""


class AmbiguousReference(LookupError):
    """Several clients have a record with this reference; name the client."""


@dataclass(frozen=True, slots=True)
class Link:
    """One record in a chain: what it is, its reference, what it says, what to note about it, and what it rests on."""

    kind: str
    ref: str
    says: str
    details: tuple[tuple[str, str], ...] = ()
    because: tuple[Link, ...] = field(default=())


def chain(ref: str, client: str = "") -> Link:
    """This function will return the tree behind a reference (`INV-00001/3`, `DEC-…`, `CHR-…`, `CHG-…`, a session).

    Raises UnknownReference, or AmbiguousReference when several clients have it and `client` does not say which.
    """
    for find, show in _KINDS:
        rows = find(ref, client)
        if len(rows) > 1:
            owners = ", ".join(sorted(row.client.code for row in rows))
            message = f"{ref} is on record at several clients ({owners}); name one with --client"
            raise AmbiguousReference(message)
        if rows:
            return show(rows[0])
    message = (
        f"nothing on record is called {ref!r}; try an invoice line, decision, charge or change"
    )
    raise UnknownReference(message)


def _document(row: books.Issued) -> Link:
    lines = tuple(_line(line) for line in row.lines.order_by("position"))
    total = Money(row.total_minor, row.currency)
    details = (("issued", _when(row.issued_at)), ("digest", row.digest), ("seal", row.seal))
    return Link(row.kind, row.ref, f"{row.kind} over {total}", details, lines)


def _line(row: books.IssuedLine) -> Link:
    core = row.to_core()
    amount = Money(row.amount_minor, row.currency)
    details = [("value", str(Money(row.value_minor, row.currency))), ("working", core.working)]
    if core.clause:
        details.append(("clause", core.clause))
    client = row.document.client
    decided = books.Decision.objects.filter(client=client, number__in=row.decisions).order_by("pk")
    says = f"{row.description}: {amount}"
    return Link("invoice line", row.ref, says, _given(details), tuple(map(_decision, decided)))


def _charge(row: books.Charge) -> Link:
    amount = Money(row.amount_minor, row.currency)
    made_of = books.Decision.objects.filter(charged__charge=row).order_by("pk")
    details = (("service day", row.service_day.isoformat()), ("working", row.to_core().working))
    return Link("charge", row.ref, f"charged {amount}", details, tuple(map(_decision, made_of)))


def _decision(row: books.Decision) -> Link:
    core = row.to_core()
    details = [
        ("time entry", row.ref),
        ("decided", _when(row.decided_at)),
        ("rules", row.rules),
        ("zones", row.zones_version),
    ]
    earlier = predecessor(row)
    if earlier is not None:
        details.append(("supersedes", earlier.number))
    segments = tuple(Link("segment", _span(s), _verdict(s)) for s in core.segments)
    return Link(
        "decision", row.number, _verdicts(core), tuple(details), (*segments, *_behind(row, core))
    )


def _behind(row: books.Decision, core: CoverageDecision) -> tuple[Link, ...]:
    """The cause the decision rests on with its changes, and the messages and requests it cites."""
    cited = {fact.ref for fact in core.facts if fact.kind in {"message", "request"}}
    said = books.Message.objects.of_client(row.client).known_at(row.recorded_at)
    messages = tuple(_message(m) for m in said.filter(ref__in=cited).order_by("sent_at"))
    incident = row.entry.to_core().incident
    causes = books.Cause.objects.of_client(row.client).known_at(row.recorded_at)
    cause = causes.filter(ref=incident).first() if incident else None
    return (*messages, *((_cause(cause),) if cause else ()))


def _cause(row: books.Cause) -> Link:
    core = row.to_core()
    known = books.Change.objects.of_client(row.client).known_at(row.recorded_at)
    changes = tuple(_change(change) for change in known.filter(ref__in=core.changes))
    says = " ".join(reason.sentence for reason in core.reasons) or row.verdict
    return Link("cause", row.ref, says, (("verdict", row.verdict),), changes)


def _change(row: books.Change) -> Link:
    core = row.to_core()
    standing = books.Attribution.objects.of_client(row.client).current().filter(ref=row.ref).first()
    details = [("when", _interval(row)), ("before", row.before or ""), ("after", row.after or "")]
    attribution = (_attribution(standing),) if standing else ()
    return Link(
        "change",
        row.ref,
        core.sentence,
        _given(details),
        (*attribution, *_raw(core.citations, row)),
    )


def _attribution(row: books.Attribution) -> Link:
    core = row.to_core()
    says = " ".join(reason.sentence for reason in core.reasons)
    details = [("strength", row.strength), ("grade", row.grade), ("account", row.account)]
    if core.party is not None:
        details.append(("party", core.party.name or core.party.id))
    session = (_session(row.session),) if row.session else ()
    return Link("attribution", row.ref, says, _given(details), session)


def _session(row: books.Session) -> Link:
    core = row.to_core()
    ended = f"until {_when(row.ended_at)}" if row.ended_at else "and no end was seen"
    says = f"{row.account} was logged in on {row.asset.code} from {_when(row.started_at)} {ended}"
    details = [("from", row.source_address), ("kind", row.kind)]
    return Link("session", row.ref, says, _given(details), _raw(core.citations, row))


def _message(row: books.Message) -> Link:
    return Link("message", row.ref, row.says, (("from", row.sender), ("when", _when(row.sent_at))))


def _raw(citations: tuple[Citation, ...], row: books.Change | books.Session) -> tuple[Link, ...]:
    digests = {citation.evidence for citation in citations}
    found = books.RawEvidence.objects.filter(client=row.client, digest__in=digests)
    index = {evidence.digest: evidence for evidence in found.select_related("parent")}
    return tuple(_evidence(citation, index.get(citation.evidence)) for citation in citations)


def _evidence(citation: Citation, row: books.RawEvidence | None) -> Link:
    details = [
        ("SHA-256", citation.evidence),
        ("record", citation.record),
        ("reader", citation.reader),
    ]
    if row is None:
        return Link(
            "raw evidence", citation.evidence, "as stated by the case, no file", _given(details)
        )
    details += [("received", _when(row.recorded_at)), ("bytes", str(row.length))]
    if row.parent is not None:
        details.append(("envelope", row.parent.digest))
    return Link("raw evidence", row.digest, f"{row.name} ({row.format})", _given(details))


def _given(details: list[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    return tuple((label, value) for label, value in details if value)


def _when(moment: datetime) -> str:
    return utc(moment).strftime("%Y-%m-%d %H:%M:%S UTC")


def _interval(row: books.Change) -> str:
    if row.not_before == row.not_after:
        return _when(row.not_before)
    return f"between {_when(row.not_before)} and {_when(row.not_after)}"


def _span(segment: Segment) -> str:
    start, end = utc(segment.period.start), segment.period.end
    return f"{start:%Y-%m-%d %H:%M}-{utc(end):%H:%M} UTC" if end else f"{start:%Y-%m-%d %H:%M} UTC"


def _verdict(segment: Segment) -> str:
    clause = f" under clause {segment.clause}" if segment.clause else ""
    because = " ".join(reason.sentence for reason in segment.reasons)
    return f"{segment.outcome.value.replace('_', ' ')}{clause}, value {segment.value}. {because}".strip()


def _verdicts(core: CoverageDecision) -> str:
    return "; ".join(
        dict.fromkeys(
            f"{s.outcome.value.replace('_', ' ')}{f' under {s.clause}' if s.clause else ''}"
            for s in core.segments
        )
    )


def _finder(book: Any, column: str, owner: str = "client") -> Callable[[str, str], list[Any]]:  # noqa: ANN401 - any book
    """A question for rows with a reference; superseded ones are opened through the row that stands."""

    def find(ref: str, client: str) -> list[Any]:
        rows = book.objects.filter(**{column: ref}).order_by("pk")
        if hasattr(book, "supersedes") and column == "ref":
            rows = rows.filter(successor__isnull=True)
        return list(rows.filter(**{f"{owner}__code": client}) if client else rows)

    return find


_KINDS: tuple[tuple[Callable[[str, str], list[Any]], Callable[[Any], Link]], ...] = (
    (_finder(books.Issued, "ref"), _document),
    (_finder(books.IssuedLine, "ref", "document__client"), _line),
    (_finder(books.Charge, "ref"), _charge),
    (_finder(books.Decision, "number"), _decision),
    (_finder(books.Decision, "ref"), _decision),
    (_finder(books.Change, "ref"), _change),
    (_finder(books.Cause, "ref"), _cause),
    (_finder(books.Session, "ref"), _session),
)
