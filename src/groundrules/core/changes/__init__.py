"""Changes: what is different on a host, when it happened (or the honest interval), and where we know it from.

Two sources meet here: events read from logs (`Observation`: exact time, maybe the actor) and differences between two
snapshots (an interval). A difference that a log event explains becomes one change, not two.
"""

from groundrules.core.changes.actors import agree, is_service, merged_actor
from groundrules.core.changes.compare import (
    ItemDifference,
    SnapshotsOfDifferentAssets,
    SnapshotsOutOfOrder,
    compare,
    compare_series,
    differences,
)
from groundrules.core.changes.components import is_needed_by, normalised, same_component
from groundrules.core.changes.events import attempts, from_observations
from groundrules.core.changes.merging import explains, merge
from groundrules.core.changes.model import Change, change_id

__all__ = [
    "Change",
    "ItemDifference",
    "SnapshotsOfDifferentAssets",
    "SnapshotsOutOfOrder",
    "agree",
    "attempts",
    "change_id",
    "compare",
    "compare_series",
    "differences",
    "explains",
    "from_observations",
    "is_needed_by",
    "is_service",
    "merge",
    "merged_actor",
    "normalised",
    "same_component",
]
