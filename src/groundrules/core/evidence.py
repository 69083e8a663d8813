"""Evidence as the core sees it: what was seen, by which source, when, and who the record itself names.

Two layers. Raw evidence is bytes named by SHA-256. Claims (sessions, changes, gaps, snapshots) each cite the raw
records they came from and the reader version. Nothing here decides; `changes`, `attribution` and `causation` do.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from groundrules.core.ids import ApplicationId, AssetId, EvidenceId, GapId, HealthCheckId, SessionId
from groundrules.core.periods import Interval, Period


@dataclass(frozen=True, slots=True)
class Citation:
    """Where a claim comes from: raw evidence (SHA-256 of the bytes), record within it, and the reader that read it.

    `record` is the format's own number (EventRecordID, line number, byte offset) as text; `reader` is `name/version`.
    """

    evidence: EvidenceId
    record: str = ""
    reader: str = ""


class ItemKind(StrEnum):
    """What kind of thing a snapshot lists or a change touches."""

    PACKAGE = "package"
    SERVICE = "service"
    ACCOUNT = "account"
    PASSWORD = "password"  # noqa: S105 - the kind of thing whose change was seen; never the secret
    GROUP = "group"
    PORT = "port"
    SCHEDULED_TASK = "scheduled task"
    CONFIG_FILE = "config file"
    MOUNT = "mount"
    DISK = "disk"
    PATCH = "patch"
    DRIVER = "driver"
    AUDIT_POLICY = "audit policy"
    DATABASE_LOGIN = "database login"
    CLOCK = "clock"
    HOST = "host"
    FILE = "file"
    TIMER = "timer"
    SUDO_RULE = "sudo rule"
    SSH_KEY = "ssh key"
    CERTIFICATE = "certificate"
    RUNTIME = "runtime"
    DISK_HEALTH = "disk health"
    DISK_ARRAY = "disk array"
    CONNECTION = "connection"


@dataclass(frozen=True, slots=True)
class Item:
    """One thing seen in a snapshot: its kind, key (unique in the kind on the host) and attributes.

    `dated_at` is a self-dating attribute (PasswordLastSetTime, ctime, install date) when the source has one.
    """

    kind: ItemKind
    key: str
    attributes: Mapping[str, str] = field(default_factory=dict)
    dated_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Everything of the named kinds that was on a host at one instant; a kind not in `kinds` was not looked at."""

    asset: AssetId
    taken_at: datetime
    kinds: frozenset[ItemKind]
    items: tuple[Item, ...]
    citation: Citation


@dataclass(frozen=True, slots=True)
class Actor:
    """Who the record itself names: account, stable identifier (SID, uid), and session key; empty when it does not.

    `session_key` ties to a login exactly: Windows `host|boot|LogonId`, Linux `host|boot|ses`, SQL `instance|start|id`.
    `process` names the program when the actor is a service (SYSTEM, cron): a tool, never a person.
    """

    account: str = ""
    identifier: str = ""
    session_key: str = ""
    process: str = ""


class SessionKind(StrEnum):
    """How the login came about."""

    REMOTE = "remote"
    CONSOLE = "console"
    NETWORK = "network"
    SERVICE = "service"
    BATCH = "batch"
    DATABASE = "database"
    UNKNOWN = "unknown"


ASKED_FOR = "asked for in the login of "
"""How the credential of a login begins that was opened from within another's (`runas`)."""


@dataclass(frozen=True, slots=True)
class Session:
    """A login seen in evidence. `ended` None means no end was seen by the time evidence stops (not "still open").

    `credential` says how the login was proven where the record does (`publickey ED25519 SHA256:…`, `password`): the
    public fingerprint, never a secret.
    """

    id: SessionId
    asset: AssetId
    account: str
    started: datetime
    ended: datetime | None
    kind: SessionKind = SessionKind.UNKNOWN
    identifier: str = ""
    source_address: str = ""
    key: str = ""
    citations: tuple[Citation, ...] = ()
    credential: str = ""

    @property
    def period(self) -> Period:
        """The span during which the account was logged in (open when no end was seen)."""
        if self.ended is not None and self.ended <= self.started:
            return Period(self.started, None)
        return Period(self.started, self.ended)

    @property
    def asked_by(self) -> str:
        """The account in whose login this one was opened (`runas`), or an empty text."""
        asked = self.credential.startswith(ASKED_FOR)
        return self.credential.removeprefix(ASKED_FOR) if asked else ""


