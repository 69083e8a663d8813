"""May this server be suspended, on which proven facts, under which clause; and what changes for the client if so.

At least one fact must be recorded or matched to a vendor and lie outside what was allowed. A suspicion is listed as
left out, with its reason, and suspends nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from groundrules.core.agreements.further_terms import ManagedService
from groundrules.core.agreements.recovery_promises import promise_in
from groundrules.core.agreements.terms import AgreementVersion
from groundrules.core.agreements.uplift import fee_on
from groundrules.core.attribution.answers import Attribution, Strength
from groundrules.core.calendars import HoursBand
from groundrules.core.ids import AssetId, ChangeId, ClauseNumber, WindowId
from groundrules.core.money import Money
from groundrules.core.parties import PartyKind
from groundrules.core.periods import local_date, utc
from groundrules.core.reasons import FactRef
from groundrules.core.vendors import AccessWindow, Permission


class NothingProven(ValueError):
    """No recorded or matched vendor change outside what was allowed is on record, so nothing may be suspended."""


class NoSuspensionClause(ValueError):
    """The agreement version has no clause that permits suspending one server."""


class AssetNotListed(ValueError):
    """The agreement version does not list the asset."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A change that does not count towards a suspension, and the sentence why."""

    change: ChangeId
    sentence: str


@dataclass(frozen=True, slots=True)
class SuspensionGround:
    """What a suspension may rest on: one clause, the clause breached, the proven facts, and what was left out."""

    asset: AssetId
    clause: ClauseNumber
    breach_of: ClauseNumber
    facts: tuple[FactRef, ...]
    left_out: tuple[LeftOut, ...]


def why_left_out(attribution: Attribution) -> str:
    """This function will say why an attribution may not drive a suspension, or return nothing when it may."""
    if not attribution.names_party or attribution.party is None:
        only = "" if attribution.strength is Strength.UNKNOWN else "only "
        return f"who made it is {only}{attribution.strength.value}; a suspension needs recorded or matched"
    if attribution.party.kind is not PartyKind.VENDOR:
        return f"it was made by the {attribution.party.kind.value}, not by a vendor"
    if attribution.permission.permission is Permission.INSIDE:
        return "it was made within an approved window"
    if attribution.permission.permission is Permission.UNDETERMINED:
        return "whether it was allowed is not known"
    return ""


def may_suspend(
    asset: AssetId, attributions: Iterable[Attribution], version: AgreementVersion
) -> SuspensionGround:
    """This function will return the ground for suspending one asset under one agreement version.

    `attributions` are those of the changes on that asset. Raises AssetNotListed, NoSuspensionClause, or NothingProven,
    whose message lists each change that does not count and why.
    """
    if asset not in version.assets:
        message = (
            f"version {version.version} does not list {asset}; there is no coverage to suspend"
        )
        raise AssetNotListed(message)
    if version.suspension is None:
        message = f"version {version.version} has no clause on suspending one server; agree on one before using it"
        raise NoSuspensionClause(message)
    weighed = [(attribution, why_left_out(attribution)) for attribution in attributions]
    left_out = tuple(LeftOut(a.change, why) for a, why in weighed if why)
    proven = tuple(_fact(a) for a, why in weighed if not why)
    if not proven:
        found = (
            "; ".join(f"{item.change}: {item.sentence}" for item in left_out)
            or "no change is on record"
        )
        message = (
            f"nothing proven against a vendor on {asset} ({found}); collect evidence, do not write"
        )
        raise NothingProven(message)
    return SuspensionGround(
        asset, version.suspension.clause, version.suspension.breach_of, proven, left_out
    )


def _fact(attribution: Attribution) -> FactRef:
    party = attribution.party
    name = (party.name or party.id) if party else ""
    return FactRef("change", attribution.change, f"{name}, {attribution.strength.value}")


@dataclass(frozen=True, slots=True)
class SuspensionEffects:
    """What changes while an asset is off: hourly rates by band, the fee, cancelled windows; and what stays the same.

    `clauses` are those on rates and fee. `continues` and `stops` are services by name; `not_owed` says which
    promise rests with them.
    """

    asset: AssetId
    from_at: datetime
    rates: tuple[tuple[HoursBand, Money], ...]
    fee_runs_on: bool
    fee_sentence: str
    stays_covered: tuple[AssetId, ...]
    windows_cancelled: tuple[WindowId, ...]
    clauses: tuple[ClauseNumber, ...] = ()
    continues: tuple[str, ...] = ("monitoring", "backups")
    stops: tuple[str, ...] = ()
    not_owed: str = ""


def effects(
    asset: AssetId,
    version: AgreementVersion,
    from_at: datetime,
    windows: Iterable[AccessWindow] = (),
    also_off: frozenset[AssetId] = frozenset(),
) -> SuspensionEffects:
    """This function will list what a suspension of `asset` from an instant changes, before anyone sends it.

    `windows` are the approved accesses on record; `also_off` are assets that are suspended already.
    """
    bands = (HoursBand.BUSINESS, *(band for band in HoursBand if band in version.rates.multipliers))
    clause = f" (clause {version.fees.clause})" if version.fees.clause else ""
    runs_on = version.fees.runs_while_suspended
    monthly = fee_on(
        version, version.fees.for_asset(asset), local_date(version.calendar.zone, from_at)
    )
    fee = (
        f"The monthly fee of {monthly} keeps running{clause}."
        if runs_on
        else f"The monthly fee of {monthly} stops for days without coverage and is credited{clause}."
    )
    going, resting = _services(asset, version)
    return SuspensionEffects(
        asset=asset,
        from_at=utc(from_at),
        rates=tuple((band, version.rates.price_per_hour(band)) for band in dict.fromkeys(bands)),
        fee_runs_on=runs_on,
        fee_sentence=fee,
        stays_covered=tuple(sorted(version.assets - {asset} - also_off)),
        windows_cancelled=tuple(w.id for w in windows if _is_cancelled(w, asset, from_at)),
        clauses=tuple(filter(None, (version.rates.clause, version.fees.clause))),
        continues=going,
        stops=resting,
        not_owed=_not_owed(asset, version),
    )


def _services(asset: AssetId, version: AgreementVersion) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What goes on and what rests: patches are named only where they rest, drills only where they are owed or rest."""
    promise, terms = promise_in(version, asset), version.suspension
    named = {ManagedService.MONITORING, ManagedService.BACKUPS}
    named |= {ManagedService.RESTORE_DRILLS} if promise and promise.proven_every else set()
    named |= terms.stops if terms else set()
    ordered = [service for service in ManagedService if service in named]
    resting = [service for service in ordered if terms and terms.stopped(service)]
    going = tuple(service.words for service in ordered if service not in resting)
    return going, tuple(service.words for service in resting)


def _not_owed(asset: AssetId, version: AgreementVersion) -> str:
    promise, terms = promise_in(version, asset), version.suspension
    if promise is None or terms is None or not terms.stopped(ManagedService.RESTORE_DRILLS):
        return ""
    if not (promise.proven_every or terms.stopped(ManagedService.BACKUPS)):
        return ""
    by = f"clause {promise.clause}" if promise.clause else "the agreement"
    return f"What {by} promises of restores is not owed for that time."


def _is_cancelled(window: AccessWindow, asset: AssetId, from_at: datetime) -> bool:
    is_over = window.period.end is not None and window.period.end <= utc(from_at)
    return window.asset == asset and window.approved_at is not None and not is_over
