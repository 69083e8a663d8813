"""What stands beside a client's drafts before they are issued: their tax, and the fees earlier documents charged."""

from __future__ import annotations

import json
from datetime import date, datetime

from groundrules.core.ids import AssetId
from groundrules.core.invoices.answers import MONTHLY_FEES, InvoiceDraft, LineKind
from groundrules.core.invoices.tax import TaxNotSettled
from groundrules.core.money import Money
from groundrules.core.month_end import FeeBefore
from groundrules.records import models as books
from groundrules.services.headings import heading_for


def tax_on(
    client: books.Client, drafts: tuple[InvoiceDraft, ...], at: datetime
) -> tuple[Money | None, str]:
    """This function will add up the tax on a client's drafts; None, and what is missing, when it is not settled."""
    tax = Money.zero(client.currency)
    try:
        for draft in drafts:
            tax += heading_for(draft, client, "", at).taxed.total(client.currency)
    except TaxNotSettled as missing:
        return None, str(missing)
    return tax, ""


def fees_before(client: books.Client, drafts: tuple[InvoiceDraft, ...]) -> tuple[FeeBefore, ...]:
    """This function will add up, per server and month of the drafts' fees, what issued documents charged already."""
    fees = [line for d in drafts for line in d.lines if line.kind is LineKind.FEE and line.asset]
    if not fees:
        return ()
    wanted = {(line.asset, line.service_day.replace(day=1)) for line in fees}
    first = min(month for _, month in wanted)
    rows = books.IssuedLine.objects.filter(
        document__client=client,
        kind__in=[kind.value for kind in MONTHLY_FEES],
        service_day__gte=first,
    ).order_by("pk")
    found: dict[tuple[AssetId, date], FeeBefore] = {}
    for day, minor, currency, payload, ref in rows.values_list(
        "service_day", "amount_minor", "currency", "payload", "document__ref"
    ):
        asset = AssetId(json.loads(payload).get("asset") or "")
        key = (asset, day.replace(day=1))
        if key in wanted:
            before = found[key].amount if key in found else Money.zero(currency)
            found[key] = FeeBefore(asset, key[1], before + Money(minor, currency), ref)
    return tuple(found.values())