@dataclass(frozen=True, slots=True)
class SessionEnd:
    """A login ended whose beginning is in no record of the same file: an earlier piece of the log has it.

    `tie` names the login as its session does: by the place that opened it (`sshd:1234`) or its key. Every login of the
    host means an empty one, or `host|` where the log is about several: it was restarted. `identifier` is the account's
    own where the record has it: a key whose boot is not known does not tie alone.
    """

    asset: AssetId
    tie: str
    at: datetime
    citation: Citation
    identifier: str = ""

    @property
    def is_of_all(self) -> bool:
        """True for a restart, which no login outlives."""
        return not self.tie or self.tie.endswith("|")


def is_ended_by(session: Session, end: SessionEnd) -> bool:
    """This function will say whether an end seen elsewhere is that of a session whose own end was not seen.

    A restart also comes before an end that another file told without knowing of the restart.
    """
    if session.asset != end.asset or session.started > end.at:
        return False
    if session.ended is not None and not (_is_ended_loosely(session) and end.at < session.ended):
        return False
    if end.is_of_all:
        return session.kind is not SessionKind.DATABASE and session.key.startswith(end.tie)
    if session.ended is not None:
        return False
    if end.tie in (session.key, place_of(session)) or _is_of_logon(session, end):
        return True
    return _is_other_trace(end.tie, place_of(session))


def _is_other_trace(one: str, other: str) -> bool:
    """The terminal line that wtmp names and the program that opened it are one process."""
    lines = one.startswith(_LINES) != other.startswith(_LINES)
    return lines and process_of(one) == process_of(other) != ""


def _is_ended_loosely(session: Session) -> bool:
    evidence = {citation.evidence for citation in session.citations}
    return len(evidence) > 1 and f"|{UNKNOWN_BOOT}" in session.key


def _is_of_logon(session: Session, end: SessionEnd) -> bool:
    """One LogonId of a host, in boots that may be the same, of one account as far as both say."""
    if session.identifier and end.identifier and session.identifier != end.identifier:
        return False
    if logon_of(session.key) != logon_of(end.tie) or logon_of(end.tie) is None:
        return False
    own, other = session.key.split("|")[1], end.tie.split("|")[1]
    if not own.startswith(UNKNOWN_BOOT) and not other.startswith(UNKNOWN_BOOT):
        return own == other
    began = f"{KNOWN_BOOT}{session.started:%Y%m%dT%H%M%SZ}"
    return other.startswith(UNKNOWN_BOOT) or other <= began


def logon_of(key: str) -> tuple[str, str] | None:
    """This function will return host and LogonId of a Windows key (`host|boot|LogonId`), or None of another key."""
    host, _, rest = key.partition("|")
    boot, _, logon = rest.partition("|")
    if not logon or not boot.startswith((UNKNOWN_BOOT, KNOWN_BOOT)) or not logon.startswith("0x"):
        return None
    return host, logon


def place_of(session: Session) -> str:
    """This function will return what opened a session by its id (`asset|sshd:1234|start`), or nothing."""
    return session.id.split("|")[-2] if session.id.count("|") > 1 else ""


_LINES = ("pts/", "tty")
UNKNOWN_BOOT = "file-"
"""In a Windows key, a boot whose start is in no record of the file: the file is named instead."""
KNOWN_BOOT = "boot-"
"""In a Windows key, a boot by the time of its start."""


