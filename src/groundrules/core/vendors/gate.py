"""The gate: which certificate a window earns, and what is due at the host so that access begins and really ends.

Opening late is a nuisance; closing late is a breach. A window counts as closed only when the host itself said so.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from ipaddress import ip_network

from groundrules.core.calendars import zone_label
from groundrules.core.ids import AssetId, VendorId, WindowId
from groundrules.core.parties import Account, PartyKind
from groundrules.core.periods import utc
from groundrules.core.vendors.model import AccessWindow, admits


class CertificateRefused(ValueError):
    """A window earns no certificate for that account: not approved, over, another's, shared, from anywhere."""


@dataclass(frozen=True, slots=True)
class CertificateTerms:
    """What an OpenSSH user certificate says: for which window (its key id), whom, from where, from when to when."""

    window: WindowId
    account: str
    networks: tuple[str, ...]
    valid_from: datetime
    valid_to: datetime

    @property
    def principal(self) -> str:
        """The one name that the host lets in while the window is open there."""
        return principal(self.window, self.account)


def principal(window: WindowId, account: str) -> str:
    """This function will return the principal of a window's certificates for one account."""
    return f"{window}:{account}"


def window_end(window: AccessWindow) -> datetime | None:
    """This function will return when access by a window ends: as planned, ended early, or withdrawn."""
    ends = [end for end in (window.period.end, window.ended_at, window.denied_at) if end]
    return min(map(utc, ends), default=None)


def certificate_terms(
    window: AccessWindow, account: Account, networks: Iterable[str], *, at: datetime, zone: str
) -> CertificateTerms:
    """This function will return the terms of a certificate from `at` or the window's start to its end.

    Raises CertificateRefused, with what to do about it.
    """
    end = window_end(window)
    against = against_access(window, account, at=at, zone=zone)
    if against or end is None:
        message = f"no certificate for {account.name} in window {window.id}: {against}"
        raise CertificateRefused(message)
    start = max(utc(window.period.start), utc(at))
    return CertificateTerms(window.id, account.name, _checked(networks, window), start, end)


def against_access(window: AccessWindow, account: Account, *, at: datetime, zone: str) -> str:
    """This function will say why a window opens nothing for an account at `at`; empty when nothing does."""
    end = window_end(window)
    checks = (
        (window.approved_at is None, "it is not approved; approve it first"),
        (end is None, "it has no end; give it one"),
        (end is not None and utc(at) >= end, f"it ended {zone_label(end or at, zone)}; ask anew"),
        (
            account.host not in (None, window.asset),
            f"the account is on {account.host}, the window on {window.asset}",
        ),
        (not _is_the_vendors(window.vendor, account), "the account is not this vendor's"),
        (account.shared, "the account is shared, and a shared account is nobody; give it a holder"),
        (
            not admits(window, (account.name, account.identifier)),
            f"the window is for {', '.join(sorted(window.accounts))}",
        ),
    )
    return next((sentence for holds, sentence in checks if holds), "")


def _is_the_vendors(vendor: VendorId | None, account: Account) -> bool:
    if vendor is None:
        return account.party.kind is PartyKind.PROVIDER
    return account.party.kind is PartyKind.VENDOR and account.party.id == vendor


def _checked(networks: Iterable[str], window: AccessWindow) -> tuple[str, ...]:
    try:
        read = tuple(str(ip_network(network, strict=False)) for network in networks)
    except ValueError as error:
        message = f"no certificate in window {window.id}: {error}; correct the declared networks"
        raise CertificateRefused(message) from error
    if not read:
        message = (
            f"no certificate in window {window.id}: no network is declared to come from; "
            "declare the vendor's networks on its card"
        )
        raise CertificateRefused(message)
    return read


class GateStep(StrEnum):
    """What is done at a host."""

    OPEN = "open"
    CLOSE = "close"


@dataclass(frozen=True, slots=True)
class GateAttempt:
    """One step tried at a host. `until` is the end an opening was asked for; `paged` when on-call was called."""

    step: GateStep
    at: datetime
    done: bool
    until: datetime | None = None
    says: str = ""
    paged: bool = False


@dataclass(frozen=True, slots=True)
class GateRule:
    """How closing and opening are pursued (the provider's own parameters)."""

    retry_after: timedelta = timedelta(seconds=15)
    retry_at_most: timedelta = timedelta(minutes=5)
    page_after: timedelta = timedelta(minutes=2)
    page_again: timedelta = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class GatedWindow:
    """A window for one account of one host that has a gate, and every step tried so far, oldest first."""

    window: AccessWindow
    account: str
    attempts: tuple[GateAttempt, ...] = ()

    @property
    def asset(self) -> AssetId:
        """The host."""
        return self.window.asset


