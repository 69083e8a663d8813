"""What documents say of a client, or of the provider, beside the name; and how they are taxed from which day on."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from groundrules.core.invoices.identity import DetailsRefused
from groundrules.core.invoices.tax import Tax, TaxCategory, TaxedKind, TaxNotSettled, TaxRule
from groundrules.core.parties import LegalDetails
from groundrules.records import models as books
from groundrules.services import cards, taxes
from groundrules.services.actor import Actor, NotAllowed
from groundrules.web.access import actor_of, area, may_open
from groundrules.web.words import sentence

_REFUSALS = (
    *(DetailsRefused, TaxNotSettled, taxes.RuleTaken, taxes.NoSuchRule, NotAllowed),
    *(InvalidOperation, ValueError),
)
_CATEGORIES = (
    (TaxCategory.STANDARD, "taxed at a percentage (S)"),
    (TaxCategory.ZERO, "taxed at 0% (Z)"),
    (TaxCategory.EXEMPT, "exempt (E)"),
    (TaxCategory.REVERSE_CHARGE, "reverse charge (AE)"),
    (TaxCategory.NOT_SUBJECT, "not subject to tax (O)"),
)
_FIELDS = (
    ("name", "Registered name", "Only where it is not the name on the card."),
    ("country", "Country", "Two letters, such as US or DE. Electronic invoices need it."),
    ("vat_id", "VAT number", "With its country in front, such as DE123456789."),
    ("tax_number", "Other tax number", "Such as a sales tax permit."),
    ("electronic_address", "Electronic address", "Only where it is not the e-mail address."),
    ("electronic_scheme", "Scheme of that address", "EM for e-mail, 0088 for a GLN."),
)
_PAYMENT = (
    ("account", "Account to pay into", "An IBAN, or a local number with its routing."),
    ("account_name", "Name of the account", "Only where it is another name."),
    ("bank", "BIC of the bank", "8 or 11 letters and digits."),
)


class UnreadableRule(ValueError):
    """A tax rule can't be read from what was typed; the message says what to write."""


@dataclass(frozen=True, slots=True)
class Field:
    """One input of the form: its name, its label, what to write, and what stands there."""

    name: str
    label: str
    help: str
    value: str


@area("invoices")
@require_http_methods(["GET", "HEAD", "POST"])
def client_billing(request: HttpRequest, code: str) -> HttpResponse:
    """What documents to a client say of it, and its own tax rules."""
    client = get_object_or_404(books.Client, code=code)
    return _billing(request, client, client)


@area("invoices")
@require_http_methods(["GET", "HEAD", "POST"])
def provider_billing(request: HttpRequest) -> HttpResponse:
    """What documents say of the provider, and the tax rules for everybody."""
    provider = books.Provider.objects.order_by("pk").first()
    if provider is None:
        if not may_open(request, "installation"):
            message = (
                "Nobody said yet who provides the services here; an owner does, under First steps."
            )
            raise Http404(message)
        messages.info(request, "Say first who you are; billing details come after that.")
        return redirect("web:first-company")
    return _billing(request, provider, None)


def _billing(
    request: HttpRequest, card: books.Client | books.Provider, client: books.Client | None
) -> HttpResponse:
    if request.method != "POST":
        return _page(request, card, client)
    act, actor, at = request.POST.get("act", ""), actor_of(request), timezone.now()
    try:
        if act == "details":
            cards.keep_legal(card, _written(request, card), actor=actor, at=at)
            messages.info(request, "Saved. Documents issued from now on say so.")
        elif act == "tax":
            row = taxes.add_rule(_rule(request), client=client, actor=actor, at=at)
            messages.info(
                request, f"From {row.starts_on} on, {row.applies_to}: {row.to_core().tax}."
            )
        elif act.startswith("untax:"):
            _take_out(act, client, actor, at)
            messages.info(request, "The rule is out. Issued documents stay as they are.")
    except _REFUSALS as refused:
        messages.error(request, f"Nothing was changed. {sentence(_words(refused))}")
        return _page(request, card, client, status=422)
    return redirect(request.path)


def _words(refused: Exception) -> str:
    return (
        "The percentage cannot be read; write it as 20 or 8.875."
        if isinstance(refused, InvalidOperation)
        else str(refused)
    )


def _written(request: HttpRequest, card: books.Client | books.Provider) -> LegalDetails:
    """A field the form does not show keeps what the card says."""
    known = asdict(card.legal())
    return LegalDetails(**{name: request.POST.get(name, item) for name, item in known.items()})


def _rule(request: HttpRequest) -> TaxRule:
    posted = request.POST
    category, kind = posted.get("category", ""), posted.get("on", "")
    if category not in set(TaxCategory) or kind not in set(TaxedKind):
        message = "choose what is taxed, and how"
        raise UnreadableRule(message)
    tax = Tax(
        TaxCategory(category),
        Decimal(posted.get("percent", "").strip().removesuffix("%") or "0"),
        posted.get("tax_name", "").strip(),
        posted.get("reason", "").strip(),
    )
    return TaxRule(_day(posted.get("starts_on", "")), TaxedKind(kind), tax)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as unreadable:
        message = f"{text!r} is no day; write it as 2026-03-01"
        raise UnreadableRule(message) from unreadable


def _take_out(act: str, client: books.Client | None, actor: Actor, at: datetime) -> None:
    kind, _, day = act.removeprefix("untax:").partition(":")
    if kind not in set(TaxedKind):
        message = f"there is no tax rule for {kind!r}"
        raise UnreadableRule(message)
    taxes.remove_rule(TaxedKind(kind), _day(day), client=client, actor=actor, at=at)


def _page(
    request: HttpRequest,
    card: books.Client | books.Provider,
    client: books.Client | None,
    status: int = 200,
) -> HttpResponse:
    known = asdict(card.legal())
    shown = _FIELDS if client else (*_FIELDS, *_PAYMENT)
    rules = books.TaxRule.objects.filter(client=client).order_by("applies_to", "starts_on")
    context = {
        "card": card,
        "client": client,
        "fields": [
            Field(name, label, words, request.POST.get(name, known[name]))
            for name, label, words in shown
        ],
        "rules": rules,
        "everybody": books.TaxRule.objects.filter(client=None).order_by("applies_to", "starts_on")
        if client
        else (),
        "categories": [(category.value, words) for category, words in _CATEGORIES],
        "kinds": [kind.value for kind in TaxedKind],
        "posted": request.POST,
    }
    return render(request, "web/clients/billing.html", context, status=status)
