"""Standing approvals: routine work that was approved beforehand, for exactly what, when and how long it says.

ITIL calls it a standard change: low risk, repeatable, from a template. A request it does not cover in every respect is
an ordinary one, and everything else that can stand against a window still does.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from groundrules.core.evidence import ItemKind
from groundrules.core.ids import AssetId, StandingApprovalId, VendorId
from groundrules.core.periods import Period, utc
from groundrules.core.vendors.model import AccessWindow, ChangeRequestType

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_WEEK = 7


class StandingApprovalIncomplete(ValueError):
    """A standing approval must say what may be touched, on which days, between which hours and for how long."""


@dataclass(frozen=True, slots=True)
class StandingApproval:
    """What is approved beforehand for a vendor: on which servers (none named: all), which kinds, days and hours.

    Hours are the site's, of one local day. `period` is while it stands; backups are confirmed for it as a whole.
    """

    id: StandingApprovalId
    vendor: VendorId
    says: str
    kinds: frozenset[ItemKind]
    days: frozenset[int]
    opens: time
    closes: time
    longest_minutes: int
    period: Period
    approved_by: str
    assets: frozenset[AssetId] = frozenset()

    def __post_init__(self) -> None:
        checks = (
            (not self.says.strip(), "say what the routine work is"),
            (not self.kinds, "say what it may touch"),
            (not self.days or not self.days <= set(range(_WEEK)), "choose its days"),
            (self.opens >= self.closes, "its hours must end after they begin, on one day"),
            (self.longest_minutes < 1, "say how long it may last"),
        )
        for holds, sentence in checks:
            if holds:
                raise StandingApprovalIncomplete(sentence)

    @property
    def sentence(self) -> str:
        """The approval in one breath."""
        days = ", ".join(_DAYS[day] for day in sorted(self.days))
        where = f" on {', '.join(sorted(self.assets))}" if self.assets else ""
        return (
            f"{self.says}{where}: {days}, {self.opens:%H:%M} to {self.closes:%H:%M}, "
            f"{self.longest_minutes} min at most"
        )


def not_covered(approval: StandingApproval, window: AccessWindow, zone: str) -> tuple[str, ...]:
    """This function will list why a request is not routine work by this approval; empty when it is."""
    end = window.period.end
    if end is None or window.requested_at is None:
        return ("it has no end, or nobody asked for it",)
    tz = ZoneInfo(zone)
    first, last = window.period.start.astimezone(tz), end.astimezone(tz)
    lasts = utc(end) - utc(window.period.start)
    checks = (
        (approval.vendor != window.vendor, "it is another vendor's"),
        (window.type is not ChangeRequestType.NORMAL, "it is an emergency"),
        (not _stands(approval, window.requested_at, end), "the approval does not stand then"),
        (
            bool(approval.assets) and window.asset not in approval.assets,
            f"it is not for {window.asset}",
        ),
        (
            not window.kinds or not window.kinds <= approval.kinds,
            "it touches more than was approved",
        ),
        (first.weekday() not in approval.days, f"it is on a {_DAYS[first.weekday()]}"),
        (first.date() != last.date(), "it runs into another day"),
        (
            first.time() < approval.opens or last.time() > approval.closes,
            f"it is not between {approval.opens:%H:%M} and {approval.closes:%H:%M}",
        ),
        (
            lasts > timedelta(minutes=approval.longest_minutes),
            f"it lasts longer than {approval.longest_minutes} min",
        ),
    )
    return tuple(sentence for holds, sentence in checks if holds)


def _stands(approval: StandingApproval, asked: datetime, end: datetime) -> bool:
    return approval.period.contains(utc(asked)) and (
        approval.period.end is None or utc(end) <= approval.period.end
    )
