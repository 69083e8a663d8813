"""Recovery: what was restored to which instant, and how much was lost.

The data-loss window is the failure instant minus the restore point; "no data lost" is said only when someone
verified it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from groundrules.core.ids import AssetId, IncidentId
from groundrules.core.periods import utc


@dataclass(frozen=True, slots=True)
class Recovery:
    """A restore after an incident: the point restored to, when the service came back, and the verified loss in
    records.
    """

    incident: IncidentId
    asset: AssetId
    failed_at: datetime
    restore_point: datetime
    recovered_at: datetime | None = None
    records_lost: int | None = None
    verified_by: str = ""


def data_loss_seconds(recovery: Recovery) -> int:
    """This function will return the seconds between the restore point and the failure (the data-loss window)."""
    return int((utc(recovery.failed_at) - utc(recovery.restore_point)).total_seconds())


def seconds_to_recover(recovery: Recovery) -> int | None:
    """This function will return the seconds from failure to service restored, or None while it is still down."""
    if recovery.recovered_at is None:
        return None
    return int((utc(recovery.recovered_at) - utc(recovery.failed_at)).total_seconds())
