"""The evidence tray: a star set or taken away, the list with its uses, and a frozen copy to check."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from groundrules.core.answers.recovery_story import NoRecovery
from groundrules.core.ids import AssetId
from groundrules.core.letters.answers import LetterKind
from groundrules.core.letters.enclosing import (
    WORDS,
    NotForThisLetter,
    StarKind,
    takes_enclosures,
)
from groundrules.records import models as books
from groundrules.records.models import Client, FrozenCopy, Star
from groundrules.services import letters, lifecycle, tray, tray_use
from groundrules.services.actor import Actor, NotAllowed
from groundrules.services.starred import NotOnRecord
from groundrules.services.world import NoAgreement, NoProvider
from groundrules.web.access import actor_of, area, may_open
from groundrules.web.documents import saved_file
from groundrules.web.onward import onward_from
from groundrules.web.tray.stars import page_of, star_id
from groundrules.web.words import sentence

_REFUSED = (
    NotOnRecord,
    NotForThisLetter,
    NotAllowed,
    NoRecovery,
    NoAgreement,
    NoProvider,
    tray.TrayFull,
    tray_use.NothingChosen,
    tray_use.NotEnclosed,
    tray_use.OfAnotherClient,
    letters.LetterNotOpen,
    lifecycle.NothingToSuspend,
)
_OPEN_SHOWN = 50


@dataclass(frozen=True, slots=True)
class Shown:
    """One starred thing as the page draws it."""

    row: tray.InTray
    word: str
    href: str


@dataclass(frozen=True, slots=True)
class OfClient:
    """What is starred of one client, and where it can go."""

    client: Client
    shown: tuple[Shown, ...]
    servers: tuple[books.Asset, ...]
    letters: tuple[books.LetterDraft, ...]
    incidents: tuple[books.Incident, ...]
    recovered: tuple[books.Incident, ...]


@area("tray")
def tray_page(request: HttpRequest) -> HttpResponse:
    """Everything the user starred, client by client, with how far it is known and where it can be used."""
    rows = tray.tray(actor_of(request))
    groups = [
        _of_client(client, tuple(found))
        for client, found in groupby(rows, key=lambda one: one.star.client)
    ]
    return render(request, "web/tray/tray.html", {"groups": groups})


def _of_client(client: Client, rows: tuple[tray.InTray, ...]) -> OfClient:
    of_client = books.Incident.objects.current().of_client(client).select_related("asset")
    incidents = tuple(of_client.order_by("-opened_at", "pk")[:_OPEN_SHOWN])
    recovered = {
        row.to_core().incident for row in books.Recovery.objects.current().of_client(client)
    }
    return OfClient(
        client,
        tuple(_shown(client, row) for row in rows),
        _servers(client, rows),
        _open_letters(client),
        incidents,
        tuple(one for one in incidents if one.ref in recovered),
    )


def _shown(client: Client, row: tray.InTray) -> Shown:
    kind = StarKind(row.star.kind)
    return Shown(row, WORDS[kind], page_of(client.code, kind, row.star.ref))


def _servers(client: Client, rows: tuple[tray.InTray, ...]) -> tuple[books.Asset, ...]:
    """Servers with a starred change that a notice may rest on, as far as its strength goes."""
    codes = {
        row.thing.asset
        for row in rows
        if row.thing
        and row.thing.kind is StarKind.CHANGE
        and row.thing.strength in {"recorded", "matched"}
    }
    return tuple(client.assets.filter(code__in=codes).order_by("name", "pk"))


def _open_letters(client: Client) -> tuple[books.LetterDraft, ...]:
    rows = client.letter_drafts.filter(state=books.LetterDraft.DRAFTED, report__isnull=True)
    rows = rows.select_related("asset").order_by("-drafted_at", "-pk")[:_OPEN_SHOWN]
    return tuple(row for row in rows if takes_enclosures(LetterKind(row.kind)))


@area("tray")
@require_POST
def star(request: HttpRequest) -> HttpResponse:
    """Set or take away one star, then go back to the page it was on; a script gets the answer as data."""
    name = "unstar" if "unstar" in request.POST else "star"
    client, kind, ref = _meant(request.POST.get(name, ""))
    actor, at = actor_of(request), timezone.now()
    said, on = "", name == "star"
    try:
        if on:
            tray.star(client=client, kind=kind, ref=ref, actor=actor, at=at)
        else:
            tray.unstar(client=client, kind=kind, ref=ref, actor=actor)
    except _REFUSED as refused:
        said, on = sentence(refused), False
    if request.headers.get("X-Requested-With") == "fetch":
        count = tray.stars_of(actor).count()
        return JsonResponse({"starred": on, "count": count, "refused": said})
    if said:
        messages.error(request, said)
    return redirect(f"{onward_from(request)}#{star_id(client.code, kind.value, ref)}")


def _meant(value: str) -> tuple[Client, StarKind, str]:
    code, _, rest = value.partition("|")
    kind, _, ref = rest.partition("|")
    try:
        found = StarKind(kind)
    except ValueError as unknown:
        message = "There is nothing of that kind to star."
        raise Http404(message) from unknown
    return get_object_or_404(Client, code=code), found, ref


def _remove(stars: tuple[Star, ...], actor: Actor) -> str:
    for one in stars:
        tray.unstar(client=one.client, kind=StarKind(one.kind), ref=one.ref, actor=actor)
    return f"Removed {len(stars)} from your tray. Copies that were used stay where they are."


@dataclass(frozen=True, slots=True)
class _Use:
    """One use that was asked for: of what, of whose, by whom, and when."""

    stars: tuple[Star, ...]
    client: Client
    actor: Actor
    at: datetime


def _in_notice(use: _Use, server: str) -> books.LetterDraft:
    return tray_use.use_in_notice(
        use.stars, client=use.client, asset=AssetId(server), actor=use.actor, at=use.at
    )


def _in_letter(use: _Use, ref: str) -> books.LetterDraft:
    draft = get_object_or_404(books.LetterDraft, ref=ref, client=use.client)
    return tray_use.use_in_letter(use.stars, draft=draft, actor=use.actor, at=use.at)


def _in_report(use: _Use, incident: str) -> books.LetterDraft:
    return tray_use.use_in_report(
        use.stars, client=use.client, incident=incident, actor=use.actor, at=use.at
    )


_LETTERS: Mapping[str, Callable[[_Use, str], books.LetterDraft]] = {
    "notice": _in_notice,
    "letter": _in_letter,
    "report": _in_report,
}


@area("tray")
@require_POST
def act(request: HttpRequest) -> HttpResponse:
    """Use what was ticked in a document, take it out of the tray, or take a copy out of an open letter."""
    actor, at, posted = actor_of(request), timezone.now(), request.POST
    client = get_object_or_404(Client, code=posted.get("client", ""))
    numbers = [int(one) for one in posted.getlist("star") if one.isdecimal()]
    use = _Use(tray.chosen(actor, client, numbers), client, actor, at)
    name, _, server = posted.get("act", "").partition(":")
    try:
        if name in _LETTERS:
            return redirect("web:letter", _LETTERS[name](use, server or posted.get(name, "")).ref)
        if name == "ticket":
            return _on_ticket(use, posted.get("ticket", ""))
        if name == "take out":
            return _taken_out(request, use)
        messages.info(request, _remove(use.stars, actor))
    except _REFUSED as refused:
        messages.error(request, sentence(refused))
    return redirect("web:tray")


def _on_ticket(use: _Use, incident: str) -> HttpResponse:
    tray_use.use_in_ticket(
        use.stars, client=use.client, incident=incident, actor=use.actor, at=use.at
    )
    return redirect("web:incident", use.client.code, incident)


def _taken_out(request: HttpRequest, use: _Use) -> HttpResponse:
    draft = get_object_or_404(
        books.LetterDraft, ref=request.POST.get("letter", ""), client=use.client
    )
    number = request.POST.get("copy", "")
    try:
        tray_use.take_out(
            int(number) if number.isdecimal() else 0, draft=draft, actor=use.actor, at=use.at
        )
        messages.info(request, "Taken out of the letter. The book keeps that it was there.")
    except _REFUSED as refused:
        messages.error(request, sentence(refused))
    return redirect("web:letter", draft.ref)


@area("letters")
def frozen_copy(request: HttpRequest, number: int) -> HttpResponse:
    """A frozen copy as it is kept, to be saved: its SHA-256 is that of exactly these bytes."""
    row = get_object_or_404(FrozenCopy, pk=number, takes_out__isnull=True)
    if row.kind == StarKind.INVOICE_LINE and not may_open(request, "invoices"):
        message = "There is no such copy."
        raise Http404(message)
    answer = saved_file(row.content.encode(), f"{row.document}-copy-{row.pk}.json")
    answer["X-Document-SHA256"] = row.digest
    return answer
