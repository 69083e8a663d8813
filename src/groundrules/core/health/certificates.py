"""Whether a certificate that a server shows serves who connects to it: when it is valid, and for which names.

Who vouches for it is a note: a house's own authority is as usual as a public one, and this machine need not know it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address

from groundrules.core.health.answers import Found
from groundrules.core.periods import utc
from groundrules.core.reasons import counted

_MOST_NAMES = 3


@dataclass(frozen=True, slots=True)
class Shown:
    """A certificate as a server showed it: `names` and `addresses` it is for, and why it is not trusted here, if so."""

    begins: datetime
    ends: datetime
    names: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    distrust: str = ""


def judge_certificate(
    where: str, name: str, shown: Shown, at: datetime, wanted: timedelta
) -> Found:
    """This function will judge a certificate shown at `where` to who asks for `name` (a host or an address).

    It must be valid at `at` and for `wanted` from then on, and be for the name; an address is only noted, because
    certificates seldom bear any.
    """
    what = f"the certificate at {where}"
    if utc(shown.ends) <= at:
        return Found(f"{what} expired at {shown.ends:%Y-%m-%d %H:%M} UTC", passed=False)
    if utc(shown.begins) > at:
        begins = f"{shown.begins:%Y-%m-%d %H:%M} UTC"
        return Found(f"{what} is valid only from {begins} on", passed=False)
    named = bears(shown, name)
    if not named and not is_address(name):
        return Found(f"{what} is not for {name}", passed=False, note=_for_whom(shown))
    left = utc(shown.ends) - at
    if left < wanted:
        return Found(f"{what} runs out in {counted(left.days, 'day')}", passed=False)
    notes = (
        "" if named else f"It is not for the address {name}. {_for_whom(shown)}",
        f"No authority that this machine knows vouches for it: {shown.distrust}."
        if shown.distrust
        else "",
    )
    says = f"{what} is valid until {shown.ends:%Y-%m-%d}"
    return Found(says, passed=True, note=" ".join(one for one in notes if one))


def bears(shown: Shown, name: str) -> bool:
    """This function will say whether a certificate is for a host's name or an address.

    `*.example.com` is for one label in the star's place; the subject's common name counts for nothing, as in browsers.
    """
    if is_address(name):
        return _same_address(name, shown.addresses)
    wanted = _plain(name)
    return any(_matches(_plain(one), wanted) for one in shown.names)


def is_address(name: str) -> bool:
    """This function will say whether a host is given by its address."""
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


def _same_address(name: str, addresses: Iterable[str]) -> bool:
    return any(is_address(one) and ip_address(one) == ip_address(name) for one in addresses)


def _matches(pattern: str, name: str) -> bool:
    if not pattern.startswith("*."):
        return pattern == name
    first, dot, rest = name.partition(".")
    return bool(first and dot) and "." in rest and rest == pattern.removeprefix("*.")


def _plain(name: str) -> str:
    """A name as certificates write it: small letters, no dot at the end, foreign letters in their coded form."""
    try:
        coded = name.rstrip(".").encode("idna").decode()
    except UnicodeError:
        coded = name.rstrip(".")
    return coded.lower()


def _for_whom(shown: Shown) -> str:
    all_of_them = (*shown.names, *shown.addresses)
    if not all_of_them:
        return "It names nobody it is for."
    more = ", …" if len(all_of_them) > _MOST_NAMES else ""
    return f"It is for {', '.join(all_of_them[:_MOST_NAMES])}{more}."
