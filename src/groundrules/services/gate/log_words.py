"""What a host's own log says of a window's accounts: enabled, disabled, put into a group, taken out of one.

It is a second witness beside the host's answer, and comes with the next evidence. Windows writes 4722, 4725, 4732 and
4733; Linux writes its own words. What it lacks proves nothing: the log may not have come yet.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from groundrules.core.evidence import ItemKind
from groundrules.core.parties import same_account_name
from groundrules.core.vendors.gate import window_end
from groundrules.records.models import AccessWindow, Account, Gate, GateStepTaken, Observation

_AROUND = timedelta(minutes=5)
_KINDS = (ItemKind.ACCOUNT.value, ItemKind.GROUP.value)


@dataclass(frozen=True, slots=True)
class ToldByLog:
    """One record of the host about one of the window's accounts: what it says, when, and who did it by its account."""

    says: str
    at: datetime
    by: str


def told_by_log(row: AccessWindow) -> tuple[ToldByLog, ...]:
    """This function will list what the host's log says of the accounts a window opened, the first record first."""
    gate = Gate.objects.filter(asset=row.asset).first()
    if gate is None:
        return ()
    steps = GateStepTaken.objects.filter(gate=gate, window=row.ref)
    names = tuple(steps.values_list("account", flat=True).distinct())
    last = steps.order_by("-recorded_at").first()
    if last is None:
        return ()
    names += tuple(_identifiers(row, names))
    until = max(last.recorded_at, window_end(row.to_core()) or row.starts_at) + _AROUND
    seen = Observation.objects.current().filter(
        asset=row.asset,
        kind__in=_KINDS,
        succeeded=True,
        observed_at__gte=row.starts_at - _AROUND,
        observed_at__lte=until,
    )
    found = (one.to_core() for one in seen.order_by("observed_at", "pk"))
    return tuple(
        ToldByLog(one.summary or f"{one.key} {one.action.value}", one.at, one.actor.account or "")
        for one in found
        if any(
            same_account_name(name, said)
            for name in names
            for said in (one.key, one.before or "", one.after or "")
        )
    )


def _identifiers(row: AccessWindow, names: tuple[str, ...]) -> list[str]:
    """A log of groups names members by their SID."""
    held = Account.objects.filter(client=row.client, name__in=names).exclude(identifier="")
    return list(held.values_list("identifier", flat=True))
