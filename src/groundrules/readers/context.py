"""What a reader must know that its bytes do not say: whose they are, in which zone, and when they were collected."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from groundrules.core.ids import AssetId, EvidenceId
from groundrules.core.periods import utc


class UnknownZone(ValueError):
    """The host's time zone is missing or not an IANA zone, so local times in its logs cannot be placed."""


@dataclass(frozen=True, slots=True)
class ReadingContext:
    """The asset, the evidence's SHA-256, the host's IANA zone and the instant of collection (UTC).

    `host`, `boot` and `architecture` come from an envelope's manifest and are empty otherwise; the boot id is that of
    the boot during which the evidence was collected. Raises UnknownZone and NaiveTime.
    """

    asset: AssetId
    evidence: EvidenceId
    zone: str
    collected_at: datetime
    host: str = ""
    boot: str = ""
    architecture: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "collected_at", utc(self.collected_at))
        try:
            ZoneInfo(self.zone)
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            message = f"{self.zone!r} is not an IANA time zone; name the host's zone, such as America/Los_Angeles"
            raise UnknownZone(message) from error
