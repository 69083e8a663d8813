"""The register of one vendor at one client: its card, its people's accounts, the support contract."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from groundrules.core.ids import AssetId, VendorId
from groundrules.core.vendors.support import SupportContract
from groundrules.records import models as books
from groundrules.services.actor import NotAllowed
from groundrules.services.vendor_register import (
    AccountSaid,
    CardSaid,
    RegisterRefused,
    add_account,
    end_account,
    keep_card,
    keep_support,
    registered,
)
from groundrules.web.access import actor_of, area
from groundrules.web.words import sentence


@area("vendors")
@require_http_methods(["GET", "HEAD", "POST"])
def register(request: HttpRequest, client: str, code: str) -> HttpResponse:
    """What is on record of a vendor at a client, and the forms to change it."""
    owner = get_object_or_404(books.Client, code=client)
    card = get_object_or_404(books.Vendor, code=code)
    if request.method != "POST":
        return _page(request, owner, card)
    act = _ACTS.get(request.POST.get("act", ""))
    if act is None:
        message = "A card, an account or a support contract can be changed."
        raise Http404(message)
    try:
        messages.info(request, act(request, owner, card, timezone.now()))
    except (RegisterRefused, NotAllowed) as refused:
        messages.error(request, f"Nothing was changed. {sentence(refused)}")
        return _page(request, owner, card, status=422)
    return redirect("web:vendor-register", client, code)


def _page(
    request: HttpRequest, owner: books.Client, card: books.Vendor, status: int = 200
) -> HttpResponse:
    posted = request.POST
    found = registered(owner, card, timezone.now())
    context = {
        "owner": owner,
        "vendor": card,
        "found": found,
        "assets": owner.assets.order_by("name"),
        "given": posted,
        "card": posted if posted.get("act") == "card" else _card_form(card),
        "contract": posted if posted.get("act") == "support" else _support_form(found.support),
        "ticked": posted.getlist("assets") if posted else _assets_of(found.support),
    }
    return render(request, "web/vendors/register.html", context, status=status)


def _card_form(card: books.Vendor) -> dict[str, str]:
    return {
        "email": card.email,
        "zone": card.zone,
        "networks": "\n".join(card.networks),
        "people": "\n".join(card.people),
    }


def _support_form(support: SupportContract | None) -> dict[str, str]:
    if support is None:
        return {}
    return {
        "number": support.number,
        "covers": support.covers,
        "last_day": support.last_day.isoformat() if support.last_day else "",
        "names_us": "yes" if support.names_us else "",
        "tools": "\n".join(support.tools),
        "escalation": "\n".join(support.escalation),
    }


def _assets_of(support: SupportContract | None) -> list[str]:
    return sorted(support.assets) if support else []


def _lines(request: HttpRequest, name: str) -> tuple[str, ...]:
    return tuple(request.POST.get(name, "").splitlines())


def _keep_card(request: HttpRequest, owner: books.Client, card: books.Vendor, now: datetime) -> str:
    said = CardSaid(
        request.POST.get("email", ""),
        request.POST.get("zone", ""),
        _lines(request, "networks"),
        _lines(request, "people"),
    )
    keep_card(card, said, client=owner, actor=actor_of(request), at=now)
    return f"The card of {card.name} is kept; it is the same at every client."


def _add(request: HttpRequest, owner: books.Client, card: books.Vendor, now: datetime) -> str:
    posted = request.POST
    said = AccountSaid(posted.get("name", ""), posted.get("person", ""), posted.get("host", ""))
    row = add_account(card, said, client=owner, actor=actor_of(request), at=now)
    return f"{row.name} is {row.person}'s from now on."


def _end(request: HttpRequest, owner: books.Client, card: books.Vendor, now: datetime) -> str:
    key = request.POST.get("account", "")
    rows = owner.accounts.filter(party_kind="vendor", party_code=card.code)
    row = get_object_or_404(rows, pk=key if key.isdecimal() and len(key) < 19 else 0)  # noqa: PLR2004 - 64 bits
    end_account(row, client=owner, actor=actor_of(request), at=now)
    return f"{row.name} is held no more. What it did before stays {row.person or card.name}'s."


def _keep_support(
    request: HttpRequest, owner: books.Client, card: books.Vendor, now: datetime
) -> str:
    posted = request.POST
    contract = SupportContract(
        VendorId(card.code),
        posted.get("number", ""),
        posted.get("covers", ""),
        _day(posted.get("last_day", "")),
        posted.get("names_us") == "yes",
        _lines(request, "tools"),
        _lines(request, "escalation"),
        frozenset(AssetId(one) for one in posted.getlist("assets")),
    )
    keep_support(contract, card, client=owner, actor=actor_of(request), at=now)
    return "The support contract is on record. On-call is told thirty days before its last day."


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as unreadable:
        message = f"{text!r} is no day; write one such as 2026-12-31"
        raise RegisterRefused(message) from unreadable


_ACTS: dict[str, Callable[[HttpRequest, books.Client, books.Vendor, datetime], str]] = {
    "card": _keep_card,
    "account": _add,
    "end-account": _end,
    "support": _keep_support,
}
