"""What is on record about backups: the policy of an asset, results of backups, and drills that restored one."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from groundrules.core.backups.origins import NOT_NOTED, Origin
from groundrules.core.evidence import Citation
from groundrules.core.ids import AssetId
from groundrules.core.periods import utc

_LONGEST_HOURS = 31 * 24
_NAME = 60
_MOST_KEPT = 1_000
# Restic tells parts apart by the first byte of a pack's name.
_MOST_PARTS = 256
_PASSWORD_IN_PLACE = re.compile(r"://[^/@]*:[^/@]*@")

_READ_BY_US = frozenset({"restic", "postgresql"})
_LONGEST_ADDRESS = 254
_REPORTER = re.compile(r"(?:[a-z0-9.!#$%&'*+/=?^_`{|}~-]+@)?[a-z0-9-]+(?:\.[a-z0-9-]+)+")


class PolicyRefused(ValueError):
    """A backup policy that cannot be kept; the message says which part, and what to write instead."""


@dataclass(frozen=True, slots=True)
class BackupPolicy:
    """What is backed up of an asset, by which product, how often, and what is promised about getting it back.

    `every` is in hours. `loses_at_most` (recovery point objective) and `back_within` (recovery time objective) are the
    minutes the agreement promises, 0 where it promises none. `drill_every` is in days, 0 for no drills. `place` is the
    repository and `password_file` where its password lies on the machine that reads it; the password itself is nowhere
    in the books. `host` and `paths` choose a shared repository's snapshots. `check` is the drill's command, to which
    the restored folder is added. `clause` is the agreement's, where it promises more. `verify_every` is in days, 0 for
    never by itself, and `verify_parts` how many parts are read in turn, 1 for all at once.
    `keep_daily`, `keep_weekly` and `keep_monthly` say of how many days, weeks and months with a backup
    the last one is kept (retention); all 0 where nothing is said. `reports_from` is the mail address, or the domain,
    whose reports of this backup are taken by themselves; empty for nobody's. Raises PolicyRefused.
    """

    asset: AssetId
    name: str
    product: str
    every: int
    since: datetime
    place: str = ""
    password_file: str = ""
    host: str = ""
    paths: tuple[str, ...] = ()
    check: tuple[str, ...] = ()
    loses_at_most: int = 0
    back_within: int = 0
    drill_every: int = 0
    retired: bool = False
    clause: str = ""
    verify_every: int = 0
    keep_daily: int = 0
    keep_weekly: int = 0
    keep_monthly: int = 0
    verify_parts: int = 1
    reports_from: str = ""

    @property
    def keeps(self) -> tuple[int, int, int]:
        """How many days, weeks and months are kept."""
        return self.keep_daily, self.keep_weekly, self.keep_monthly

    @property
    def is_read_by_us(self) -> bool:
        """Whether its repository is one we read ourselves, so that nobody need report it."""
        return self.product in _READ_BY_US and bool(self.place)

    @property
    def is_archive(self) -> bool:
        """Whether it is PostgreSQL's own archive, whose log reaches on between the base backups."""
        return self.product == "postgresql" and bool(self.place)

    def __post_init__(self) -> None:
        """Refuses what cannot be kept."""
        problem = _problem(self) or _problem_of_parts(self) or _problem_of_reporter(self)
        if problem:
            message = f"backup {self.name!r} of {self.asset}: {problem}"
            raise PolicyRefused(message)


def _problem(policy: BackupPolicy) -> str:
    if not policy.name.strip() or len(policy.name) > _NAME or "/" in policy.name:
        return f"give it a name of at most {_NAME} characters without a slash, such as files"
    if not policy.product.strip():
        return "name the product that makes it, such as restic"
    if not 1 <= policy.every <= _LONGEST_HOURS:
        return f"every {policy.every} hours: write 1 to {_LONGEST_HOURS}"
    spans = (policy.loses_at_most, policy.back_within, policy.drill_every, policy.verify_every)
    if min(*spans, *policy.keeps) < 0:
        return "minutes, days and what is kept are not negative"
    if max(policy.keeps) > _MOST_KEPT:
        return f"keep at most {_MOST_KEPT} of a kind"
    if _PASSWORD_IN_PLACE.search(policy.place):
        return "the place must not carry a user's password; put it into the product's own settings"
    return ""


def _problem_of_parts(policy: BackupPolicy) -> str:
    if not 1 <= policy.verify_parts <= _MOST_PARTS:
        return f"verified in {policy.verify_parts} parts: write 1 (all at once) to {_MOST_PARTS}"
    if policy.verify_parts > 1 and policy.product != "restic":
        return "only a restic repository is verified in parts; leave the parts out"
    return ""


def _problem_of_reporter(policy: BackupPolicy) -> str:
    if not policy.reports_from:
        return ""
    if not _REPORTER.fullmatch(policy.reports_from) or len(policy.reports_from) > _LONGEST_ADDRESS:
        return (
            f"{policy.reports_from!r} is no mail address and no domain; write backup@harbor.example, or harbor.example "
            "for everybody there"
        )
    if policy.is_read_by_us:
        return "its repository is read by us, so nobody reports it by mail; leave the sender out"
    return ""


@dataclass(frozen=True, slots=True)
class BackupResult:
    """One backup as its product says. `snapshot` is the product's own name of what can be restored."""

    asset: AssetId
    name: str
    began: datetime
    ended: datetime
    succeeded: bool
    says: str = ""
    snapshot: str = ""
    citation: Citation | None = None
    origin: Origin = NOT_NOTED


@dataclass(frozen=True, slots=True)
class RestoreDrill:
    """One restore into a scratch place with a check of what came back.

    `data_from` is the instant the restored data are of, None when nothing could be restored. `records_lost` is what the
    check counted, None when it counted none.
    """

    asset: AssetId
    name: str
    began: datetime
    ended: datetime
    passed: bool
    says: str = ""
    snapshot: str = ""
    data_from: datetime | None = None
    records_lost: int | None = None
    citation: Citation | None = None
    origin: Origin = NOT_NOTED

    @property
    def loss(self) -> timedelta | None:
        """What would have been lost, had the server failed when the drill began (the data-loss window)."""
        return None if self.data_from is None else utc(self.began) - utc(self.data_from)

    @property
    def took(self) -> timedelta:
        """The time to recover, from the beginning of the restore to the end of the check."""
        return utc(self.ended) - utc(self.began)


@dataclass(frozen=True, slots=True)
class RepositoryCheck:
    """A repository read and verified, all or a part, and which snapshots of this backup it held (by their instants).

    `part` of `parts` was read, 1 of 1 when it was every byte. `all_since` is since when all parts were read and whole,
    None where that is not so yet.
    """

    asset: AssetId
    name: str
    began: datetime
    ended: datetime
    whole: bool
    says: str = ""
    held: tuple[datetime, ...] = ()
    citation: Citation | None = None
    part: int = 1
    parts: int = 1
    all_since: datetime | None = None
    origin: Origin = NOT_NOTED

    @property
    def all_read(self) -> bool:
        """Whether everything is known to be whole: read at once, or part after part."""
        return self.whole and (self.parts == 1 or self.all_since is not None)