def process_of(place: str) -> str:
    """This function will return the process number in a place (`pts/0:1234`); sshd writes it to its log and to wtmp."""
    name, _, process = place.rpartition(":")
    return process if name and "|" not in place and process.isdecimal() else ""


class Action(StrEnum):
    """What an observed event did to its item."""

    ADDED = "added"
    REMOVED = "removed"
    ALTERED = "altered"


@dataclass(frozen=True, slots=True)
class Observation:
    """One dated event about one item, read from a log: a candidate change that names its own time and maybe its actor.

    `recorded_at` is the source's own write time when it differs from the event time (both bound the interval).
    `succeeded` False marks an attempt (MsiInstaller status 1603): kept, never a change.
    `supporting` cites further records of the same event in other sources (dpkg.log has the time, apt the account).
    """

    asset: AssetId
    kind: ItemKind
    key: str
    action: Action
    at: datetime
    citation: Citation
    before: str | None = None
    after: str | None = None
    actor: Actor = field(default_factory=Actor)
    recorded_at: datetime | None = None
    succeeded: bool = True
    summary: str = ""
    correlation: str = ""
    supporting: tuple[Citation, ...] = ()


class GapKind(StrEnum):
    """Why evidence is missing or weaker than it looks."""

    COLLECTOR_SILENT = "collector silent"
    LOG_CLEARED = "log cleared"
    RECORDS_MISSING = "records missing"
    RECORDS_DAMAGED = "records damaged"
    CLOCK_STEP = "clock step"
    AUDIT_OFF = "audit off"
    RESTART = "restart"


@dataclass(frozen=True, slots=True)
class Gap:
    """A span in which evidence of a source on a host is missing, damaged, or not to be trusted."""

    id: GapId
    asset: AssetId
    kind: GapKind
    interval: Interval
    source: str
    says: str
    citation: Citation | None = None


@dataclass(frozen=True, slots=True)
class HealthCheck:
    """One check result of an application: healthy or not at an instant, with the failure's own signature."""

    id: HealthCheckId
    application: ApplicationId
    at: datetime
    healthy: bool
    signature: str = ""
    citation: Citation | None = None


@dataclass(frozen=True, slots=True)
class Damage:
    """Bad data as a value: what could not be read, where, and why. Kept and counted, never dropped."""

    where: str
    problem: str


@dataclass(frozen=True, slots=True)
class Stretch:
    """Which part of a numbered source one piece of evidence covers: first and last number, and the times they carry.

    `source` is the log or stream (`Security`); numbers go up by one per record unless `sparse`. They begin anew where
    `era` differs (a boot, an osquery epoch). What lies between the stretches of several files is missing.
    """

    asset: AssetId
    source: str
    first: int
    last: int
    began: datetime
    ended: datetime
    citation: Citation
    era: str = ""
    sparse: bool = False


@dataclass(frozen=True, slots=True)
class Covered:
    """Everything handed in so far of one numbered source, joined where nothing is missing in between."""

    stretches: tuple[Stretch, ...] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reader got out of one piece of raw evidence. Every record is read, unknown or damaged: they add up.

    `by_type` counts records per type (`Security/4624`, `dpkg/install`), known and unknown; `unknown` those kept but not
    understood; `records` all that could be read. `hosts` are host names found in the records themselves; `stretches`
    are the parts of numbered sources that were covered, so that files can be held against each other; `ends` are of
    logins that began in an earlier piece of the log.
    """

    reader: str
    records: int
    sessions: tuple[Session, ...] = ()
    observations: tuple[Observation, ...] = ()
    snapshots: tuple[Snapshot, ...] = ()
    gaps: tuple[Gap, ...] = ()
    health_checks: tuple[HealthCheck, ...] = ()
    damaged: tuple[Damage, ...] = ()
    by_type: Mapping[str, int] = field(default_factory=dict)
    unknown: Mapping[str, int] = field(default_factory=dict)
    hosts: tuple[str, ...] = ()
    stretches: tuple[Stretch, ...] = ()
    ends: tuple[SessionEnd, ...] = ()
