"""Was it allowed? Three-valued, for the whole of an uncertain interval, from approvals as they were recorded.

Inside when every instant the change can have happened lies in approved access that fits host, kind and account;
outside when none does; otherwise undetermined. An approval recorded afterwards is shown and never makes a change
inside.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from groundrules.core.calendars import zone_label
from groundrules.core.evidence import ItemKind
from groundrules.core.ids import AssetId, VendorId
from groundrules.core.parties import Party, PartyKind
from groundrules.core.periods import Interval, Period, utc
from groundrules.core.vendors.agency import agency
from groundrules.core.vendors.model import (
    AccessWindow,
    LetterOfAgency,
    Permission,
    PermissionAnswer,
    RulesAcceptance,
    admits,
)

_STANDING = frozenset({PartyKind.PROVIDER, PartyKind.CLIENT})


@dataclass(frozen=True, slots=True)
class Act:
    """What is asked about: who did what kind of thing where and when. `party` None means it is not established.

    `names` are further spellings of the account (with a domain, as registered, its identifier).
    """

    asset: AssetId
    kind: ItemKind
    interval: Interval
    account: str = ""
    party: Party | None = None
    names: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Grants:
    """Everything on record that may allow an act; `zone` is the site's.

    `standing` are the kinds of party that need no window: the provider acts under the agreement, the client owns
    the server.
    """

    zone: str
    windows: tuple[AccessWindow, ...] = ()
    letters: tuple[LetterOfAgency, ...] = ()
    acceptances: tuple[RulesAcceptance, ...] = ()
    standing: frozenset[PartyKind] = _STANDING


@dataclass(frozen=True, slots=True)
class _Finding:
    """What one window says: `allowed` when scope and record fit, `open` when the record leaves that undecided."""

    window: AccessWindow
    says: str
    allowed: Period | None = None
    open: bool = False
    afterwards: bool = False


def permission(act: Act, grants: Grants) -> PermissionAnswer:
    """This function will say whether an act was allowed over the whole of its interval, by which window, and why."""
    findings = [_finding(window, act, grants) for window in _about(act, grants)]
    said = _nearest(findings, act.interval)
    if act.party is None:
        sentence = "Who made the change is not established, so no approval can be matched to it."
        return PermissionAnswer(Permission.UNDETERMINED, sentences=(sentence, *said))
    verdict, window, sentence = _weigh(act, grants, findings)
    return PermissionAnswer(
        permission=verdict,
        window=None if window is None else window.id,
        sentences=(sentence, *said, *_letter(act, grants), *_rules(act, grants)),
        approved_afterwards=any(f.afterwards for f in findings),
    )


def accepted_version(
    acceptances: Iterable[RulesAcceptance], vendor: VendorId, at: datetime
) -> RulesAcceptance | None:
    """This function will return the highest version of the rules of engagement the vendor had accepted by `at`."""
    known = [a for a in acceptances if a.vendor == vendor and utc(a.at) <= utc(at)]
    return max(known, key=lambda a: (a.version, utc(a.at), a.accepted_by), default=None)


def _weigh(
    act: Act, grants: Grants, findings: list[_Finding]
) -> tuple[Permission, AccessWindow | None, str]:
    assert act.party is not None  # noqa: S101 - permission() answers for an unknown party itself
    who = act.party.name or act.party.id
    allowing = [f for f in findings if f.allowed is not None and act.interval.touches(f.allowed)]
    if allowing and _covered(act.interval, [f.allowed for f in allowing if f.allowed]):
        window = allowing[0].window
        return Permission.INSIDE, window, f"{who} had approved access, window {window.id}."
    if act.party.kind in grants.standing:
        ground = "under the agreement" if act.party.kind is PartyKind.PROVIDER else "as owner"
        return Permission.INSIDE, None, f"{who} acts on this server {ground} and needs no window."
    if act.party.kind is not PartyKind.VENDOR:
        kind = act.party.kind.value
        return Permission.UNDETERMINED, None, f"No access windows are kept for a {kind}."
    if allowing or any(f.open for f in findings):
        sentence = f"The record leaves open whether {who} acted inside approved access."
        return Permission.UNDETERMINED, None, sentence
    return Permission.OUTSIDE, None, f"No approved access of {who} covered the change."


def _about(act: Act, grants: Grants) -> list[AccessWindow]:
    here = [w for w in grants.windows if w.asset == act.asset and _is_for(w, act.party)]
    return sorted(here, key=lambda w: (w.period.start, w.id))


def _is_for(window: AccessWindow, party: Party | None) -> bool:
    if party is None:
        return True
    if window.vendor is None:
        return party.kind is PartyKind.PROVIDER
    return party.kind is PartyKind.VENDOR and window.vendor == party.id


def _finding(window: AccessWindow, act: Act, grants: Grants) -> _Finding:
    name = _name(window, grants.zone)
    if window.denied_at is not None and not _approved_again(window):
        return _Finding(window, f"{name} was denied.")
    if window.approved_at is None:
        return _Finding(window, f"{name} was never approved.")
    refused = _unfounded(window, window.approved_at, grants) or _out_of_scope(window, act)
    if refused:
        return _Finding(window, f"{name}: {refused}.")
    allowed = _allowed(window, window.approved_at)
    if allowed is None:
        return _Finding(window, f"{name} was closed before it began.")
    return _dated(window, name, allowed, act, grants.zone)


def _dated(window: AccessWindow, name: str, allowed: Period, act: Act, zone: str) -> _Finding:
    """Compare when the approval entered the book, then the account, with the act itself."""
    assert window.approved_at is not None  # noqa: S101 - _finding() has answered the unapproved ones
    known = max(utc(window.approved_at), utc(window.recorded_at or window.approved_at))
    if not act.interval.touches(window.period):
        return _Finding(window, f"{name} did not cover that time.", allowed=allowed)
    recorded = zone_label(known, zone)
    if known > act.interval.not_after:
        says = f"{name}: its approval was recorded after the change, {recorded}."
        return _Finding(window, says, afterwards=True)
    if known > act.interval.not_before:
        says = f"{name}: its approval may be later than the change, recorded {recorded}."
        return _Finding(window, says, open=True)
    if window.accounts and not act.account:
        says = f"{name} is for named accounts, and the change names none."
        return _Finding(window, says, open=act.interval.touches(allowed))
    who = f" by {window.approved_by}" if window.approved_by else ""
    near = act.interval.touches(allowed) and not act.interval.lies_within(allowed)
    edge = "; the change lies so near its edge that it may be outside" if near else ""
    return _Finding(
        window, f"{name} was approved{who}, recorded {recorded}{edge}.", allowed=allowed
    )


def _approved_again(window: AccessWindow) -> bool:
    if window.denied_at is None or window.approved_at is None:
        return False
    return utc(window.approved_at) != utc(window.denied_at)


def _unfounded(window: AccessWindow, approved_at: datetime, grants: Grants) -> str:
    """An approval given in the client's name while the vendor's letter was not in force doesn't stand."""
    if window.vendor is None or not any(a.vendor == window.vendor for a in grants.letters):
        return ""
    answer = agency(grants.letters, window.vendor, window.asset, approved_at, grants.zone)
    return "" if answer.in_force else f"its approval does not stand ({answer.sentence.rstrip('.')})"


