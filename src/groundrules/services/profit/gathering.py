"""Gathers a period's work and money of many clients from the columns of the books, in a fixed number of queries.

Rows become the core's pieces and amounts; what they mean is decided there.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from groundrules.core.agreements.terms import AgreementVersion
from groundrules.core.agreements.uplift import priced_at
from groundrules.core.coverage.answers import CoverageDecision
from groundrules.core.ids import AssetId, ClientId, TechnicianId, TimeEntryId, VendorId
from groundrules.core.invoices.answers import LineKind
from groundrules.core.money import Money, total
from groundrules.core.periods import Period, local_date, start_of_local_day
from groundrules.core.profitability import Worked
from groundrules.core.profitability.assumptions import Assumptions
from groundrules.core.profitability.cuts import Earned, Piece
from groundrules.core.profitability.hours import HourlyCost, hourly_cost
from groundrules.records import models as books
from groundrules.records.typed_json import load

_A_DAY = timedelta(days=1)
_FEE_LINES = (
    LineKind.FEE.value,
    LineKind.FEE_CREDIT.value,
    LineKind.INSPECTION.value,
    LineKind.REINSTATEMENT_FEE.value,
    LineKind.REFUND.value,
)


@dataclass(frozen=True, slots=True)
class Days:
    """Half-open local days, and when the books are read."""

    first: date
    end: date
    known_at: datetime

    def holds(self, day: date) -> bool:
        """This function will say whether a local day lies inside."""
        return self.first <= day < self.end


@dataclass(frozen=True, slots=True)
class Who:
    """A client's card with the people and agreement versions (since, name, payload) its rows may name."""

    client: books.Client
    costs: Mapping[str, HourlyCost]
    roles: Mapping[str, str]
    versions: tuple[tuple[datetime, str, str], ...]

    def agreement(self, day: date) -> str:
        """This function will name the agreement version in force on a day (`MSA v2`), or nothing."""
        moment = self._end_of(day)
        found = [name for since, name, _ in self.versions if since <= moment]
        return found[-1] if found else ""

    def hourly_on(self, day: date) -> Money:
        """This function will return the hourly price at the end of a day, with the yearly rises it has had by then.

        Before the first version it is that one's; without an agreement it is nothing.
        """
        moment = self._end_of(day)
        found = [one for one in self.versions if one[0] <= moment] or list(self.versions[:1])
        if not found:
            return Money.zero(self.client.currency)
        return _hourly_at(found[-1][2], moment)

    def _end_of(self, day: date) -> datetime:
        return start_of_local_day(self.client.zone, day) + _A_DAY - timedelta(seconds=1)


def who_of(clients: Iterable[books.Client], assumptions: Assumptions) -> dict[int, Who]:
    """This function will gather what stands on cards, by the client's primary key."""
    provider = books.Provider.objects.order_by("pk").first()
    zone = provider.zone if provider else "UTC"
    people = [card.to_core() for card in books.Technician.objects.prefetch_related("cost_rates")]
    costs = {str(one.id): hourly_cost(one, assumptions, zone) for one in people}
    roles = {str(one.id): one.role for one in people}
    versions = _versions()
    return {c.pk: Who(c, costs, roles, tuple(versions.get(c.pk, ()))) for c in clients}


def _hourly_at(payload: str, moment: datetime) -> Money:
    """Reading a whole version takes long; it is only read where its price rises."""
    written = json.loads(payload)
    if written.get("uplift") is not None:
        return priced_at(load(AgreementVersion, payload), moment).rates.hourly
    hourly = written["rates"]["hourly"]
    return Money(int(hourly["minor"]), hourly["currency"])


def _versions() -> dict[int, list[tuple[datetime, str, str]]]:
    rows = books.AgreementVersion.objects.filter(published_at__isnull=False).order_by(
        "in_force_from", "version"
    )
    found: defaultdict[int, list[tuple[datetime, str, str]]] = defaultdict(list)
    for client, code, version, since, payload in rows.values_list(
        "agreement__client", "agreement__code", "version", "in_force_from", "payload"
    ):
        found[client].append((since, f"{code} v{version}", payload))
    return found


def pieces_of(whose: Mapping[int, Who], days: Days) -> dict[int, list[Piece]]:
    """This function will return every client's time entries of the days, costed."""
    rows = (
        books.TimeEntry.objects.known_at(days.known_at)
        .filter(client__in=whose, started_at__gte=early(days), started_at__lt=late(days))
        .order_by("started_at", "pk")
    )
    proactive = set(rows.proactive().values_list("pk", flat=True))
    vendors = _vendors_of(whose, days)
    found: defaultdict[int, list[Piece]] = defaultdict(list)
    for pk, client, ref, started, ended, technician, asset in rows.values_list(
        "pk", "client", "ref", "started_at", "ended_at", "technician__code", "asset__code"
    ):
        who = whose[client]
        day = local_date(who.client.zone, started)
        if days.holds(day):
            work = _worked(
                (ref, Period(started, ended), technician), who, vendors.get((client, ref))
            )
            found[client].append(
                Piece(
                    work=work if pk not in proactive else _as_proactive(work),
                    client=ClientId(who.client.code),
                    day=day,
                    technician=TechnicianId(technician),
                    role=who.roles.get(technician, ""),
                    asset=AssetId(asset) if asset else None,
                    agreement=who.agreement(day),
                )
            )
    return found


