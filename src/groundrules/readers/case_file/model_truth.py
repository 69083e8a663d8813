"""What really happened, as whoever made or saw a world knows it: never shown to the rules, only held against them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from groundrules.core.ids import ChangeId, IncidentId
from groundrules.core.vendors import Permission
from groundrules.readers.case_file.shapes import Whose


class TrueCauseKind(StrEnum):
    """What kind of thing broke it."""

    CHANGE = "change"
    UNRECORDED_CHANGE = "unrecorded change"
    DISK = "disk"
    CERTIFICATE = "certificate"
    PROVIDER_OUTAGE = "provider outage"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class StatedTruth:
    """What broke an application, who did it, and whether they were allowed to.

    `changes` lists the recorded changes that did it, none when no record shows it. `party` says whose act it was, and
    `nobody` when it was no act.
    """

    incident: IncidentId
    kind: TrueCauseKind
    changes: tuple[ChangeId, ...] = ()
    party: Whose | None = None
    authority: Permission | None = None
    says: str = ""
