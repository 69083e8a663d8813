"""Which class and activity means which change: one row per class of OCSF that is followed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from groundrules.core.evidence import Action, ItemKind, SessionKind

ADDED, REMOVED, ALTERED = Action.ADDED, Action.REMOVED, Action.ALTERED


@dataclass(frozen=True, slots=True)
class Activity:
    """What one activity of a class did: the action, the kind when it differs from the class's, the state after."""

    action: Action
    kind: ItemKind | None = None
    after: str = ""


@dataclass(frozen=True, slots=True)
class EventClass:
    """A class of events: what it is about, where its key stands, and which activities change something."""

    name: str
    kind: ItemKind
    keys: tuple[str, ...]
    activities: Mapping[int, Activity]
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    passing: frozenset[int] = field(default_factory=frozenset)
    """Activities that are understood and change nothing: starting, stopping, reading."""


PASSWORD = ItemKind.PASSWORD
CLASSES: Mapping[int, EventClass] = {
    6002: EventClass(
        "application lifecycle",
        ItemKind.PACKAGE,
        ("app.name", "app.uid"),
        {
            1: Activity(ADDED),
            2: Activity(REMOVED),
            6: Activity(ALTERED, after="enabled"),
            7: Activity(ALTERED, after="disabled"),
            8: Activity(ALTERED),
        },
        before=("app.version",),
        after=("app.version",),
        passing=frozenset({3, 4, 5}),
    ),
    3001: EventClass(
        "account change",
        ItemKind.ACCOUNT,
        ("user.name", "user.uid"),
        {
            1: Activity(ADDED),
            2: Activity(ALTERED, after="enabled"),
            3: Activity(ALTERED, PASSWORD, "changed"),
            4: Activity(ALTERED, PASSWORD, "reset"),
            5: Activity(ALTERED, after="disabled"),
            6: Activity(REMOVED),
            7: Activity(ALTERED, after="policy attached"),
            8: Activity(ALTERED, after="policy detached"),
            9: Activity(ALTERED, after="locked"),
            10: Activity(ALTERED, after="further factor enabled"),
            11: Activity(ALTERED, after="further factor disabled"),
            12: Activity(ALTERED, after="unlocked"),
        },
    ),
    3007: EventClass(
        "user management",
        ItemKind.ACCOUNT,
        ("user.name", "user.uid"),
        {
            1: Activity(ADDED),
            2: Activity(ALTERED),
            3: Activity(REMOVED),
            4: Activity(ALTERED, after="enabled"),
            5: Activity(ALTERED, after="disabled"),
            6: Activity(ALTERED, after="locked"),
            7: Activity(ALTERED, after="unlocked"),
            8: Activity(ALTERED, PASSWORD, "changed"),
            9: Activity(ALTERED, PASSWORD, "reset"),
            10: Activity(ALTERED, after="policies attached"),
            11: Activity(ALTERED, after="policies detached"),
            12: Activity(ALTERED, after="further factors enabled"),
            13: Activity(ALTERED, after="further factors disabled"),
            14: Activity(ALTERED, after="privileges assigned"),
            15: Activity(ALTERED, after="privileges removed"),
            16: Activity(ALTERED, after="roles assigned"),
            17: Activity(ALTERED, after="roles removed"),
        },
    ),
    3006: EventClass(
        "group management",
        ItemKind.GROUP,
        ("group.name", "group.uid"),
        {
            1: Activity(ALTERED, after="privileges assigned"),
            2: Activity(ALTERED, after="privileges revoked"),
            3: Activity(ALTERED),
            4: Activity(ALTERED),
            5: Activity(REMOVED),
            6: Activity(ADDED),
            7: Activity(ALTERED),
            8: Activity(ALTERED),
            9: Activity(ALTERED),
        },
    ),
    1006: EventClass(
        "scheduled job",
        ItemKind.SCHEDULED_TASK,
        ("job.name",),
        {
            1: Activity(ADDED),
            2: Activity(ALTERED),
            3: Activity(REMOVED),
            4: Activity(ALTERED, after="enabled"),
            5: Activity(ALTERED, after="disabled"),
        },
        passing=frozenset({6}),
    ),
    1001: EventClass(
        "file system",
        ItemKind.CONFIG_FILE,
        ("file.path", "file.name"),
        {
            1: Activity(ADDED),
            3: Activity(ALTERED),
            4: Activity(REMOVED),
            5: Activity(ALTERED, after="renamed"),
            6: Activity(ALTERED, after="attributes set"),
            7: Activity(ALTERED, after="security set"),
        },
        passing=frozenset({2, 8, 9, 14}),
    ),
    201004: EventClass(
        "windows service",
        ItemKind.SERVICE,
        ("win_service.name",),
        {1: Activity(ADDED), 2: Activity(ALTERED), 7: Activity(REMOVED)},
        before=("prev_win_service.service_start_type",),
        after=("win_service.service_start_type",),
        passing=frozenset({3, 4, 5, 6}),
    ),
}
AUTHENTICATION = 3002
LOGON, LOGOFF = 1, 2
SOFTWARE_INVENTORY = 5020
EVENT_LOG = 1008
CLEARED = frozenset({1, 2})
SWITCHED_OFF = frozenset({7, 10})
BASE_EVENT = 0
GROUP_MEMBER_IN = frozenset({3, 7})
GROUP_MEMBER_OUT = frozenset({4, 8})
FAILURE = 2
LOGON_TYPES = {
    1: SessionKind.SERVICE,
    2: SessionKind.CONSOLE,
    3: SessionKind.NETWORK,
    4: SessionKind.BATCH,
    5: SessionKind.SERVICE,
    7: SessionKind.CONSOLE,
    8: SessionKind.NETWORK,
    10: SessionKind.REMOTE,
    11: SessionKind.CONSOLE,
    12: SessionKind.REMOTE,
    13: SessionKind.CONSOLE,
}