def _worked(entry: tuple[str, Period, str], who: Who, decision: CoverageDecision | None) -> Worked:
    ref, period, technician = entry
    currency = who.client.currency
    cost = who.costs[technician].cost_of(period)
    forgone = [s.forgone for s in decision.segments] if decision else []
    return Worked(
        entry=TimeEntryId(ref),
        seconds=period.seconds,
        # A rate in another currency is no rate here: nothing is converted silently.
        cost=cost if cost is not None and cost.currency == currency else None,
        proactive=False,
        vendor=decision.caused_by_vendor if decision else None,
        forgone=total(forgone, currency),
    )


def _as_proactive(work: Worked) -> Worked:
    return Worked(work.entry, work.seconds, work.cost, True, work.vendor, work.forgone)  # noqa: FBT003 - the field


def _vendors_of(whose: Mapping[int, Who], days: Days) -> dict[tuple[int, str], CoverageDecision]:
    rows = (
        books.Decision.objects.known_at(days.known_at)
        .filter(
            client__in=whose,
            entry__started_at__gte=early(days),
            entry__started_at__lt=late(days),
        )
        .caused_by_a_vendor()
    )
    return {(row.client_id, row.ref): row.to_core() for row in rows}


def earned_of(
    whose: Mapping[int, Who], days: Days, pieces: Mapping[int, list[Piece]]
) -> dict[int, list[Earned]]:
    """This function will return what every client's charges and fees of the days came to.

    `pieces` tells whose work a charge was for, and which vendor made it necessary.
    """
    found: defaultdict[int, list[Earned]] = defaultdict(list)
    for client, earned in (*_charges(whose, days, pieces), *_lines(whose, days)):
        found[client].append(earned)
    for client, earned in _fees(whose, days):
        found[client].append(earned)
    return found


def _charges(
    whose: Mapping[int, Who], days: Days, pieces: Mapping[int, list[Piece]]
) -> list[tuple[int, Earned]]:
    work = {(pk, p.work.entry): p for pk, group in pieces.items() for p in group}
    rows = books.Charge.objects.known_at(days.known_at).filter(
        client__in=whose, service_day__gte=days.first, service_day__lt=days.end
    )
    links: defaultdict[int, list[str]] = defaultdict(list)
    for charge, entry in books.ChargedDecision.objects.filter(charge__in=rows).values_list(
        "charge", "decision__ref"
    ):
        links[charge].append(entry)
    found = []
    for pk, client, ref, day, minor, currency in rows.order_by("service_day", "pk").values_list(
        "pk", "client", "ref", "service_day", "amount_minor", "currency"
    ):
        parts = [work[client, TimeEntryId(e)] for e in links[pk] if (client, e) in work]
        asset, vendor = _one(p.asset for p in parts), _one(p.work.vendor for p in parts)
        found.append(
            (
                client,
                Earned(
                    client=ClientId(whose[client].client.code),
                    day=day,
                    amount=Money(minor, currency),
                    ref=ref,
                    is_fee=False,
                    asset=asset,
                    vendor=vendor,
                    agreement=whose[client].agreement(day),
                    technician=_one(p.technician for p in parts),
                    role=_one(p.role for p in parts) or "",
                ),
            )
        )
    return found


def _one(items: Iterable[Any]) -> Any:  # noqa: ANN401 - whatever the parts have in common
    """What all parts share; nothing when they differ, so that no share is guessed."""
    found = set(items)
    return found.pop() if len(found) == 1 else None


def _lines(whose: Mapping[int, Who], days: Days) -> list[tuple[int, Earned]]:
    rows = books.IssuedLine.objects.filter(
        document__client__in=whose,
        recorded_at__lte=days.known_at,
        kind__in=_FEE_LINES,
        service_day__gte=days.first,
        service_day__lt=days.end,
    ).order_by("service_day", "pk")
    return [
        (client, _fee(whose[client], (day, Money(minor, currency), ref), _asset_in(payload)))
        for client, ref, day, minor, currency, payload in rows.values_list(
            "document__client", "ref", "service_day", "amount_minor", "currency", "payload"
        )
    ]


def _fees(whose: Mapping[int, Who], days: Days) -> list[tuple[int, Earned]]:
    rows = (
        books.FeeBilled.objects.known_at(days.known_at)
        .filter(client__in=whose, month__gte=days.first, month__lt=days.end)
        .order_by("month", "pk")
    )
    return [
        (client, _fee(whose[client], (month, Money(minor, currency), ref), asset))
        for client, ref, month, minor, currency, asset in rows.values_list(
            "client", "ref", "month", "amount_minor", "currency", "asset__code"
        )
    ]


def _asset_in(payload: str) -> str | None:
    asset = json.loads(payload).get("asset")
    return str(asset) if asset else None


def _fee(who: Who, what: tuple[date, Money, str], asset: str | None) -> Earned:
    day, amount, ref = what
    return Earned(
        client=ClientId(who.client.code),
        day=day,
        amount=amount,
        ref=ref,
        is_fee=True,
        asset=AssetId(asset) if asset else None,
        agreement=who.agreement(day),
    )


def vendor_names() -> tuple[tuple[VendorId, str], ...]:
    """This function will return every vendor's code and name."""
    rows = books.Vendor.objects.order_by("code").values_list("code", "name")
    return tuple((VendorId(code), name) for code, name in rows)


def early(days: Days) -> datetime:
    """This function will return an instant before every zone's first day; the day itself is checked row by row."""
    return start_of_local_day("UTC", days.first) - _A_DAY


def late(days: Days) -> datetime:
    """This function will return an instant after every zone's last day."""
    return start_of_local_day("UTC", days.end) + _A_DAY
