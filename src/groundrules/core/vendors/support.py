"""A client's support contract with a vendor: what a caller is asked for, until when it runs, and whom to turn to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from groundrules.core.ids import AssetId, VendorId
from groundrules.core.periods import local_date
from groundrules.core.vendors.agency_steps import Reminder

_REMIND_BEFORE = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class SupportContract:
    """What one client has with one vendor: number, what it covers, its last day, on which servers (none named: all).

    `names_us` says that the contract names the provider: a vendor may refuse to talk to whom it does not name. `tools`
    are the remote tools that were agreed, `escalation` whom to turn to, in that order, one line each.
    """

    vendor: VendorId
    number: str = ""
    covers: str = ""
    last_day: date | None = None
    names_us: bool = False
    tools: tuple[str, ...] = ()
    escalation: tuple[str, ...] = ()
    assets: frozenset[AssetId] = frozenset()

    def runs_on(self, day: date) -> bool:
        """This function will say whether it still runs on a day; one without a last day does."""
        return self.last_day is None or day <= self.last_day


def support_reminder(
    contract: SupportContract, vendor: str, at: datetime, zone: str
) -> Reminder | None:
    """This function will ask for a contract's renewal from thirty days before its last day on, or return None.

    `vendor` is its name, for people.
    """
    if contract.last_day is None:
        return None
    due, today = contract.last_day - _REMIND_BEFORE, local_date(zone, at)
    if today < due:
        return None
    ends = "ends" if contract.runs_on(today) else "ended"
    says = (
        f"The support contract with {vendor} {ends} after {contract.last_day}; "
        "ask the client whether it is renewed."
    )
    return Reminder(f"support-{contract.vendor}", contract.vendor, "support", due, says)
