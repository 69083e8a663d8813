"""Backups: what is promised, what was taken, what a restore proved, and how that stands at an instant.

The engines are others' (restic, the client's own product); here is what they did, on record, and whether it is enough.
"""

from groundrules.core.backups.answers import (
    BackupPolicy,
    BackupResult,
    PolicyRefused,
    RepositoryCheck,
    RestoreDrill,
)
from groundrules.core.backups.archive_looks import ArchiveLook, KeptBase, Needless, Unfinished
from groundrules.core.backups.archived import thinning
from groundrules.core.backups.keeping import Kept, kept_by, retention
from groundrules.core.backups.origins import (
    NOT_NOTED,
    OURS,
    Origin,
    OriginKind,
    ProofStrength,
    counted_only,
    reported_only,
)
from groundrules.core.backups.parts import all_read_since, next_part
from groundrules.core.backups.remarks import Remark
from groundrules.core.backups.resting import Resting
from groundrules.core.backups.states import (
    BackupState,
    ServerFacts,
    backup_states,
    drill_is_due,
    verify_is_due,
)
from groundrules.core.backups.trend import trend

__all__ = [
    "NOT_NOTED",
    "OURS",
    "ArchiveLook",
    "BackupPolicy",
    "BackupResult",
    "BackupState",
    "Kept",
    "KeptBase",
    "Needless",
    "Origin",
    "OriginKind",
    "PolicyRefused",
    "ProofStrength",
    "Remark",
    "RepositoryCheck",
    "Resting",
    "RestoreDrill",
    "ServerFacts",
    "Unfinished",
    "all_read_since",
    "backup_states",
    "counted_only",
    "drill_is_due",
    "kept_by",
    "next_part",
    "reported_only",
    "retention",
    "thinning",
    "trend",
    "verify_is_due",
]
