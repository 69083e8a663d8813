"""The search page."""

from __future__ import annotations

from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from groundrules.records.changes import Change
from groundrules.records.coverage import Decision
from groundrules.records.evidence import RawEvidence
from groundrules.records.incidents import Incident
from groundrules.records.letters import LetterDraft
from groundrules.records.parties import Application, Asset, Client, Contact
from groundrules.records.sites import Site
from groundrules.web.access import area, may_open
from groundrules.web.refs import change_page, incident_page
from groundrules.web.search.exact import Found, exact

_MOST = 10


def _clients(text: str) -> list[Found]:
    rows = Client.objects.filter(Q(name__icontains=text) | Q(code__icontains=text))
    return [
        Found("Client", c.name, reverse("web:client", args=[c.code]))
        for c in rows.order_by("name")[:_MOST]
    ]


def _contacts(text: str) -> list[Found]:
    rows = Contact.objects.select_related("client").filter(name__icontains=text)
    return [
        Found("Contact", c.name, reverse("web:client", args=[c.client.code]), c.client.name)
        for c in rows.order_by("name")[:_MOST]
    ]


def _sites(text: str) -> list[Found]:
    rows = Site.objects.select_related("client").filter(
        Q(name__icontains=text) | Q(code__icontains=text) | Q(address__icontains=text)
    )
    return [
        Found("Site", s.name, reverse("web:site", args=[s.client.code, s.code]), s.client.name)
        for s in rows.order_by("name", "pk")[:_MOST]
    ]


def _servers(text: str) -> list[Found]:
    rows = Asset.objects.select_related("client").filter(
        Q(name__icontains=text) | Q(code__icontains=text) | Q(host_names__name__icontains=text)
    )
    return [
        Found("Server", a.name, reverse("web:server", args=[a.client.code, a.code]), a.client.name)
        for a in rows.distinct().order_by("name", "pk")[:_MOST]
    ]


def _applications(text: str) -> list[Found]:
    rows = Application.objects.select_related("asset", "client", "vendor").filter(
        Q(name__icontains=text) | Q(vendor__name__icontains=text)
    )
    return [
        Found(
            "Application",
            f"{p.name} ({p.vendor.name})" if p.vendor else p.name,
            reverse("web:server", args=[p.client.code, p.asset.code]),
            f"{p.asset.name}, {p.client.name}",
        )
        for p in rows.order_by("name", "pk")[:_MOST]
    ]


def _changes(text: str) -> list[Found]:
    rows = Change.objects.current().select_related("client", "asset")
    found = rows.filter(sentence__icontains=text).defer("payload").order_by("-pk")
    return [
        Found("Change", c.sentence, change_page(c.client.code, c.ref), c.asset.name)
        for c in found[:_MOST]
    ]


def _incidents(text: str) -> list[Found]:
    rows = Incident.objects.current().select_related("client", "asset")
    found = rows.filter(title__icontains=text).order_by("-opened_at", "pk")
    return [
        Found("Incident", f"{i.ref} {i.title}", incident_page(i.client.code, i.ref), i.asset.name)
        for i in found[:_MOST]
    ]


def _work(text: str) -> list[Found]:
    rows = Decision.objects.current().select_related("entry", "client")
    found = rows.filter(Q(entry__issue__icontains=text) | Q(entry__note__icontains=text))
    return [
        Found(
            "Work",
            f"{d.entry.issue}: {d.entry.note}" if d.entry.note else d.entry.issue,
            reverse("web:decision", args=[d.number]),
            d.client.name,
        )
        for d in found.order_by("-decided_at", "pk")[:_MOST]
    ]


def _letters(text: str) -> list[Found]:
    rows = LetterDraft.objects.select_related("client").filter(subject__icontains=text)
    return [
        Found("Letter", d.subject, reverse("web:letter", args=[d.ref]), d.client.name)
        for d in rows.order_by("-drafted_at", "pk")[:_MOST]
    ]


def _evidence(text: str) -> list[Found]:
    rows = RawEvidence.objects.select_related("asset", "client").filter(
        Q(digest__startswith=text.lower()) | Q(name__icontains=text)
    )
    return [
        Found("Evidence", r.name, reverse("web:raw", args=[r.digest]), str(r.asset or r.client))
        for r in rows.order_by("-pk")[:_MOST]
    ]


_PLACES = (
    ("clients", _clients),
    ("clients", _contacts),
    ("clients", _sites),
    ("servers", _servers),
    ("servers", _applications),
    ("servers", _changes),
    ("servers", _incidents),
    ("work", _work),
    ("letters", _letters),
    ("evidence", _evidence),
)


@area("search")
def search(request: HttpRequest) -> HttpResponse:
    """Everything that matches and the reader may open; an exact reference jumps."""
    text = request.GET.get("q", "").strip()
    hits = exact(request, text) if text else []
    if len(hits) == 1:
        return HttpResponseRedirect(hits[0].href)
    found = list(hits)
    for name, look in _PLACES if text else ():
        if may_open(request, name):
            found.extend(look(text))
    return render(request, "web/search/search.html", {"query": text, "found": found})
