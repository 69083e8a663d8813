"""What a server's rows and short answer lead to, as addresses of pages."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse

from groundrules.records.parties import Asset
from groundrules.services.nights.opening import Opens
from groundrules.services.nights.rows import Row
from groundrules.services.nights.story import Sentence
from groundrules.web.refs import (
    change_page,
    health_page,
    incident_page,
    own_run_page,
    recovery_page,
    session_page,
)

_STARRED = ("login", "change", "incident")


@dataclass(frozen=True, slots=True)
class ShownRow:
    """A row of the timeline's table with its page, and what a star on it would be on (kind and reference)."""

    told: Row
    href: str
    star: tuple[str, str] | None


@dataclass(frozen=True, slots=True)
class ShownPhrase:
    """A few words of the short answer, and the page of the record they come from where there is one."""

    text: str
    href: str


def shown_rows(rows: Iterable[Row], asset: Asset) -> tuple[ShownRow, ...]:
    """This function will give each row its page and its star."""
    return tuple(ShownRow(row, _page(row.opens, asset), _star(row.opens)) for row in rows)


def shown_answer(answer: Iterable[Sentence], asset: Asset) -> tuple[tuple[ShownPhrase, ...], ...]:
    """This function will give each phrase of a short answer its page."""
    return tuple(
        tuple(ShownPhrase(phrase.text, _page(phrase.opens, asset)) for phrase in sentence)
        for sentence in answer
    )


def _star(opens: Opens | None) -> tuple[str, str] | None:
    return (opens.what, opens.ref) if opens and opens.what in _STARRED else None


def _page(opens: Opens | None, asset: Asset) -> str:
    client = asset.client.code
    match opens:
        case None:
            return ""
        case Opens(what="change"):
            return change_page(client, opens.ref)
        case Opens(what="changes"):
            page = reverse("web:server-changes", args=[client, asset.code])
            return f"{page}?{urlencode(opens.query)}"
        case Opens(what="login"):
            return session_page(client, opens.ref)
        case Opens(what="incident"):
            return incident_page(client, opens.ref)
        case Opens(what="recovery"):
            return recovery_page(client, opens.ref)
        case Opens(what="run"):
            return own_run_page(client, opens.kind, opens.ref)
        case _:
            return health_page(asset)
