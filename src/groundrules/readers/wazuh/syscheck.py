"""File integrity events: added, modified, deleted. With who-data they name the login and the program.

The text difference (`diff`) is never kept, nor any digest of a file that holds passwords.
"""

from __future__ import annotations

from datetime import timedelta

from groundrules.core.evidence import Actor, Item, ItemKind
from groundrules.readers.documents import Row, found, inner, said, text
from groundrules.readers.inventory import Seen, difference
from groundrules.readers.linux.tally import Tally
from groundrules.readers.wazuh.alert import Alert

# Wazuh's own default: a scan every 12 hours. Who-data and real-time events come within seconds.
SCAN_EVERY = timedelta(hours=12)
PROMPT = timedelta(minutes=1)
PROMPT_MODES = frozenset({"whodata", "who-data", "realtime", "real-time"})
ATTRIBUTES = {
    "sha256": "sha256",
    "size": "size",
    "permissions": "perm",
    "owner": "uid",
    "group": "gid",
}
DIGESTS = frozenset({"sha256", "size"})
PASSWORD_FILES = ("/etc/shadow", "/etc/gshadow", "/etc/security/passwd", "\\config\\sam")
NOBODY = frozenset({"4294967295", "-1", ""})
SYSTEM_SIDS = ("S-1-5-18", "S-1-5-19", "S-1-5-20")
EVENTS = frozenset({"added", "modified", "deleted"})


def file_event(tally: Tally, alert: Alert) -> bool:
    """This function will keep a file event; False when the alert is none, or has no path."""
    event, path = said(alert.fields, "syscheck.event"), said(alert.fields, "syscheck.path")
    if event not in EVENTS or not path:
        return False
    value = said(alert.fields, "syscheck.value_name")
    key = f"{path}\\{value}" if value else path
    syscheck = inner(alert.fields, "syscheck")
    old, new = _item(key, syscheck, "before"), _item(key, syscheck, "after")
    before = None if event == "added" else old
    after = None if event == "deleted" else new
    at = alert.at - _late(said(syscheck, "mode"))
    seen = Seen(alert.place, at, alert.at, actor_of(inner(syscheck, "audit")))
    made = difference(tally, before, after, seen)
    if made is None and event == "modified":
        # What was altered is not among the attributes followed here; that it was altered is told all the same.
        changed = said(syscheck, "changed_attributes")
        difference(tally, Item(ItemKind.CONFIG_FILE, key), _altered(key, changed), seen)
    return True


def _altered(key: str, changed: str) -> Item:
    return Item(ItemKind.CONFIG_FILE, key, {"altered": changed or "not told"})


def _late(mode: str) -> timedelta:
    return PROMPT if mode.casefold() in PROMPT_MODES else SCAN_EVERY


def _item(key: str, syscheck: Row, when: str) -> Item:
    """A value that did not change is written once, as it is after; a change of it would name it."""
    changed = found(syscheck, "changed_attributes")
    named = {text(one) for one in changed} if isinstance(changed, list) else None
    is_secret = key.casefold().endswith(PASSWORD_FILES)
    attributes = {}
    for name, source in ATTRIBUTES.items():
        told = said(syscheck, f"{source}_{when}")
        if not told and named is not None and source not in named and name not in named:
            told = said(syscheck, f"{source}_after", f"{source}_before")
        if told and not (is_secret and name in DIGESTS):
            attributes[name] = told
    return Item(ItemKind.CONFIG_FILE, key, attributes)


def actor_of(audit: Row) -> Actor:
    """This function will name who changed a file: the login that began it, which survives `sudo`, else the user.

    Where that is nobody's login, the program is named instead.
    """
    login, uid = said(audit, "login_user.name"), said(audit, "login_user.id")
    program = said(audit, "process.name")
    if uid not in NOBODY:
        return Actor(login, uid)
    user, identifier = said(audit, "user.name"), said(audit, "user.id")
    is_tool = identifier in SYSTEM_SIDS or not identifier.startswith("S-1-")
    return Actor(user, identifier, "", program if is_tool else "")
