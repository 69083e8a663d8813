"""Who a record names, and whether that is a person's login or the system acting for somebody it does not name.

Windows writes SYSTEM over many installs and Linux writes root over many daemons. Such a name is a tool, never a
person (reference: evidence section 7).
"""

from __future__ import annotations

import re

from groundrules.core.evidence import Actor

_SERVICE_ACCOUNTS = frozenset(
    {
        "system",
        "local system",
        "localsystem",
        "local service",
        "network service",
        "cron",
        "crond",
        "unset",
        "daemon",
    }
)
_SERVICE_DOMAINS = ("nt authority\\", "nt service\\", "window manager\\", "font driver host\\")
# LocalSystem, LocalService, NetworkService, service, application pool, window manager and font driver SIDs;
# 4294967295 is the Linux audit login id of a process nobody logged in for.
_SERVICE_IDENTIFIER = re.compile(r"S-1-5-(18|19|20)|S-1-5-(80|82|83|90|96)(-.*)?|4294967295|-1")
# Windows logon ids of LocalSystem, LocalService, NetworkService; the unset Linux audit session.
_SERVICE_LOGONS = frozenset({"0x3e7", "0x3e5", "0x3e4", "999", "997", "996", "4294967295", "-1"})
_ROOT_IDENTIFIERS = frozenset({"", "0"})


def is_service(actor: Actor) -> bool:
    """This function will say whether the record names the system or a service instead of somebody's login.

    `root` counts as one unless the record carries a session key (Linux audit login id): then the login is known.
    """
    if _SERVICE_IDENTIFIER.fullmatch(actor.identifier):
        return not has_login(actor)
    name = actor.account.casefold().strip()
    if name == "root" or (not name and actor.identifier == "0"):
        return actor.identifier in _ROOT_IDENTIFIERS and not has_login(actor)
    return _is_service_name(name) or (not name and not actor.identifier and bool(actor.process))


def _is_service_name(name: str) -> bool:
    return name in _SERVICE_ACCOUNTS or name.startswith(_SERVICE_DOMAINS) or name.endswith("$")


def is_service_account(name: str) -> bool:
    """This function will say whether a login name is the system's, a service's or a machine's own."""
    return _is_service_name(name.casefold().strip())


def has_login(actor: Actor) -> bool:
    """This function will say whether the record carries the key of a real login (not the system's own logon id)."""
    logon = actor.session_key.rsplit("|", maxsplit=1)[-1].strip().casefold()
    return bool(actor.session_key) and logon not in _SERVICE_LOGONS


def is_anonymous(actor: Actor) -> bool:
    """This function will say whether the record names no login, account or identifier at all."""
    return not (actor.account or actor.identifier or actor.session_key)


def agree(one: Actor, other: Actor) -> bool:
    """This function will say whether two records of one operation can name the same login.

    A service or anonymous record agrees with any: it says less. Identifiers decide before names, because names
    change.
    """
    if any(is_anonymous(a) or is_service(a) for a in (one, other)):
        return True
    pairs = (
        (one.session_key, other.session_key),
        (one.identifier, other.identifier),
        (one.account.casefold(), other.account.casefold()),
    )
    for mine, theirs in pairs:
        if mine and theirs:
            return mine == theirs
    return True


def merged_actor(actors: tuple[Actor, ...]) -> Actor:
    """This function will join what several agreeing records say; a login outweighs a service, which outweighs
    nothing.

    MsiInstaller writes the user's SID in the start event and SYSTEM in the end event of one install (98 % of 173
    pairs).
    """
    ranked = sorted(set(actors), key=_telling)
    named = [a for a in ranked if not is_anonymous(a) and not is_service(a)]
    speaking = named or ranked
    return Actor(
        account=next((a.account for a in speaking if a.account), ""),
        identifier=next((a.identifier for a in speaking if a.identifier), ""),
        session_key=next((a.session_key for a in speaking if a.session_key), ""),
        process=next((a.process for a in [*speaking, *ranked] if a.process), ""),
    )


def _telling(actor: Actor) -> tuple[int, int, str, str, str, str]:
    weight = 2 if is_anonymous(actor) else int(is_service(actor))
    names = (actor.session_key, actor.identifier, actor.account, actor.process)
    return weight, -sum(map(bool, names)), *names
