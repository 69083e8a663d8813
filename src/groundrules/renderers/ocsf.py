"""Sessions, changes and gaps as OCSF 1.8 JSON lines, for whoever collects events in that schema.

OCSF knows no interval of uncertainty, no strength of attribution and no gap. They stand under `unmapped.evidence`,
from where our own reader takes them back without loss.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import orjson

from groundrules.core.attribution.answers import Attribution
from groundrules.core.changes import Change
from groundrules.core.evidence import Action, Actor, Gap, ItemKind, Session, SessionKind
from groundrules.core.ids import ChangeId
from groundrules.core.periods import utc

OCSF_VERSION = "1.8.0"
EPOCH = datetime.fromisoformat("1970-01-01T00:00:00+00:00")
INFORMATIONAL = 1
SUCCESS = 1
UNKNOWN_TYPE = 0
OTHER = 99
ENTITY_MANAGEMENT = 3004

Fields = dict[str, object]


@dataclass(frozen=True, slots=True)
class Exported:
    """What is exported: attributions by change are optional, `software` is our own version."""

    sessions: tuple[Session, ...] = ()
    changes: tuple[Change, ...] = ()
    gaps: tuple[Gap, ...] = ()
    attributions: Mapping[ChangeId, Attribution] = field(default_factory=dict)
    software: str = ""


@dataclass(frozen=True, slots=True)
class _Class:
    """A class of OCSF and its activities for added, removed and altered."""

    uid: int
    name: str
    activities: Mapping[Action, tuple[int, str]]


def _class(uid: int, name: str, *activities: tuple[int, str]) -> _Class:
    return _Class(
        uid,
        name,
        dict(zip((Action.ADDED, Action.REMOVED, Action.ALTERED), activities, strict=True)),
    )


_LIFECYCLE = _class(6002, "Application Lifecycle", (1, "Install"), (2, "Remove"), (8, "Update"))
_ACCOUNT = _class(3001, "Account Change", (1, "Create"), (6, "Delete"), (OTHER, "Other"))
_PASSWORD = _class(
    3001, "Account Change", (3, "Password Change"), (OTHER, "Other"), (3, "Password Change")
)
_GROUP = _class(3006, "Group Management", (6, "Create"), (5, "Delete"), (9, "Update"))
_JOB = _class(1006, "Scheduled Job Activity", (1, "Create"), (3, "Delete"), (2, "Update"))
_FILE = _class(1001, "File System Activity", (1, "Create"), (4, "Delete"), (3, "Update"))
_ENTITY = _class(
    ENTITY_MANAGEMENT, "Entity Management", (1, "Create"), (4, "Delete"), (3, "Update")
)
_CLASSES = {
    ItemKind.PACKAGE: _LIFECYCLE,
    ItemKind.PATCH: _LIFECYCLE,
    ItemKind.DRIVER: _LIFECYCLE,
    ItemKind.ACCOUNT: _ACCOUNT,
    ItemKind.DATABASE_LOGIN: _ACCOUNT,
    ItemKind.PASSWORD: _PASSWORD,
    ItemKind.GROUP: _GROUP,
    ItemKind.SCHEDULED_TASK: _JOB,
    ItemKind.CONFIG_FILE: _FILE,
}
_LOGON_TYPES = {
    SessionKind.REMOTE: (10, "Remote Interactive"),
    SessionKind.CONSOLE: (2, "Interactive"),
    SessionKind.NETWORK: (3, "Network"),
    SessionKind.SERVICE: (5, "OS Service"),
    SessionKind.BATCH: (4, "Batch"),
    SessionKind.DATABASE: (OTHER, "Other"),
    SessionKind.UNKNOWN: (UNKNOWN_TYPE, "Unknown"),
}


def ocsf_lines(exported: Exported) -> Iterator[bytes]:
    """This function will write one event a line, in time order: logons and logoffs, changes, gaps."""
    events = [
        *(one for session in exported.sessions for one in _session(session, exported.software)),
        *(_change(change, exported) for change in exported.changes),
        *(_gap(gap, exported.software) for gap in exported.gaps),
    ]
    for _, event in sorted(events, key=lambda one: one[0]):
        yield orjson.dumps(event, option=orjson.OPT_SORT_KEYS) + b"\n"


def _milliseconds(moment: datetime) -> int:
    return (utc(moment) - EPOCH) // timedelta(milliseconds=1)


def _base(at: datetime, asset: str, class_uid: int, activity: tuple[int, str]) -> Fields:
    return {
        "activity_id": activity[0],
        "activity_name": activity[1],
        "category_uid": class_uid // 1000,
        "class_uid": class_uid,
        "type_uid": class_uid * 100 + activity[0],
        "severity_id": INFORMATIONAL,
        "time": _milliseconds(at),
        "device": {"hostname": asset, "uid": asset, "type_id": UNKNOWN_TYPE},
    }


def _metadata(uid: str, software: str, profiles: Iterable[str] = ("host",)) -> Fields:
    return {
        "version": OCSF_VERSION,
        "uid": uid,
        "profiles": list(profiles),
        "product": {"name": "Groundrules", "vendor_name": "Groundrules", "version": software},
    }


def _present(**values: str | None) -> dict[str, object]:
    return {name: value for name, value in values.items() if value}


def _session(session: Session, software: str) -> Iterator[tuple[datetime, Fields]]:
    told = _present(
        session=session.id,
        session_key=session.key,
        kind=session.kind.value,
        account=session.account,
        source_address=session.source_address,
        credential=session.credential,
        started=utc(session.started).isoformat(),
        ended=utc(session.ended).isoformat() if session.ended else "",
    )
    logon_type, caption = _LOGON_TYPES[session.kind]
    more = {
        "class_name": "Authentication",
        "status_id": SUCCESS,
        "metadata": _metadata(session.id, software),
        "user": _present(name=session.account, uid=session.identifier),
        "session": {
            **_present(uid=session.key, uid_alt=session.id),
            "created_time": _milliseconds(session.started),
        },
        "logon_type_id": logon_type,
        "logon_type": caption,
        "is_remote": bool(session.source_address),
        "unmapped": {"evidence": told},
    }
    if session.source_address:
        more["src_endpoint"] = {"ip": session.source_address}
    yield session.started, {**_base(session.started, session.asset, 3002, (1, "Logon")), **more}
    if session.ended is not None:
        yield session.ended, {**_base(session.ended, session.asset, 3002, (2, "Logoff")), **more}


def _change(change: Change, exported: Exported) -> tuple[datetime, Fields]:
    described = _CLASSES.get(change.kind, _ENTITY)
    activity = described.activities[change.action]
    at = change.interval.not_after
    event = {
        **_base(at, change.asset, described.uid, activity),
        "class_name": described.name,
        "status_id": SUCCESS,
        "message": change.sentence,
        "metadata": _metadata(change.id, exported.software),
        "actor": _actor(change.actor),
        "unmapped": {"evidence": _told(change, exported.attributions.get(change.id))},
        **_subject(change, described.uid),
    }
    if not change.interval.is_exact:
        event["start_time"] = _milliseconds(change.interval.not_before)
        event["end_time"] = _milliseconds(change.interval.not_after)
    return at, event


def _actor(actor: Actor) -> Fields:
    told: Fields = {}
    if actor.account or actor.identifier:
        told["user"] = _present(name=actor.account, uid=actor.identifier)
    if actor.session_key:
        told["session"] = {"uid": actor.session_key}
    if actor.process:
        told["process"] = {"name": actor.process}
    return told


def _subject(change: Change, uid: int) -> Fields:
    key = change.component
    match uid:
        case 6002:
            version = change.before if change.action is Action.REMOVED else change.after
            return {"app": {"name": key, **_present(version=version)}}
        case 3001:
            return {"user": {"name": key}}
        case 3006:
            return {"group": {"name": key}}
        case 1006:
            return {"job": {"name": key}}
        case 1001:
            return {"file": {"path": key, "name": _last(key), "type_id": UNKNOWN_TYPE}}
        case _:
            return {"entity": {"name": key, "type": change.kind.value}, "comment": change.sentence}


def _last(path: str) -> str:
    return path.replace("\\", "/").rpartition("/")[2] or path


def _told(change: Change, attribution: Attribution | None) -> Fields:
    told: Fields = {
        **_present(
            change=change.id,
            kind=change.kind.value,
            key=change.component,
            action=change.action.value,
            before=change.before,
            after=change.after,
            summary=change.summary,
            run=change.run,
            not_before=change.interval.not_before.isoformat(),
            not_after=change.interval.not_after.isoformat(),
        ),
        "snapshot_only": change.snapshot_only,
        "citations": [
            _present(evidence=one.evidence, record=one.record, reader=one.reader)
            for one in change.citations
        ],
    }
    if attribution is not None:
        told["attribution"] = {
            "strength": attribution.strength.value,
            "level": attribution.level.value,
            "grade": attribution.grade,
            "party": attribution.party.id if attribution.party and attribution.names_party else "",
            "capped_by": list(attribution.capped_by),
        }
    return told


def _gap(gap: Gap, software: str) -> tuple[datetime, Fields]:
    """OCSF has no class for missing evidence: a base event that says so in words, with its span beside it."""
    told = _present(
        gap=gap.kind.value,
        source=gap.source,
        not_before=gap.interval.not_before.isoformat(),
        not_after=gap.interval.not_after.isoformat(),
    )
    event = {
        **_base(gap.interval.not_before, gap.asset, 0, (UNKNOWN_TYPE, "Unknown")),
        "class_name": "Base Event",
        "message": gap.says,
        "metadata": _metadata(gap.id, software),
        "unmapped": {"evidence": told},
    }
    return gap.interval.not_before, event
