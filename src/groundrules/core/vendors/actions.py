"""Action files: what a Windows host is told to do for a window, in a fixed form that is signed, and what it answers.

A file names its host, a number that only ever rises, one of two verbs, and the time it is good for: one for another
host, an old one, or one that was altered does nothing. It holds no program; the host's own script knows the verbs.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime

from groundrules.core.periods import utc
from groundrules.core.vendors.gate import GateStep, HostSays

HEAD = "groundrules-action 1"
# Remote Desktop Users, by the name that is the same in every language.
REMOTE_DESKTOP = "S-1-5-32-555"
_WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
# No local account of Windows has a longer name.
_ACCOUNT = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,19}")
_GROUP = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._-]{0,63}")
_ADMINISTRATOR = "administrator"


class ActionUnsayable(ValueError):
    """A host, window, account or group has a name that an action file can't carry."""


@dataclass(frozen=True, slots=True)
class HostAction:
    """One thing to do at a host: open a window (again, with a later end, to extend it) or close it."""

    host: str
    sequence: int
    step: GateStep
    window: str
    account: str
    not_before: datetime
    not_after: datetime
    groups: tuple[str, ...] = ()


def action_text(action: HostAction) -> str:
    """This function will write what is signed: the head, then one word and its value a line; raises ActionUnsayable."""
    check_names(action.host, action.account, action.groups)
    check_window(action.window)
    lines = [
        HEAD,
        f"host {action.host}",
        f"sequence {action.sequence}",
        f"verb {action.step.value}",
        f"window {action.window}",
        f"account {action.account}",
        f"not-before {_second(action.not_before)}",
        f"not-after {_second(action.not_after)}",
        *(f"group {group}" for group in action.groups),
    ]
    return "\n".join(lines) + "\n"


def signed_text(said: str, signature: str) -> str:
    """This function will put the signature (base64 of the 64 bytes of r and s) under what it signs."""
    return f"{said}signature {signature}\n"


def check_names(host: str, account: str, groups: tuple[str, ...]) -> None:
    """This function will refuse with ActionUnsayable what no action file can carry, and the built-in administrator."""
    _check(_WORD, host, "the server's code")
    _check(_ACCOUNT, account, "the account")
    if account.casefold() == _ADMINISTRATOR:
        message = f"{account} is built in, and nobody's own; give the vendor's person an account"
        raise ActionUnsayable(message)
    for group in groups:
        _check(_GROUP, group, "the group")


def check_window(window: str) -> None:
    """This function will refuse with ActionUnsayable a window whose reference no action file can carry."""
    _check(_WORD, window, "the window")


def _check(form: re.Pattern[str], name: str, what: str) -> None:
    if not form.fullmatch(name):
        message = (
            f"{what} {name!r} can't stand in an action file: plain letters, digits, '.', '_' and '-' only, an account "
            "of at most 20; a group may also be named by its SID"
        )
        raise ActionUnsayable(message)


def _second(at: datetime) -> str:
    return f"{utc(at).astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def still_enabled(says: HostSays) -> tuple[str, ...]:
    """This function will list what, by a Windows host's own answer, keeps a window from being closed.

    What the host did not answer counts as open. With another window of the account open, the account stays enabled, and
    programs of one window can't be told from those of the other.
    """
    facts = says.facts
    other = facts.get("others", "").strip(",")
    left = says.number("processes")
    checks = (
        (facts.get("known") != "no", "the host still holds the window"),
        (not other and facts.get("enabled") != "no", "the account is not disabled"),
        ("groups" not in facts, "the host did not say which groups are left"),
        (bool(facts.get("groups")), f"it is still in {facts.get('groups')}"),
        (not other and left is None, "the host did not say how many programs are left"),
        (not other and bool(left), f"{left} programs of its sessions are still running"),
    )
    return tuple(sentence for holds, sentence in checks if holds)


def not_enabled(says: HostSays) -> tuple[str, ...]:
    """This function will list what, by a Windows host's own answer, keeps a window from being open."""
    facts = says.facts
    checks = (
        (facts.get("known") != "yes", "the host does not hold the window"),
        (facts.get("enabled") != "yes", "the account is disabled"),
        (bool(facts.get("missing")), f"it is not in {facts.get('missing')}"),
    )
    return tuple(sentence for holds, sentence in checks if holds)
