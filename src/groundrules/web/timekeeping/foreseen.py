"""What a typed line would come to, in words a technician can act on before the work is done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from groundrules.core.agreements.facts import Outcome
from groundrules.core.answers.foresight import Foreseen
from groundrules.core.coverage.answers import Segment
from groundrules.core.invoices.lines import BESIDE
from groundrules.core.money import Money, total
from groundrules.core.parties import Authority
from groundrules.core.typed_time import AmbiguousTime, UnreadableTime
from groundrules.core.work import TimeEntry, WorkPlace
from groundrules.records import models as books
from groundrules.records.models import User
from groundrules.services.timekeeping import (
    NoTechnician,
    Understood,
    Written,
    foresee_line,
    understand,
)
from groundrules.services.world import NoAgreement, NoProvider
from groundrules.web.times import minute, span_words

_SAYS = {
    Outcome.COVERED: "covered",
    Outcome.BILLABLE: "billable",
    Outcome.NOT_BILLABLE: "not billable",
    Outcome.NEEDS_PERSON: "for a person to decide",
}
_WHERE = {WorkPlace.ON_SITE: "on site", WorkPlace.TRAVEL: "travelling"}
_LONG_MINUTES = 4 * 60


@dataclass(frozen=True, slots=True)
class ForeseenPart:
    """A stretch of the work with one verdict."""

    outcome: str
    says: str
    length: str
    span: str
    value: Money
    hourly: Money
    clause: str
    title: str
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Preview:
    """Everything the page shows about a line: how it was understood, what it would come to, or what is wrong."""

    problem: str = ""
    choices: tuple[str, ...] = ()
    when: str = ""
    length: str = ""
    server: str = ""
    client: str = ""
    issue: str = ""
    kind: str = ""
    ahead: bool = False
    parts: tuple[ForeseenPart, ...] = ()
    charged: Money | None = None
    beside: tuple[str, ...] = ()
    hints: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


def preview_of(written: Written, *, user: User, at: datetime) -> Preview | None:
    """This function will read and foresee a line; None while nothing is written."""
    if not written.line.strip():
        return None
    try:
        understood = understand(written, user=user, at=at, ahead=True)
    except AmbiguousTime as asked:
        return Preview(problem=_sentence(str(asked)), choices=asked.choices)
    except (UnreadableTime, NoTechnician) as refused:
        return Preview(problem=_sentence(str(refused)))
    return _shown(understood, at)


def _sentence(words: str) -> str:
    return f"{words[:1].upper()}{words[1:]}."


def _shown(understood: Understood, at: datetime) -> Preview:
    entry, client = understood.entry, understood.client
    end = entry.period.end or entry.period.start
    same = {
        "when": f"{minute(entry.period.start, client.zone)} to {minute(end, client.zone)}",
        "length": span_words(entry.period.seconds),
        "server": str(entry.asset),
        "client": client.name,
        "issue": entry.issue,
        "kind": _kind(entry),
    }
    try:
        foreseen = foresee_line(understood, at=at)
    except (NoAgreement, NoProvider) as unknown:
        return Preview(**same, ahead=understood.ahead, hints=(_sentence(str(unknown)),))  # type: ignore[arg-type]  # the texts above
    return Preview(
        **same,  # type: ignore[arg-type]  # the texts above
        ahead=understood.ahead,
        parts=_parts(foreseen, client),
        charged=total([c.amount for c in foreseen.charges], client.currency),
        beside=tuple(
            f"{BESIDE[c.key.beside]}: {c.working}." for c in foreseen.charges if c.key.beside
        ),
        hints=_hints(foreseen, client, at),
        warnings=_warnings(understood),
    )


def _kind(entry: TimeEntry) -> str:
    """The kind of work, and where it was done unless that is remotely, as most is."""
    kind = entry.work_type.value.replace("_", " ")
    return kind if entry.place is WorkPlace.REMOTE else f"{kind}, {_WHERE[entry.place]}"


def _parts(foreseen: Foreseen, client: books.Client) -> tuple[ForeseenPart, ...]:
    titles = _titles(client)
    segments = foreseen.decision.segments
    return tuple(_part(s, client.zone, titles, several=len(segments) > 1) for s in segments)


def _part(
    segment: Segment, zone: str, titles: dict[tuple[int, str], str], *, several: bool
) -> ForeseenPart:
    number = str(segment.clause or "")
    end = segment.period.end or segment.period.start
    return ForeseenPart(
        outcome=segment.outcome.value,
        says=_SAYS[segment.outcome],
        length=span_words(segment.seconds),
        span=f"{minute(segment.period.start, zone)} to {minute(end, zone)}" if several else "",
        value=segment.value,
        hourly=segment.hourly,
        clause=number,
        title=titles.get((segment.agreement_version, number), ""),
        missing=segment.missing,
    )


def _titles(client: books.Client) -> dict[tuple[int, str], str]:
    rows = books.AgreementVersion.objects.filter(
        agreement__client=client, published_at__isnull=False
    )
    return {(v.version, str(c.number)): c.title for v in rows for c in v.to_core().clauses}


def _hints(foreseen: Foreseen, client: books.Client, at: datetime) -> tuple[str, ...]:
    """What would turn it that a technician can still do something about: who asks for it, and nothing else."""
    flips = [
        flip.sentence
        for segment in foreseen.decision.segments
        for flip in segment.flips
        if flip.fact == "asked" and flip.value == "authorised"
    ]
    if not flips:
        return ()
    able = [
        c.name
        for c in client.contacts.order_by("name")
        if c.to_core().may(Authority.REQUEST_AFTER_HOURS, at)
    ]
    who = f"May ask for it: {', '.join(able)}." if able else "Nobody on record may ask for it."
    return (*dict.fromkeys(flips), who)


def _warnings(understood: Understood) -> tuple[str, ...]:
    zone = understood.client.zone
    said = [
        f"Overlaps what you logged on {row.client.name}: {minute(row.started_at, zone)} to "
        f"{minute(row.ended_at, zone)}. Both would stand."
        for row in understood.overlaps
    ]
    if understood.entry.period.seconds > _LONG_MINUTES * 60:
        said.append("Longer than four hours. If the clock ran on, type when the work really was.")
    return tuple(said)
