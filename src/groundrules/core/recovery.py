"""Recovery: what was restored to which instant, and how much was lost.

The data-loss window is the failure instant minus the restore point; "no data lost" is said only when someone
verified it.

The baseline is the state of the server as it was listed right after it was back. What stands in it may have come with
the recovery; what is changed after it has not. Without a baseline the two look alike.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from groundrules.core.ids import AssetId, EvidenceId, IncidentId
from groundrules.core.periods import utc


class RecoveryRefused(ValueError):
    """A recovery that cannot have happened as it is told; the message says which part, and what to write instead."""


@dataclass(frozen=True, slots=True)
class Baseline:
    """The lists made of a server right after it was back: by when all were made, of what, and the evidence they are."""

    taken_at: datetime
    kinds: tuple[str, ...]
    evidence: tuple[EvidenceId, ...] = ()


@dataclass(frozen=True, slots=True)
class Recovery:
    """A restore after an incident: the point restored to, when the service came back, and the verified loss in
    records. `restored_from` says which backup it came from. `restored_at` is when the last of it was written back, if
    known: what passed a check after that was not broken by the restore.
    """

    incident: IncidentId
    asset: AssetId
    failed_at: datetime
    restore_point: datetime
    recovered_at: datetime | None = None
    records_lost: int | None = None
    verified_by: str = ""
    restored_from: str = ""
    restored_at: datetime | None = None
    baseline: Baseline | None = None


def checked(recovery: Recovery) -> Recovery:
    """This function will return a recovery that can have happened so; raises RecoveryRefused.

    A count of what was lost needs somebody who verified it, and a baseline is of the time after the recovery.
    """
    problem = _problem(recovery)
    if problem:
        message = f"recovery of {recovery.asset} ({recovery.incident}): {problem}"
        raise RecoveryRefused(message)
    return recovery


def _problem(recovery: Recovery) -> str:
    failed, back = utc(recovery.failed_at), recovery.recovered_at
    if utc(recovery.restore_point) > failed:
        return "the restore point is after the failure; write what the data were restored to"
    if back is not None and utc(back) < failed:
        return "it was back before it failed; write when people could work again"
    written = recovery.restored_at
    if written is not None and (
        utc(written) < failed or (back is not None and utc(written) > utc(back))
    ):
        return "the last of it was written back between the failure and the return"
    if recovery.records_lost is not None and recovery.records_lost < 0:
        return "records lost are counted from 0"
    if recovery.records_lost is not None and not recovery.verified_by.strip():
        return "say who verified how many records were lost, or leave the count out"
    baseline = recovery.baseline
    if baseline is not None and (back is None or utc(baseline.taken_at) < utc(back)):
        return "a baseline is of the time after the server was back"
    return ""


def data_loss_seconds(recovery: Recovery) -> int:
    """This function will return the seconds between the restore point and the failure (the data-loss window)."""
    return int((utc(recovery.failed_at) - utc(recovery.restore_point)).total_seconds())


def seconds_to_recover(recovery: Recovery) -> int | None:
    """This function will return the seconds from failure to service restored, or None while it is still down."""
    if recovery.recovered_at is None:
        return None
    return int((utc(recovery.recovered_at) - utc(recovery.failed_at)).total_seconds())
