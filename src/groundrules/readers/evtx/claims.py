"""What the handlers fill while records pass by: observations, logins and gaps, each citing its record."""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from groundrules.core.evidence import (
    UNKNOWN_BOOT,
    Action,
    Actor,
    Citation,
    Gap,
    GapKind,
    ItemKind,
    Observation,
    Session,
    SessionEnd,
    SessionKind,
)
from groundrules.core.ids import AssetId, EvidenceId, GapId, SessionId
from groundrules.core.periods import Interval
from groundrules.readers.evtx.identity import subject_of
from groundrules.readers.evtx.processes import Tree, is_tool, login_above
from groundrules.readers.evtx.records import Record, number_of


@dataclass(frozen=True, slots=True)
class Source:
    """Where the records come from: the asset, the raw evidence and the reader's name and version."""

    asset: AssetId
    evidence: EvidenceId
    reader: str


@dataclass(slots=True)
class Seen:
    """What a record says happened to one item, before it is tied to a time, an actor and a citation."""

    kind: ItemKind
    key: str
    action: Action
    before: str | None = None
    after: str | None = None
    summary: str = ""
    correlation: str = ""
    succeeded: bool = True


@dataclass(slots=True)
class Login:
    """A login while its records are still coming in."""

    key: str
    account: str
    started: datetime
    kind: SessionKind
    identifier: str = ""
    address: str = ""
    credential: str = ""
    ended: datetime | None = None
    citations: list[Citation] = field(default_factory=list)


@dataclass(slots=True)
class AuditOff:
    """An audit that is off: since when, what exactly, and the record that said so."""

    since: datetime
    until: datetime | None
    parts: list[str]
    citation: Citation


@dataclass(slots=True)
class Installation:
    """A Windows Installer transaction (1040 to 1042): its starter, and what the records inside it reported."""

    package: str
    started: Record
    reports: list[Observation] = field(default_factory=list)


@dataclass(slots=True)
class Claims:
    """Everything read so far from one piece of evidence, and where the walk through the current log stands."""

    source: Source
    boot_starts: list[tuple[datetime, str]] = field(default_factory=list)
    boot_marks: dict[tuple[str, int], str] = field(default_factory=dict)
    stream_boot: str = ""
    stream_tells_boots: bool = False
    previous_at: datetime | None = None
    stopping: Record | None = None
    log_boot: str = ""
    before_start: datetime | None = None
    observations: list[Observation] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)
    logins: dict[str, Login] = field(default_factory=dict)
    aliases: dict[str, str] = field(default_factory=dict)
    tokens: dict[tuple[str, datetime, str, str], Login] = field(default_factory=dict)
    open_by_boot: dict[str, set[str]] = field(default_factory=dict)
    terminal: dict[str, Login] = field(default_factory=dict)
    terminal_seen: list[Login] = field(default_factory=list)
    database: dict[str, list[Login]] = field(default_factory=dict)
    database_seen: list[Login] = field(default_factory=list)
    database_starts: dict[str, datetime] = field(default_factory=dict)
    installations: list[Installation] = field(default_factory=list)
    audits_off: dict[str, AuditOff] = field(default_factory=dict)
    accounts: dict[str, str] = field(default_factory=dict)
    ends: list[SessionEnd] = field(default_factory=list)
    processes: Tree = field(default_factory=dict)

    def ended(self, record: Record, key: str) -> None:
        """This function will keep the end of a login that began before this evidence."""
        if key:
            sid = record.value("TargetUserSid")
            self.ends.append(SessionEnd(self.source.asset, key, record.at, self.cite(record), sid))

    def restarted(self, record: Record, at: datetime) -> None:
        """This function will keep that every login of a host ended, wherever it began: the host was restarted."""
        tie = f"{record.place.host_key}|"
        self.ends.append(SessionEnd(self.source.asset, tie, at, self.cite(record)))

    def cite(self, record: Record) -> Citation:
        """This function will cite a record of this evidence."""
        return Citation(
            self.source.evidence, record.label or str(record.number), self.source.reader
        )

    def boot_of(self, record: Record) -> str:
        """This function will name the boot a record belongs to: its start, or the file when no start is in it."""
        if self.stream_tells_boots:
            return self.stream_boot
        place = bisect_right(self.boot_starts, record.at, key=lambda start: start[0])
        return self.boot_starts[place - 1][1] if place else self.unknown_boot

    @property
    def unknown_boot(self) -> str:
        """The boot part of a key when no start was seen: true inside this evidence only, so it carries its name."""
        return f"{UNKNOWN_BOOT}{self.source.evidence[:12]}"

    def session_key(self, record: Record, logon_id: str) -> str:
        """This function will make the key `host|boot|LogonId`; empty for no logon at all."""
        logon = number_of(logon_id)
        return f"{record.place.host_key}|{self.boot_of(record)}|{logon:#x}" if logon else ""

    def subject(self, record: Record) -> Actor:
        """This function will return the Subject of a Security record with the key of its login."""
        return subject_of(record, self.session_key(record, record.value("SubjectLogonId")))

    def observe(self, record: Record, actor: Actor, seen: Seen) -> Observation:
        """This function will keep what a record says, with its time, actor and citation.

        A tool's act is the login's that its process tree leads to, where the whole tree is in the evidence.
        """
        actor, tree = self._behind(record, actor)
        made = Observation(
            asset=self.source.asset,
            kind=seen.kind,
            key=seen.key,
            action=seen.action,
            at=record.at,
            citation=self.cite(record),
            before=seen.before,
            after=seen.after,
            actor=actor,
            succeeded=seen.succeeded and not record.failed,
            summary=seen.summary,
            correlation=seen.correlation,
            supporting=tree,
        )
        self.observations.append(made)
        return made

    def _behind(self, record: Record, actor: Actor) -> tuple[Actor, tuple[Citation, ...]]:
        if not self.processes:
            return actor, ()
        number = number_of(record.value("ClientProcessId"))
        if not number or not is_tool(actor):
            return actor, ()
        return login_above(self.processes, self.machine_of(record), number) or (actor, ())

    def machine_of(self, record: Record) -> str:
        """This function will name a host between two of its starts: within it, a process number is one process's."""
        return f"{record.place.host_key}|{self.boot_of(record)}"

    def gap(
        self, kind: GapKind, interval: Interval, source: str, says: str, citation: Citation | None
    ) -> None:
        """This function will keep a span in which evidence is missing or not to be trusted."""
        place = f"{interval.not_before.isoformat()}/{interval.not_after.isoformat()}"
        gap_id = GapId(reference("GAP", self.source.asset, kind, source, place, says))
        self.gaps.append(Gap(gap_id, self.source.asset, kind, interval, source, says, citation))


def reference(prefix: str, *parts: str) -> str:
    """This function will make an identifier that the same facts always give again."""
    return f"{prefix}-{hashlib.sha256('|'.join(parts).encode()).hexdigest()[:12].upper()}"


def span(one: datetime, other: datetime) -> Interval:
    """This function will return the interval between two instants, whichever comes first (clocks run backwards)."""
    return Interval(min(one, other), max(one, other))


def session_of(login: Login, source: Source, names: Mapping[str, str]) -> Session:
    """This function will finish a login as a session; `names` gives accounts of SIDs where only the SID was written."""
    return Session(
        id=SessionId(reference("SES", source.asset, login.key)),
        asset=source.asset,
        account=login.account or names.get(login.identifier, login.identifier),
        started=login.started,
        ended=login.ended,
        kind=login.kind,
        identifier=login.identifier,
        source_address=login.address,
        key=login.key,
        citations=tuple(login.citations),
        credential=login.credential,
    )
