"""Inventory deltas (`dbsync_*`): what a scan found different from the scan before. They name nobody.

Wazuh 4 tells them under `data.program`, `data.port` or flat names; Wazuh 5 as events of the `inventory` module. Both
are read. The scan before is not in the alert, so a change is bounded by Wazuh's default interval.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from groundrules.core.evidence import Action, Item, ItemKind, Observation
from groundrules.readers.documents import Row, epoch, inner, said
from groundrules.readers.inventory import Seen, Shape, difference, item_of, named
from groundrules.readers.linux.tally import Tally
from groundrules.readers.wazuh.alert import Alert

# Wazuh's own default; a longer one set on the agent is not told in the alert.
SCAN_EVERY = timedelta(hours=1)
# An upgraded package is one deleted and one inserted in the same scan, told within moments of each other.
ONE_SCAN = timedelta(minutes=5)
DAY = timedelta(days=1)
OPERATIONS = {
    "INSERTED": Action.ADDED,
    "created": Action.ADDED,
    "DELETED": Action.REMOVED,
    "deleted": Action.REMOVED,
    "MODIFIED": Action.ALTERED,
    "modified": Action.ALTERED,
}


def _port_key(row: Row) -> str:
    """Only what listens: a connection of a client is no property of the machine."""
    port = said(row, "port.local_port", "source.port", "local_port")
    address = said(row, "port.local_ip", "source.ip", "local_ip")
    protocol = said(row, "port.protocol", "network.transport", "protocol")[:3]
    state = said(row, "port.state", "interface.state", "state")
    remote = said(row, "port.remote_port", "destination.port", "remote_port")
    if not port or (protocol == "tcp" and state.casefold() != "listening"):
        return ""
    if protocol == "udp" and remote not in {"", "0"}:
        return ""
    return f"{protocol} {f'[{address}]' if ':' in address else address}:{port}"


SHAPES: Mapping[str, Shape] = {
    "dbsync_packages": Shape(
        ItemKind.PACKAGE,
        named("program.name", "package.name", "name"),
        {
            "version": ("program.version", "package.version", "version"),
            "architecture": ("program.architecture", "package.architecture", "architecture"),
            "publisher": ("program.vendor", "package.vendor", "vendor"),
        },
    ),
    "dbsync_hotfixes": Shape(
        ItemKind.PATCH, named("hotfix", "package.hotfix.name", "hotfix.name", "hotfix_name"), {}
    ),
    "dbsync_ports": Shape(
        ItemKind.PORT,
        _port_key,
        {"process": ("port.process", "process.name", "process")},
    ),
    "dbsync_services": Shape(
        ItemKind.SERVICE,
        named("service.id", "service_id", "service.name", "service_name"),
        {
            "start_type": ("service.start_type", "service_start_type"),
            "enabled": ("service.enabled", "service_enabled"),
            "path": ("process.executable", "process_executable"),
            "account": ("process.user.name", "user_name", "user.name"),
        },
        commands=("path",),
    ),
    "dbsync_users": Shape(
        ItemKind.ACCOUNT,
        named("user.name", "user_name"),
        {
            "uid": ("user.id", "user_id"),
            "gid": ("user.group.id", "user_group_id"),
            "home": ("user.home", "user_home"),
            "shell": ("user.shell", "user_shell"),
            "identifier": ("user.uuid", "user_uuid"),
            "status": ("user.password.status", "user_password_status"),
        },
    ),
    "dbsync_groups": Shape(
        ItemKind.GROUP,
        named("group.name", "group_name"),
        {"gid": ("group.id", "group_id"), "members": ("group.users", "group_users")},
    ),
}


@dataclass(slots=True)
class Inventory:
    """The deltas of a file; those deleted wait for the one inserted in the same scan."""

    tally: Tally
    deleted: dict[tuple[str, ItemKind, str], list[tuple[Alert, Item]]] = field(default_factory=dict)

    def take(self, alert: Alert) -> bool:
        """This function will keep a delta; False when the alert is none of a table known here."""
        fields = alert.fields
        shape = SHAPES.get(said(fields, "data.type", "collector"))
        row = inner(fields, "data")
        told = said(fields, "data.operation_type", "data.operation", "operation", "data.event.type")
        action = OPERATIONS.get(told)
        if shape is None or action is None:
            return False
        item = item_of(shape, row)
        if item is not None:
            self._keep(alert, action, item)
        if shape.kind is ItemKind.ACCOUNT and item is not None and action is not Action.REMOVED:
            password_set(self.tally, alert, item.key, row)
        return True

    def finish(self) -> None:
        """This function will keep what was deleted and came back in no scan close by."""
        for waiting in self.deleted.values():
            for alert, item in waiting:
                difference(self.tally, item, None, seen_in(alert))

    def _keep(self, alert: Alert, action: Action, item: Item) -> None:
        place = (alert.host, item.kind, item.key)
        if action is Action.REMOVED:
            self.deleted.setdefault(place, []).append((alert, item))
            return
        gone = self._gone(place, alert.at)
        before = Item(item.kind, item.key) if action is Action.ALTERED else gone
        difference(self.tally, before, item, seen_in(alert))

    def _gone(self, place: tuple[str, ItemKind, str], at: datetime) -> Item | None:
        waiting = self.deleted.get(place, [])
        close = [one for one in waiting if abs(one[0].at - at) <= ONE_SCAN]
        if not close:
            return None
        waiting.remove(close[0])
        return close[0][1]


def seen_in(alert: Alert) -> Seen:
    """This function will say when the thing happened: after the scan before, by the time the manager wrote it."""
    return Seen(alert.place, alert.at - SCAN_EVERY, alert.at)


def password_set(tally: Tally, alert: Alert, account: str, row: Row) -> None:
    """This function will keep when a password was last set, if that lies within the time the delta is about.

    Linux knows only the day.
    """
    moment = epoch(said(row, "user.password.last_change", "user_password_last_change"))
    if moment is None or moment > alert.at or alert.at - moment > DAY + SCAN_EVERY:
        return
    knows_day_only = not (moment.hour or moment.minute or moment.second)
    latest = min(moment + DAY, alert.at) if knows_day_only else moment
    seen = Observation(
        asset=tally.context.asset,
        kind=ItemKind.PASSWORD,
        key=account,
        action=Action.ALTERED,
        at=moment,
        citation=tally.cite(alert.place),
        recorded_at=latest if latest > moment else None,
        summary=f"password of {account} set",
    )
    tally.observations.append(seen)
