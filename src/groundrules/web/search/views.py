"""The search page."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from groundrules.records.changes import Change
from groundrules.records.coverage import Decision
from groundrules.records.evidence import RawEvidence
from groundrules.records.incidents import Incident
from groundrules.records.invoices import Issued
from groundrules.records.letters import LetterDraft
from groundrules.records.parties import Asset, Client, Contact, Vendor
from groundrules.web.access import area, may_open

_MOST = 10


@dataclass(frozen=True, slots=True)
class Found:
    """One hit."""

    kind: str
    text: str
    href: str


def _exact(request: HttpRequest, ref: str) -> str:
    """Where an exact reference leads, or nothing; only areas the reader may open."""
    found = ""
    if may_open(request, "servers"):
        if Change.objects.filter(ref__iexact=ref).exists():
            found = reverse(
                "web:change", args=[Change.objects.filter(ref__iexact=ref)[:1].get().ref]
            )
        elif Incident.objects.filter(ref__iexact=ref).exists():
            found = reverse(
                "web:incident", args=[Incident.objects.filter(ref__iexact=ref)[:1].get().ref]
            )
    if not found and Decision.objects.filter(number__iexact=ref).exists():
        found = reverse("web:decision", args=[Decision.objects.get(number__iexact=ref).number])
    if not found and may_open(request, "invoices"):
        issued = Issued.objects.filter(ref__iexact=ref).first()
        found = reverse("web:invoice", args=[issued.ref]) if issued else ""
    if not found and may_open(request, "letters"):
        draft = LetterDraft.objects.filter(Q(ref__iexact=ref) | Q(letter__ref__iexact=ref)).first()
        found = reverse("web:letter", args=[draft.ref]) if draft else ""
    return found


def _cards(request: HttpRequest, text: str) -> list[Found]:
    found = [
        Found("Client", c.name, reverse("web:client", args=[c.code]))
        for c in Client.objects.filter(Q(name__icontains=text) | Q(code__icontains=text)).order_by(
            "name"
        )[:_MOST]
    ]
    found += [
        Found("Contact", f"{c.name}, {c.client.name}", reverse("web:client", args=[c.client.code]))
        for c in Contact.objects.select_related("client")
        .filter(name__icontains=text)
        .order_by("name")[:_MOST]
    ]
    if may_open(request, "servers"):
        assets = Asset.objects.select_related("client").filter(
            Q(name__icontains=text) | Q(code__icontains=text)
        )
        found += [
            Found(
                "Server",
                f"{a.name}, {a.client.name}",
                reverse("web:server", args=[a.client.code, a.code]),
            )
            for a in assets.order_by("name")[:_MOST]
        ]
        vendors = Vendor.objects.filter(name__icontains=text).prefetch_related(
            "applications__asset__client"
        )
        found += [
            Found(
                "Vendor",
                f"{v.name}: {p.name}",
                reverse("web:server", args=[p.asset.client.code, p.asset.code]),
            )
            for v in vendors.order_by("name")[:_MOST]
            for p in v.applications.all()
        ]
    return found


def _books(request: HttpRequest, text: str) -> list[Found]:
    found = []
    if may_open(request, "servers"):
        changes = Change.objects.current().filter(sentence__icontains=text).order_by("-not_after")
        found += [
            Found("Change", c.sentence, reverse("web:change", args=[c.ref]))
            for c in changes[:_MOST]
        ]
        incidents = Incident.objects.current().filter(title__icontains=text).order_by("-opened_at")
        found += [
            Found("Incident", f"{i.ref} {i.title}", reverse("web:incident", args=[i.ref]))
            for i in incidents[:_MOST]
        ]
    work = (
        Decision.objects.current()
        .select_related("entry")
        .filter(Q(entry__issue__icontains=text) | Q(entry__note__icontains=text))
    )
    found += [
        Found(
            "Work",
            f"{d.entry.issue} {d.entry.note}".strip(),
            reverse("web:decision", args=[d.number]),
        )
        for d in work.order_by("-decided_at")[:_MOST]
    ]
    if may_open(request, "letters"):
        drafts = LetterDraft.objects.filter(subject__icontains=text).order_by("-drafted_at")
        found += [
            Found("Letter", d.subject, reverse("web:letter", args=[d.ref])) for d in drafts[:_MOST]
        ]
    if may_open(request, "evidence"):
        raw = RawEvidence.objects.filter(
            Q(digest__startswith=text.lower()) | Q(name__icontains=text)
        ).order_by("-pk")
        found += [
            Found("Evidence", r.name, reverse("web:raw", args=[r.digest])) for r in raw[:_MOST]
        ]
    return found


@area("search")
def search(request: HttpRequest) -> HttpResponse:
    """Everything that matches; an exact reference jumps."""
    text = request.GET.get("q", "").strip()
    if text:
        where = _exact(request, text)
        if where:
            return HttpResponseRedirect(where)
    found = [*_cards(request, text), *_books(request, text)] if text else []
    return render(request, "web/search/search.html", {"query": text, "found": found})
