"""The client's door: our servers, what you did, requests, letters, invoices, people. Reading changes nothing.

Each page asks anew who the link lets in, and shows what `services.door.showing` chose for the client.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from groundrules.core.agreements.facts import CoverageState
from groundrules.core.disputes import held_total, last_day
from groundrules.core.lifecycle.shown import shown
from groundrules.core.money import Money
from groundrules.core.parties import Authority
from groundrules.records.models import Asset, FrozenFile
from groundrules.services.access import LinkRefused
from groundrules.services.disputes import on_document
from groundrules.services.door import AREAS, Reader, disputing, open_door, showing
from groundrules.services.signing import to_sign

Page = Callable[..., HttpResponse]

_MAY = {
    Authority.REQUEST_AFTER_HOURS: "ask for work after hours",
    Authority.RATIFY: "take over a request",
    Authority.RECEIVE_NOTICE: "receive notices",
    Authority.SIGN: "sign",
    Authority.COMMIT: "commit the company, and let others in",
    Authority.APPROVE_ACCESS: "approve access",
}
_DONE = {
    "say": "We have your message. Nothing else has changed.",
    "agree": "Noted: you agree.",
    "ratify": "Noted: the request is yours now.",
    "delegate": "They are let in; their link is on its way to them.",
    "revoke": "They are let in no longer.",
    "dispute": "It is disputed. You have it in writing, and we answer.",
    "withdraw": "It is taken back.",
}


def behind(area: str) -> Callable[[Page], Page]:
    """This function will guard a page: the link must open, and the area (if any) must be open to the reader."""

    def guard(view: Page) -> Page:
        @wraps(view)
        @login_not_required
        def guarded(request: HttpRequest, token: str, **kept: str) -> HttpResponse:
            try:
                reader = open_door(token, timezone.now())
            except LinkRefused as refused:
                told = {"problem": str(refused)}
                return render(request, "portal/refused.html", told, status=410)
            try:
                return _opened(view, request, reader, token, area, kept)
            except Http404:
                context = frame(request, reader, token, "")
                return render(request, "portal/door/missing.html", context, status=404)

        guarded.area = area  # type: ignore[attr-defined]  # read by the test that walks every address
        return guarded

    return guard


def _opened(
    view: Page, request: HttpRequest, reader: Reader, token: str, area: str, kept: dict[str, str]
) -> HttpResponse:
    if area and not reader.may_read(area):
        message = "This page is not open to the reader."
        raise Http404(message)
    return view(request, reader, token, **kept)


def frame(request: HttpRequest, reader: Reader, token: str, current: str) -> dict[str, object]:
    """This function will give a page its frame: whose door it is, where else one may look, what was just done."""
    return {
        "reader": reader,
        "client": reader.client,
        "zone": reader.client.zone,
        "token": token,
        "current": current,
        "areas": [(area, says) for area, says in AREAS.items() if reader.may_read(area)],
        "done": _DONE.get(request.GET.get("done", ""), ""),
        "may_commit": reader.may(Authority.COMMIT),
        "may_say": reader.may_read("requests"),
        "may_dispute": disputing.may_dispute(reader),
    }


def pdf_answer(frozen: FrozenFile | None, name: str) -> HttpResponse:
    """This function will answer with frozen bytes, under their reference."""
    if frozen is None:
        message = f"{name} has no PDF."
        raise Http404(message)
    answer = HttpResponse(bytes(frozen.content), content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    return answer


@behind("")
@require_safe
def home(request: HttpRequest, reader: Reader, token: str) -> HttpResponse:
    """How the servers stand, and what there is to do."""
    servers = showing.servers_of(reader) if reader.may_read("servers") else ()
    told = [(one, shown(one.state) if one.state else None) for one in servers]
    context = frame(request, reader, token, "servers") | {
        "servers": told,
        "off": [one for one in servers if one.back],
        "watched": [(one, state) for one, state in told if not one.back and not _is_covered(one)],
        "to_sign": to_sign(reader.contact) if reader.delegation is None else (),
        "sites": bool(servers) and any(one.asset.site_id for one in servers),
        "yours": [(one, todo) for one in servers for todo in one.yours],
        "letters": showing.letters_of(reader)[:3] if reader.may_read("letters") else (),
        "invoices": showing.invoices_of(reader)[:3] if reader.may_read("invoices") else (),
    }
    return render(request, "portal/door/home.html", context)


@behind("servers")
@require_safe
def sites(request: HttpRequest, reader: Reader, token: str) -> HttpResponse:
    """Where the servers stand, as we have it on record, so that what is wrong can be told."""
    context = frame(request, reader, token, "servers") | {"sites": showing.sites_of(reader)}
    return render(request, "portal/door/sites.html", context)


def _is_covered(one: showing.ShownServer) -> bool:
    return one.state is not None and one.state.state is CoverageState.COVERED


@behind("servers")
@require_safe
def server(request: HttpRequest, reader: Reader, token: str, code: str) -> HttpResponse:
    """One server: its state and why; what there is to do to get it back, the same for whoever reads it."""
    asset: Asset = get_object_or_404(reader.assets(), code=code)
    one = next(s for s in showing.servers_of(reader) if s.asset.pk == asset.pk)
    context = frame(request, reader, token, "servers") | {
        "asset": asset,
        "server": one,
        "state": shown(one.state) if one.state else None,
        "back": one.back,
    }
    return render(request, "portal/door/server.html", context)


@behind("work")
@require_safe
def work(request: HttpRequest, reader: Reader, token: str) -> HttpResponse:
    """What you did: each piece of work in plain words, with its value and what was charged."""
    found = showing.work_of(reader)
    zero = Money.zero(reader.client.currency)
    context = frame(request, reader, token, "work") | {
        "work": found,
        "value": sum((w.value for w in found), zero),
        "charged": sum((w.charged for w in found), zero),
        "reports": showing.reports_of(reader)[:3],
    }
    return render(request, "portal/door/work.html", context)


@behind("requests")
@require_safe
def requests(request: HttpRequest, reader: Reader, token: str) -> HttpResponse:
    """What was asked for, and what was written here."""
    context = frame(request, reader, token, "requests") | {
        "asked": list(showing.requests_of(reader)),
        "said": showing.said_of(reader),
        "servers": reader.assets(),
        "may_ratify": reader.may(Authority.RATIFY),
    }
    return render(request, "portal/door/requests.html", context)


@behind("letters")
@require_safe
def letters(request: HttpRequest, reader: Reader, token: str) -> HttpResponse:
    """The letters that were sent."""
    context = frame(request, reader, token, "letters") | {"letters": showing.letters_of(reader)}
    return render(request, "portal/door/letters.html", context)


@behind("letters")
@require_safe
def letter(request: HttpRequest, reader: Reader, token: str, ref: str) -> HttpResponse:
    """One letter, as it was sent."""
    row = get_object_or_404(showing.letters_of(reader), ref=ref)
    context = frame(request, reader, token, "letters") | {"letter": row, "core": row.to_core()}
    return render(request, "portal/door/letter.html", context)


@behind("letters")
@require_safe
def letter_pdf(request: HttpRequest, reader: Reader, token: str, ref: str) -> HttpResponse:
    """The PDF exactly as it was sent."""
    row = get_object_or_404(showing.letters_of(reader), ref=ref)
    return pdf_answer(row.pdf, row.ref)


@behind("invoices")
@require_safe
def invoices(request: HttpRequest, reader: Reader, token: str) -> HttpResponse:
    """Invoices and credit notes."""
    rows = showing.invoices_of(reader)
    context = frame(request, reader, token, "invoices") | {
        "invoices": [(row, Money(row.total_minor, row.currency)) for row in rows]
    }
    return render(request, "portal/door/invoices.html", context)


@behind("invoices")
@require_safe
def invoice(request: HttpRequest, reader: Reader, token: str, ref: str) -> HttpResponse:
    """One invoice with its lines: what was done, why, what it is worth and what is charged."""
    row = get_object_or_404(showing.invoices_of(reader), ref=ref)
    core, heading = row.to_core(), row.to_heading()
    context = frame(request, reader, token, "invoices") | {
        "document": row,
        "core": core,
        "value": sum((line.value for line in core.lines), Money.zero(row.currency)),
        "shares": heading.taxed.shares if heading and heading.is_taxed else (),
        "total": Money(row.total_minor, row.currency),
        "held": held_total((d.to_core() for d in on_document(row)), row.currency),
        "lines": [(f"{row.ref}/{n}", line) for n, line in enumerate(core.lines, start=1)],
    }
    return render(request, "portal/door/invoice.html", context)


@behind("invoices")
@require_safe
def invoice_pdf(request: HttpRequest, reader: Reader, token: str, ref: str) -> HttpResponse:
    """The PDF exactly as it was issued."""
    row = get_object_or_404(showing.invoices_of(reader), ref=ref)
    return pdf_answer(row.pdf, row.ref)


@behind("disputes")
@require_safe
def disputes(request: HttpRequest, reader: Reader, token: str) -> HttpResponse:
    """What is disputed, until when it is answered, and the answers."""
    found = [
        (core, last_day(core, reader.client.zone), disputing.title_of(reader, core))
        for _, core in disputing.disputes_of(reader)
    ]
    context = frame(request, reader, token, "disputes") | {"disputes": found}
    return render(request, "portal/door/disputes.html", context)


@behind("people")
@require_safe
def people(request: HttpRequest, reader: Reader, token: str) -> HttpResponse:
    """Who may do what for the client, and whom it let in."""
    contacts = []
    for row in reader.client.contacts.filter(outside=False).order_by("name"):
        core = row.to_core()
        may = [says for authority, says in _MAY.items() if core.may(authority, reader.at)]
        contacts.append((row, ", ".join(may) or "read and ask"))
    context = frame(request, reader, token, "people") | {
        "contacts": contacts,
        "delegations": [(d, d.holds_at(reader.at)) for d in showing.delegations_of(reader)],
        "servers": reader.assets(),
        "grantable": [(a, s) for a, s in AREAS.items() if a != "people"],
    }
    return render(request, "portal/door/people.html", context)
