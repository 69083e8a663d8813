"""What belongs into an evidence pack: the records behind a reference or a period, and what was read out of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from groundrules.core.evidence import Citation
from groundrules.core.periods import Period, utc
from groundrules.records import models as books
from groundrules.services.evidence_formats import ENVELOPE
from groundrules.services.explain import AmbiguousReference, Link, UnknownReference, chain


@dataclass(frozen=True, slots=True)
class Contents:
    """Whose pack, about what; the SHA-256 of its records; the rows its timeline tells; the chain as text; remarks."""

    client: books.Client
    title: str
    digests: frozenset[str]
    changes: tuple[books.Change, ...] = ()
    sessions: tuple[books.Session, ...] = ()
    gaps: tuple[books.Gap, ...] = ()
    chain: str = ""
    remarks: tuple[str, ...] = ()


def contents_of_reference(ref: str, client: str = "") -> Contents:
    """This function will gather what a reference rests on; raises UnknownReference or AmbiguousReference."""
    top = chain(ref, client)
    owner = _owner(ref, client)
    links = list(_walk(top))
    cited = {link.ref for link in links if link.kind == "raw evidence"}
    changes = _rows(books.Change, owner, {link.ref for link in links if link.kind == "change"})
    sessions = _rows(books.Session, owner, {link.ref for link in links if link.kind == "session"})
    return Contents(
        client=owner,
        title=f"Evidence for {top.kind} {top.ref}",
        digests=frozenset(cited),
        changes=changes,
        sessions=sessions,
        gaps=_gaps_beside(changes),
        chain="\n".join(_told(top)) + "\n",
        remarks=_remarks(owner, cited),
    )


def contents_of_period(client: books.Client, period: Period) -> Contents:
    """This function will gather everything on record about a client between two instants."""
    end = period.end or period.start
    during = Q(not_before__lt=end, not_after__gte=period.start)
    changes = tuple(_current(books.Change, client).filter(during).order_by("not_before", "pk"))
    gaps = tuple(_current(books.Gap, client).filter(during).order_by("not_before", "pk"))
    open_then = Q(ended_at__isnull=True, started_at__gte=period.start) | Q(
        ended_at__gte=period.start
    )
    sessions = tuple(
        _current(books.Session, client)
        .filter(open_then, started_at__lt=end)
        .order_by("started_at", "pk")
    )
    collected = (
        books.RawEvidence.objects.filter(
            client=client, collected_at__gte=period.start, collected_at__lt=end
        )
        .exclude(format=ENVELOPE)
        .values_list("digest", flat=True)
    )
    cited = set(collected) | set(_cited((*changes, *sessions, *gaps)))
    first, last = (utc(one).strftime("%Y-%m-%d %H:%M") for one in (period.start, end))
    return Contents(
        client=client,
        title=f"Evidence from {first} to {last} UTC",
        digests=frozenset(cited),
        changes=changes,
        sessions=sessions,
        gaps=gaps,
        remarks=_remarks(client, cited),
    )


def citations_of(row: books.Change | books.Session | books.Gap) -> tuple[Citation, ...]:
    """This function will return what a row cites; a gap cites at most one record."""
    if isinstance(row, books.Gap):
        citation = row.to_core().citation
        return (citation,) if citation else ()
    return row.to_core().citations


def _cited(rows: Iterable[books.Change | books.Session | books.Gap]) -> Iterator[str]:
    for row in rows:
        yield from (citation.evidence for citation in citations_of(row))


def _walk(link: Link) -> Iterator[Link]:
    yield link
    for below in link.because:
        yield from _walk(below)


def _told(link: Link, depth: int = 0) -> Iterator[str]:
    margin = "  " * depth
    yield f"{margin}{link.kind} {link.ref}: {link.says}"
    for label, value in link.details:
        yield f"{margin}    {label}: {value}"
    for below in link.because:
        yield from _told(below, depth + 1)


def _current(model: Any, client: books.Client) -> QuerySet[Any]:  # noqa: ANN401 - any book of facts
    found: QuerySet[Any] = model.objects.of_client(client).current()
    return found.select_related("asset")


def _rows(model: Any, client: books.Client, refs: set[str]) -> tuple[Any, ...]:  # noqa: ANN401 - any book of facts
    return tuple(_current(model, client).filter(ref__in=refs).order_by("pk"))


def _gaps_beside(changes: tuple[books.Change, ...]) -> tuple[books.Gap, ...]:
    """Where evidence is missing on the same host around a change: a pack must never hide it."""
    found: dict[int, books.Gap] = {}
    for change in changes:
        beside = books.Gap.objects.current().filter(
            asset=change.asset,
            not_before__lte=change.not_after,
            not_after__gte=change.not_before,
        )
        found |= {gap.pk: gap for gap in beside.select_related("asset")}
    return tuple(found.values())


def _remarks(client: books.Client, cited: set[str]) -> tuple[str, ...]:
    rows = books.RawEvidence.objects.filter(client=client, digest__in=cited)
    missing = cited - set(rows.values_list("digest", flat=True))
    if not missing:
        return ()
    named = ", ".join(sorted(missing))
    says = f"{len(missing)} of the facts behind this were stated by people and have no raw record: {named}."
    return (says,)


def _owner(ref: str, client: str) -> books.Client:
    for find in _OWNERS:
        owners: set[books.Client] = {
            row.client for row in find(ref) if not client or row.client.code == client
        }
        if len(owners) == 1:
            return owners.pop()
        if owners:
            message = f"{ref} is on record at several clients; name one with --client"
            raise AmbiguousReference(message)
    message = f"nothing on record is called {ref!r}"
    raise UnknownReference(message)


def _finder(model: Any, column: str) -> Callable[[str], Iterable[Any]]:  # noqa: ANN401 - any book
    def find(ref: str) -> Iterable[Any]:
        rows: QuerySet[Any] = model.objects.filter(**{column: ref}).select_related("client")
        return rows

    return find


def _lines(ref: str) -> Iterable[Any]:
    found = books.IssuedLine.objects.filter(ref=ref).select_related("document__client")
    return [line.document for line in found]


_OWNERS: tuple[Callable[[str], Iterable[Any]], ...] = (
    _finder(books.Issued, "ref"),
    _lines,
    _finder(books.Charge, "ref"),
    _finder(books.Decision, "number"),
    _finder(books.Decision, "ref"),
    _finder(books.Change, "ref"),
    _finder(books.Cause, "ref"),
    _finder(books.Session, "ref"),
)
