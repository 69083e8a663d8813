"""An exact reference jumps straight to its record, when exactly one record has it and the reader may open it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from groundrules.records import models as books
from groundrules.web.access import may_open
from groundrules.web.refs import change_page, incident_page, session_page


@dataclass(frozen=True, slots=True)
class Known:
    """One kind of reference: whose area it is in, the rows that may have it, and the page of a row."""

    area: str
    kind: str
    book: Any
    column: str
    page: Callable[[Any], str]
    says: Callable[[Any], str]


_KNOWN = (
    Known(
        "servers",
        "Change",
        books.Change,
        "ref",
        lambda r: change_page(r.client.code, r.ref),
        lambda r: str(r.sentence),
    ),
    Known(
        "servers",
        "Incident",
        books.Incident,
        "ref",
        lambda r: incident_page(r.client.code, r.ref),
        lambda r: str(r.title),
    ),
    Known(
        "servers",
        "Login",
        books.Session,
        "ref",
        lambda r: session_page(r.client.code, r.ref),
        lambda r: f"login of {r.account}",
    ),
    Known(
        "work",
        "Decision",
        books.Decision,
        "number",
        lambda r: reverse("web:decision", args=[r.number]),
        lambda r: str(r.number),
    ),
    Known(
        "invoices",
        "Document",
        books.Issued,
        "ref",
        lambda r: reverse("web:invoice", args=[r.ref]),
        lambda r: str(r.ref),
    ),
    Known(
        "letters",
        "Letter",
        books.LetterDraft,
        "ref",
        lambda r: reverse("web:letter", args=[r.ref]),
        lambda r: str(r.subject),
    ),
    Known(
        "evidence",
        "Evidence",
        books.RawEvidence,
        "digest",
        lambda r: reverse("web:raw", args=[r.digest]),
        lambda r: str(r.name),
    ),
)


@dataclass(frozen=True, slots=True)
class Found:
    """One hit."""

    kind: str
    text: str
    href: str
    aside: str = ""


def exact(request: HttpRequest, ref: str) -> list[Found]:
    """This function will list the records with exactly this reference, one per page that opens."""
    hits: dict[str, Found] = {}
    for known in _KNOWN:
        if not may_open(request, known.area):
            continue
        for row in _rows(known, ref):
            found = Found(known.kind, known.says(row), known.page(row), row.client.name)
            hits.setdefault(found.href, found)
    return list(hits.values())


def _rows(known: Known, ref: str) -> Any:  # noqa: ANN401 - rows of any book
    """References are written in capitals and digests in small letters; so the index answers, not a scan."""
    spellings = {ref, ref.upper(), ref.lower()}
    return (
        known.book.objects.filter(**{f"{known.column}__in": spellings})
        .select_related("client")
        .order_by("pk")
    )