def _out_of_scope(window: AccessWindow, act: Act) -> str:
    if window.kinds and act.kind not in window.kinds:
        return f"it is not for a {act.kind.value}"
    if window.accounts and act.account and not admits(window, (act.account, *act.names)):
        return f"it is not for account {act.account}"
    return ""


def _allowed(window: AccessWindow, approved_at: datetime) -> Period | None:
    start = window.period.start
    withdrawn = window.denied_at if _approved_again(window) else None
    if withdrawn is not None and utc(withdrawn) < utc(approved_at):
        withdrawn = None
    edges = [utc(e) for e in (window.period.end, window.ended_at, withdrawn) if e is not None]
    end = min(edges, default=None)
    return Period(start, end) if end is None or end > start else None


def _covered(interval: Interval, periods: list[Period]) -> bool:
    """Windows that follow one another without a break count as one."""
    reached = interval.not_before
    for period in sorted(periods, key=lambda p: p.start):
        if period.start <= reached and (period.end is None or period.end > reached):
            if period.end is None or period.end > interval.not_after:
                return True
            reached = period.end
    return False


def _nearest(findings: list[_Finding], interval: Interval, most: int = 3) -> tuple[str, ...]:
    near = sorted(findings, key=lambda f: (_distance(f.window.period, interval), f.window.id))
    return tuple(f.says for f in near[:most])


def _distance(period: Period, interval: Interval) -> float:
    if interval.touches(period):
        return 0.0
    if interval.not_after < period.start:
        return (period.start - interval.not_after).total_seconds()
    assert period.end is not None  # noqa: S101 - an open period that began before is touched
    return (interval.not_before - period.end).total_seconds()


def _name(window: AccessWindow, zone: str) -> str:
    end = "" if window.period.end is None else f" to {zone_label(window.period.end, zone)}"
    return f"Window {window.id} ({zone_label(window.period.start, zone)}{end})"


def _letter(act: Act, grants: Grants) -> tuple[str, ...]:
    """Whether the vendor's letter of agency was in force when the change happened."""
    party = act.party
    if party is None or party.kind is not PartyKind.VENDOR:
        return ()
    vendor = VendorId(party.id)
    if not any(a.vendor == vendor for a in grants.letters):
        return ()
    at = act.interval.not_before
    answer = agency(grants.letters, vendor, act.asset, at, grants.zone)
    return (f"{zone_label(at, grants.zone)}: {answer.sentence}",)


def _rules(act: Act, grants: Grants) -> tuple[str, ...]:
    party = act.party
    if party is None or party.kind is not PartyKind.VENDOR or not grants.acceptances:
        return ()
    accepted = accepted_version(grants.acceptances, VendorId(party.id), act.interval.not_before)
    who = party.name or party.id
    if accepted is None:
        return (f"{who} had accepted no version of the rules of engagement by then.",)
    return (f"{who} had accepted version {accepted.version} of the rules of engagement.",)
