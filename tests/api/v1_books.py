"""Books for the tests of version 1: Harbor with letters and invoices, another client, and tokens of every role."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.test import Client as Browser
from django.utils import timezone

from groundrules.core.ids import AssetId, FreezeId, SiteId, VendorId, WindowId
from groundrules.core.parties import Site
from groundrules.core.periods import Period
from groundrules.core.vendors import AccessWindow, Freeze
from groundrules.core.work import Channel
from groundrules.records import models as books
from groundrules.records.models import Role, User
from groundrules.services import scopes, tokens
from groundrules.services.actor import Actor
from groundrules.services.conversations import Said, note
from groundrules.services.sites import add_site
from groundrules.services.vendors import record_freeze, record_window
from tests.web import harbor_books

CASE = "12-the-way-back.yaml"


@dataclass(frozen=True)
class V1:
    """Harbor's books, and the text of each token: one of every role with all it reaches, and a narrowed one."""

    told: harbor_books.Books
    tokens: dict[str, str]
    refs: dict[str, str]


def make() -> V1:
    """The books, once."""
    told = harbor_books.with_documents(CASE)
    people = harbor_books.people(told.at)
    alex = books.Technician.objects.order_by("code")[0]
    User.objects.filter(pk=people["technician"].pk).update(technician=alex)
    books.Client.objects.create(code="OTHER", name="Other Ltd", zone="UTC", currency="USD")
    texts = {role: whole_token(people[role]) for role in Role.values}
    texts["narrowed"] = whole_token(people["owner"], "narrowed", ["OTHER"])
    refs = {
        "ref": _more(told),
        "change": "CHG-1",
        "incident": "INC-2",
        "time-entry": books.TimeEntry.objects.order_by("pk")[0].ref,
        "decision": books.Decision.objects.current().order_by("pk")[0].number,
        "document": books.Issued.objects.order_by("pk")[0].ref,
        "window": "WIN-1",
        "message": books.Message.objects.current().order_by("pk")[0].ref,
    }
    return V1(told, texts, refs)


def _more(told: harbor_books.Books) -> str:
    """A window, a freeze, a site and a call."""
    start = told.at - timedelta(days=1)
    period = Period(start, start + timedelta(hours=1))
    window = AccessWindow(WindowId("WIN-1"), AssetId("SRV1"), period, vendor=VendorId("V1"))
    record_window(window, client=told.client, actor=harbor_books.KIM, at=told.at)
    freeze = Freeze(FreezeId("FRZ-1"), period, reason="year end")
    record_freeze(freeze, client=told.client, actor=harbor_books.KIM, at=told.at)
    add_site(Site(SiteId("MAIN"), "Quay"), client=told.client, actor=harbor_books.KIM, at=told.at)
    said = Said("We want our server back.", told.at, Channel.CALL, contact="PAT", asset="SRV1")
    return note(said, client=told.client, actor=harbor_books.KIM, at=told.at).ref


def whole_token(user: User, name: str = "program", clients: list[str] | None = None) -> str:
    """A token of theirs with everything their role reaches."""
    reach = [scope.name for scope in scopes.open_to(Role(user.role))]
    wanted = tokens.Wanted(name, reach, clients=clients or [])
    return tokens.make(wanted, user=user, actor=Actor.of(user), at=timezone.now())[1]


def as_(token: str, **more: str) -> dict[str, Any]:
    """Headers of a request with a token; further ones by name, with hyphens as underscores."""
    return {
        "headers": {
            "Authorization": f"Bearer {token}",
            **{name.replace("_", "-"): value for name, value in more.items()},
        }
    }


def get(browser: Browser, address: str, token: str, **more: str) -> Any:  # noqa: ANN401 - a test's answer
    """What version 1 answers."""
    return browser.get(f"/api/v1{address}", **as_(token, **more))
