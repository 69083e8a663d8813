"""What a vendor's person fills in: prefilled from what they asked last, and read back into what they want."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.http import QueryDict

from groundrules.core.periods import ImpossibleLocalTime, local_instant, wall_time
from groundrules.core.vendors.touches import TOUCHES
from groundrules.records.models import AccessRequest, AccessWindow, PortalLink
from groundrules.services.access import RequestRefused, Wanted

_EVENING, _LENGTH = time(18, 0), timedelta(hours=2)
_VERSION = 9
_WALL = "%Y-%m-%dT%H:%M"


@dataclass(frozen=True, slots=True)
class Filled:
    """The form as it stands."""

    starts: str
    ends: str
    plan: str = ""
    way_back: str = ""
    public_key: str = ""
    touches: tuple[str, ...] = ()
    emergency: bool = False
    accepts_rules: int = 0

    def instants(self, zone: str) -> tuple[datetime, datetime]:
        """This function will read the wall times in a zone; raises RequestRefused."""
        try:
            first, last = (local_instant(zone, wall_time(t)) for t in (self.starts, self.ends))
        except ImpossibleLocalTime as impossible:
            message = f"{impossible}. Choose another time."
            raise RequestRefused(message) from impossible
        except ValueError as unreadable:
            message = "Choose when the window begins and ends, with date and time."
            raise RequestRefused(message) from unreadable
        return first, last

    def wanted(self, zone: str) -> Wanted:
        """This function will return what the person wants; raises RequestRefused."""
        first, last = self.instants(zone)
        kinds = frozenset(k for name, _, group in TOUCHES if name in self.touches for k in group)
        return Wanted(
            first,
            last,
            self.plan,
            self.way_back,
            kinds,
            self.public_key,
            emergency=self.emergency,
            accepts_rules=self.accepts_rules,
        )


def filled(posted: QueryDict) -> Filled:
    """This function will return the form as it was sent."""
    words = {
        name: posted.get(name, "") for name in ("starts", "ends", "plan", "way_back", "public_key")
    }
    touches = tuple(name for name, *_ in TOUCHES if name in posted.getlist("touches"))
    version = posted.get("accepts_rules", "")
    return Filled(
        **words,
        touches=touches,
        emergency=posted.get("emergency") == "yes",
        accepts_rules=int(version) if version.isdecimal() and len(version) < _VERSION else 0,
    )


def prefilled(link: PortalLink, at: datetime) -> Filled:
    """This function will return the form for a new request: tomorrow evening, and the rest as asked last."""
    last = link.requests.order_by("-pk").first()
    zone = ZoneInfo(link.client.zone)
    tomorrow = at.astimezone(zone).date() + timedelta(days=1)
    if last is None:
        start = datetime.combine(tomorrow, _EVENING)
        return Filled(start.strftime(_WALL), (start + _LENGTH).strftime(_WALL))
    core = _window(last).to_core()
    wall = core.period.start.astimezone(zone).time()
    length = (core.period.end or core.period.start + _LENGTH) - core.period.start
    start = datetime.combine(tomorrow, wall)
    return Filled(
        start.strftime(_WALL),
        (start + length).strftime(_WALL),
        last.plan,
        last.way_back,
        last.public_key,
        tuple(name for name, _, kinds in TOUCHES if kinds <= core.kinds),
    )


def _window(request: AccessRequest) -> AccessWindow:
    rows = AccessWindow.objects.of_client(request.client).current()
    return rows.get(ref=request.window)
