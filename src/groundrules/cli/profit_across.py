"""All clients by vendor, role, person or month, as lines and as data, for `groundrules profit across`."""

from __future__ import annotations

from groundrules.cli.profit_words import columns
from groundrules.core.profitability.across import Across
from groundrules.core.profitability.cuts import CutBy
from groundrules.core.profitability.words import hours, share
from groundrules.services.profit import Everywhere

_LAST = {CutBy.VENDOR: "All without it", CutBy.MONTH: "Margin"}


def across_lines(found: Everywhere) -> list[str]:
    """This function will write one row for each key, dearest first, and the hours that are in no number."""
    head = (
        *(found.by.value.capitalize(), "Clients", "Hours", "Reactive", "Uncosted", "Cost"),
        *("Charged", "Not charged", _LAST.get(found.by, "Utilisation")),
    )
    rows: list[tuple[str, ...]] = [head, *(_row(row, found) for row in found.rows)]
    refused = [f"{_name(row, found)}: {row.refused}" for row in found.rows if row.refused]
    return [
        f"{found.span.first:%Y-%m} to {found.span.months[-1]:%Y-%m}, all clients",
        "",
        *columns(rows),
        *refused,
        "",
        (
            f"Not in the numbers: {hours(found.uncosted_seconds)} without a cost rate (never counted as free), "
            f"{hours(found.unlogged_seconds)} of logins nobody wrote down. On no server: "
            f"{hours(found.unattributed_seconds)}."
        ),
    ]


def _name(row: Across, found: Everywhere) -> str:
    return found.names.get(row.key, row.key) or "(nobody)"


def _row(row: Across, found: Everywhere) -> tuple[str, ...]:
    whole = row.whole
    return (
        _name(row, found),
        str(len(row.parts)),
        hours(whole.seconds),
        hours(whole.reactive_seconds),
        hours(whole.uncosted_seconds),
        "can't tell" if row.refused else str(whole.labour),
        str(whole.revenue),
        str(whole.forgone),
        _last(row, found),
    )


def _last(row: Across, found: Everywhere) -> str:
    if found.by not in _LAST:
        return share(found.used.get(row.key))
    if row.refused:
        return "can't tell"
    return share(row.whole.margin if found.by is CutBy.MONTH else row.without)


def across_data(found: Everywhere) -> dict[str, object]:
    """This function will state the rows as data; money is missing where it is refused."""
    return {
        "first": found.span.first.isoformat(),
        "end": found.span.end.isoformat(),
        "by": found.by.value,
        "rows": [_data(row, found) for row in found.rows],
        "uncosted_seconds": found.uncosted_seconds,
        "unattributed_seconds": found.unattributed_seconds,
        "unlogged_seconds": found.unlogged_seconds,
    }


def _data(row: Across, found: Everywhere) -> dict[str, object]:
    used = found.used.get(row.key)
    return {
        "key": row.key,
        "name": _name(row, found),
        "currency": row.currency,
        "seconds": row.whole.seconds,
        "reactive_seconds": row.whole.reactive_seconds,
        "uncosted_seconds": row.whole.uncosted_seconds,
        "cost": "" if row.refused else str(row.whole.labour),
        "charged": str(row.whole.revenue),
        "not_charged": str(row.whole.forgone),
        "refused": row.refused,
        "utilisation": share(used) if used is not None else "",
        "margin_without": share(row.without) if not row.refused else "",
        "seconds_by_month": list(row.months),
        "clients": {part.client: part.row.seconds for part in row.parts},
    }
