"""Backups: keep what is promised, take in what was done, prove restores, and say how it stands."""

from groundrules.gateways.postgresql_archive import ask_restored
from groundrules.gateways.repositories import RepositoryUnusable
from groundrules.services.backups.drilling import Drilled, NoCheckSet, NothingToRestore, drill
from groundrules.services.backups.passwords import (
    PasswordRefused,
    forget_password,
    keep_password,
)
from groundrules.services.backups.policies import (
    PolicyUnknown,
    let_report,
    policy_called,
    retire,
    set_policy,
)
from groundrules.services.backups.reading import (
    NotABackupReport,
    Taken,
    read_repository,
    read_unfiled,
    take,
)
from groundrules.services.backups.showing import drills_due, drills_of, states_of, unreported_of
from groundrules.services.backups.turns import any_readable_here, do_due, problem_of
from groundrules.services.backups.verifying import (
    NothingIsKept,
    NotVerified,
    Removal,
    ThinnedByHand,
    planned_removal,
    remove,
    verify,
)

__all__ = [
    "Drilled",
    "NoCheckSet",
    "NotABackupReport",
    "NotVerified",
    "NothingIsKept",
    "NothingToRestore",
    "PasswordRefused",
    "PolicyUnknown",
    "Removal",
    "RepositoryUnusable",
    "Taken",
    "ThinnedByHand",
    "any_readable_here",
    "ask_restored",
    "do_due",
    "drill",
    "drills_due",
    "drills_of",
    "forget_password",
    "keep_password",
    "let_report",
    "planned_removal",
    "policy_called",
    "problem_of",
    "read_repository",
    "read_unfiled",
    "remove",
    "retire",
    "set_policy",
    "states_of",
    "take",
    "unreported_of",
    "verify",
]