class GateState(StrEnum):
    """How access stands, as far as the host has said."""

    WAITING = "waiting"
    OPENING = "opening"
    OPEN = "open"
    CLOSING = "closing"
    CLOSED = "closed"
    UNUSED = "never opened"


@dataclass(frozen=True, slots=True)
class GateAnswer:
    """How a window stands at its host, the step that is due, from when on, and whether on-call must hear of it."""

    state: GateState
    due: GateStep | None = None
    due_at: datetime | None = None
    page: bool = False

    def is_due(self, at: datetime) -> bool:
        """This function will say whether the step is to be tried by now."""
        return self.due is not None and self.due_at is not None and utc(self.due_at) <= utc(at)


def gate_answer(gated: GatedWindow, rule: GateRule, at: datetime) -> GateAnswer:
    """This function will say how a window stands at its host and what is due there at `at`."""
    window, end, now = gated.window, window_end(gated.window), utc(at)
    if window.approved_at is None or end is None:
        return GateAnswer(GateState.UNUSED)
    if now >= end:
        return _after(gated, end, rule, now)
    start = utc(window.period.start)
    if now < start:
        return GateAnswer(GateState.WAITING, GateStep.OPEN, start)
    last = gated.attempts[-1] if gated.attempts else None
    if last is not None and last.done and last.step is GateStep.OPEN and last.until == end:
        return GateAnswer(GateState.OPEN, GateStep.CLOSE, end)
    return GateAnswer(
        GateState.OPENING, GateStep.OPEN, _retry_at(gated, GateStep.OPEN, rule, start)
    )


def _after(gated: GatedWindow, end: datetime, rule: GateRule, now: datetime) -> GateAnswer:
    if not any(a.step is GateStep.OPEN for a in gated.attempts):
        return GateAnswer(GateState.UNUSED)
    last = gated.attempts[-1]
    if last.step is GateStep.CLOSE and last.done:
        return GateAnswer(GateState.CLOSED)
    due_at = _retry_at(gated, GateStep.CLOSE, rule, end)
    return GateAnswer(GateState.CLOSING, GateStep.CLOSE, due_at, page=_pages(gated, end, rule, now))


def _retry_at(gated: GatedWindow, step: GateStep, rule: GateRule, first: datetime) -> datetime:
    """Failures of the same step in a row wait twice as long each time, up to a bound."""
    failures = 0
    for attempt in reversed(gated.attempts):
        if attempt.step is not step or attempt.done:
            break
        failures += 1
    if not failures:
        return first
    wait = min(rule.retry_after * (1 << min(failures - 1, 16)), rule.retry_at_most)
    return utc(gated.attempts[-1].at) + wait


def _pages(gated: GatedWindow, end: datetime, rule: GateRule, now: datetime) -> bool:
    closings = [a for a in gated.attempts if a.step is GateStep.CLOSE and utc(a.at) >= end]
    calls = [utc(a.at) for a in closings if a.paged]
    if calls:
        return now >= calls[-1] + rule.page_again
    return bool(closings) and now >= end + rule.page_after


@dataclass(frozen=True, slots=True)
class HostSays:
    """What a host answered about a window, as its lines of KEY=VALUE."""

    facts: Mapping[str, str] = field(default_factory=dict)

    def number(self, key: str) -> int | None:
        """This function will return a count the host gave, or None when it gave none."""
        text = self.facts.get(key, "")
        return int(text) if text.isdecimal() else None


def still_open(says: HostSays) -> tuple[str, ...]:
    """This function will list what, by the host's own answer, keeps a window from being closed; empty when closed.

    What the host did not answer counts as open. An account with another window open stays unlocked, but no session
    that this window began may remain.
    """
    facts = says.facts
    other = facts.get("others", "").strip(",")
    left = says.number("marked" if other else "processes")
    checks = (
        (facts.get("listed") != "no", "its certificates are still let in"),
        (not other and facts.get("locked") != "yes", "the account is not locked"),
        (left is None, "the host did not say how many processes are left"),
        (bool(left), f"{left} processes of its sessions are still running"),
    )
    return tuple(sentence for holds, sentence in checks if holds)


def not_open(says: HostSays) -> tuple[str, ...]:
    """This function will list what, by the host's own answer, keeps a window from being open; empty when open."""
    checks = (
        (says.facts.get("listed") != "yes", "its certificates are not let in"),
        (says.facts.get("locked") != "no", "the account is locked"),
    )
    return tuple(sentence for holds, sentence in checks if holds)
