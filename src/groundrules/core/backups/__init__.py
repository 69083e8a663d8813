"""Backups: what is promised, what was taken, what a restore proved, and how that stands at an instant.

The engines are others' (restic, the client's own product); here is what they did, on record, and whether it is enough.
"""

from groundrules.core.backups.answers import BackupPolicy, BackupResult, PolicyRefused, RestoreDrill
from groundrules.core.backups.states import BackupState, Remark, backup_states, drill_is_due
from groundrules.core.backups.trend import trend

__all__ = [
    "BackupPolicy",
    "BackupResult",
    "BackupState",
    "PolicyRefused",
    "Remark",
    "RestoreDrill",
    "backup_states",
    "drill_is_due",
    "trend",
]
