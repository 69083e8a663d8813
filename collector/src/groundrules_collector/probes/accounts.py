"""Local accounts, the day each password was last changed, and groups with their members."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from groundrules_collector.host import HostView, changed_at, mode_and_owner
from groundrules_collector.probe import Item, SnapshotProbe, Spec

SPEC = Spec(
    name="accounts",
    version="1",
    kinds=("account", "password", "group"),
    collects=(
        "name, uid, home and shell of every account; the day of its last password change (third field "
        "of /etc/shadow); groups and their members"
    ),
    never="password hashes, password ages other than that day, the full name field, group passwords",
    columns=(
        ("account", "key: name; uid, gid, home, shell"),
        ("password", "key: name; changed_on: UTC day, 'never' when the field is empty or 0"),
        ("group", "key: name; gid, members in name order"),
        (
            "config file",
            "key: /etc/shadow; mode, owner; dated by its change time, without a digest",
        ),
    ),
)
PASSWD_FIELDS = 7
GROUP_FIELDS = 4
DAYS_FIELD = 2


def items(view: HostView) -> Iterator[Item]:
    """This function will yield accounts, then password days, then groups."""
    yield from _accounts(view)
    yield from _passwords(view)
    yield from _groups(view)


def _accounts(view: HostView) -> Iterator[Item]:
    for line in view.lines("/etc/passwd"):
        fields = line.split(":")
        if len(fields) == PASSWD_FIELDS:
            name, _, uid, gid, _, home, shell = fields
            yield Item("account", name, {"uid": uid, "gid": gid, "home": home, "shell": shell})
        elif line.strip():
            view.problems.append("/etc/passwd: a line does not have seven fields")


def _passwords(view: HostView) -> Iterator[Item]:
    for line in view.lines("/etc/shadow"):
        name, _, rest = line.partition(":")
        _, _, days = rest.partition(":")
        changed = days.partition(":")[0]
        if name:
            yield Item("password", name, {"changed_on": _day(changed)})


def _day(days: str) -> str:
    if not days.isdigit() or days == "0":
        return "never"
    try:
        return (date(1970, 1, 1) + timedelta(days=int(days))).isoformat()
    except OverflowError:
        return "never"


def _groups(view: HostView) -> Iterator[Item]:
    for line in view.lines("/etc/group"):
        fields = line.split(":")
        if len(fields) == GROUP_FIELDS:
            members = ",".join(sorted(filter(None, fields[3].split(","))))
            yield Item("group", fields[0], {"gid": fields[2], "members": members})


def shadow_items(view: HostView) -> Iterator[Item]:
    """This function will date the last write to /etc/shadow: a bound for password changes of that day."""
    shadow = view.path("/etc/shadow")
    if shadow.is_file():
        yield Item("config file", "/etc/shadow", mode_and_owner(shadow), changed_at(shadow))


PROBE = SnapshotProbe(SPEC, items)
