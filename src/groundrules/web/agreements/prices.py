"""Rates, holidays, counts and blocks of an agreement on one page: what holds, from which day, and the next change.

Rates and holidays become the next version; counts and blocks are facts written down. Nothing here is edited.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from groundrules.core.agreements.reading import said_fraction
from groundrules.core.agreements.table import NotPublishable, bands_of
from groundrules.core.agreements.terms import AgreementVersion
from groundrules.core.agreements.uplift import carried_to
from groundrules.core.agreements.words import PHRASES
from groundrules.core.calendars import HoursBand
from groundrules.core.ids import BlockId
from groundrules.core.money import AmountTooFine, Money
from groundrules.core.orders import BlockPurchase, CountedUnit, HeadCount, ImpossibleCount
from groundrules.core.periods import local_date
from groundrules.core.rating.working import hours_label
from groundrules.records import models as books
from groundrules.services import orders, prices
from groundrules.services.actor import NotAllowed
from groundrules.services.agreement_drafts import newest
from groundrules.services.world import answer_for
from groundrules.web.access import actor_of, area
from groundrules.web.words import sentence

_REFUSALS = (
    prices.DraftInProgress,
    prices.NothingChanged,
    prices.PastHoliday,
    orders.NoBlockClause,
    orders.BlockExists,
    NotPublishable,
    NotAllowed,
    ImpossibleCount,
    AmountTooFine,
)
_SHOWN_VERSIONS = 12
_MOST = 100_000  # Times the hourly rate, or hours in a block.


@dataclass(frozen=True, slots=True)
class Dated:
    """What one version says of prices, from its first local day on."""

    version: int
    since: date
    hourly: Money
    bands: tuple[tuple[str, str], ...]
    holidays: int


@area("invoices")
@require_http_methods(["GET", "HEAD", "POST"])
def agreement_prices(request: HttpRequest, code: str, agreement: str) -> HttpResponse:
    """The page, and what its four forms ask for."""
    rows = books.Agreement.objects.select_related("client")
    row = get_object_or_404(rows, client__code=code, code=agreement)
    act = _ACTS.get(request.POST.get("act", "")) if request.method == "POST" else None
    if act is None:
        return _page(request, row)
    try:
        messages.info(request, act(request, row))
    except _REFUSALS as refused:
        messages.error(request, f"Nothing was changed. {sentence(refused)}")
        return _page(request, row, status=422)
    except (ValueError, ArithmeticError):
        messages.error(
            request,
            "Nothing was changed. Write days as 2026-12-01, amounts as 150.00 and multiples as 2, 1.5 or 4/3.",
        )
        return _page(request, row, status=422)
    return redirect(request.path)


def _rates(request: HttpRequest, row: books.Agreement) -> str:
    standing = newest(row)
    wanted = prices.NewRates(
        _day(request, "starts"),
        Money.of(Decimal(request.POST.get("hourly", "").strip()), standing.rates.hourly.currency),
        {
            band: _fraction(said)
            for band in HoursBand
            if (said := request.POST.get(f"times-{band.value}", "").strip())
        },
    )
    made = prices.change_rates(row, wanted, actor=actor_of(request), at=timezone.now())
    return f"Version {made.version} is published: the new rates count from {wanted.starts} on."


def _holidays(request: HttpRequest, row: books.Agreement) -> str:
    starts = _day(request, "starts")
    days = frozenset(
        date.fromisoformat(word)
        for word in request.POST.get("holidays", "").replace(",", " ").split()
    )
    made = prices.change_holidays(row, starts, days, actor=actor_of(request), at=timezone.now())
    return f"Version {made.version} is published: the new list of holidays counts from {starts} on."


def _count(request: HttpRequest, row: books.Agreement) -> str:
    counted = HeadCount(
        CountedUnit(request.POST.get("unit", "")),
        int(request.POST.get("count", "")),
        _day(request, "day"),
        says=request.POST.get("says", "").strip(),
    )
    orders.count(counted, client=row.client, actor=actor_of(request), at=timezone.now())
    many = "" if counted.count == 1 else "s"
    return f"{counted.count} {counted.unit.value}{many} from {counted.day} on. The next invoice trues the fee up."


def _block(request: HttpRequest, row: books.Agreement) -> str:
    minutes = _fraction(request.POST.get("hours", "").strip()) * 60
    if minutes.denominator != 1:
        raise ValueError(minutes)
    block = BlockPurchase(
        BlockId(request.POST.get("block", "").strip()),
        _day(request, "day"),
        int(minutes),
        Money.of(Decimal(request.POST.get("price", "").strip()), row.client.currency),
    )
    if not block.id:
        raise ValueError(block)
    orders.buy_block(block, client=row.client, actor=actor_of(request), at=timezone.now())
    return f"Block {block.id} is on record. The next invoice charges {block.price} for it."


def _fraction(text: str) -> Fraction:
    """An exact number as a person writes it: no powers of ten, and not beyond what is ever agreed."""
    if "e" in text.casefold() or abs(found := Fraction(text)) > _MOST:
        raise ValueError(text)
    return found


def _day(request: HttpRequest, name: str) -> date:
    return date.fromisoformat(request.POST.get(name, "").strip())


_ACTS: dict[str, Callable[[HttpRequest, books.Agreement], str]] = {
    "rates": _rates,
    "holidays": _holidays,
    "count": _count,
    "block": _block,
}


def _page(request: HttpRequest, row: books.Agreement, status: int = 200) -> HttpResponse:
    published = row.versions.filter(published_at__isnull=False).order_by("-version")
    versions = [version.to_core() for version in published[:_SHOWN_VERSIONS]]
    standing = versions[0]
    today = local_date(standing.calendar.zone, timezone.now())
    context = {
        "agreement": row,
        "client": row.client,
        "standing": standing,
        "dated": [_dated(version) for version in versions],
        "multiples": [
            (
                band.value,
                PHRASES["band"][band],
                request.POST.get(
                    f"times-{band.value}", said_fraction(standing.rates.multiplier(band))
                ),
            )
            for band in HoursBand
            if band in bands_of(standing.calendar) and band is not HoursBand.BUSINESS
        ],
        "hourly": carried_to(standing, today).rates.hourly.amount,
        "holidays": [day for day in sorted(standing.calendar.holidays) if day >= today],
        "counts": _counts(row.client),
        "blocks": _balances(row.client),
        "posted": request.POST,
    }
    return render(request, "web/agreements/prices.html", context, status=status)


def _dated(version: AgreementVersion) -> Dated:
    zone = version.calendar.zone
    return Dated(
        version.version,
        local_date(zone, version.in_force.start),
        version.rates.hourly,
        tuple(
            (PHRASES["band"][band], said_fraction(times))
            for band, times in version.rates.multipliers.items()
        ),
        len(version.calendar.holidays),
    )


def _counts(client: books.Client) -> list[books.HeadCount]:
    rows = books.HeadCount.objects.of_client(client).current()
    return list(rows.order_by("unit", "-day"))


def _balances(client: books.Client) -> list[dict[str, object]]:
    """What is left of each block, worked out from all work; nothing is asked where no block was bought."""
    if not books.BlockPurchase.objects.of_client(client).exists():
        return []
    found = answer_for(client, timezone.now()).money.blocks
    return [
        {
            "block": balance.block,
            "left": hours_label(int(balance.left)),
            "of": hours_label(int(balance.minutes)),
            "until": local_date(client.zone, balance.expires) if balance.expires else None,
            "has_expired": balance.has_expired,
        }
        for balance in found
    ]
