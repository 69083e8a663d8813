"""What we could not prove today: evidence that is missing for structural reasons, told before it is needed.

Each gap says which host, what is missing, and what would close it (reference: domain section 8, readiness).
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from groundrules.core.changes import Change
from groundrules.core.evidence import Gap, GapKind, ItemKind, Session
from groundrules.core.ids import AssetId
from groundrules.core.parties import Account, Application, Asset, PartyKind, Vendor
from groundrules.core.reasons import FactRef


@dataclass(frozen=True, slots=True)
class ReadinessView:
    """The register and the evidence seen so far; order carries no meaning."""

    assets: tuple[Asset, ...]
    accounts: tuple[Account, ...] = ()
    vendors: tuple[Vendor, ...] = ()
    applications: tuple[Application, ...] = ()
    sessions: tuple[Session, ...] = ()
    changes: tuple[Change, ...] = ()
    gaps: tuple[Gap, ...] = ()


@dataclass(frozen=True, slots=True)
class ReadinessGap:
    """Something that can't be proven today on an asset: a short name, one sentence, what closes it, and the records."""

    asset: AssetId
    name: str
    sentence: str
    remedy: str
    facts: tuple[FactRef, ...] = ()


_PASSWORD_KINDS = frozenset({ItemKind.PASSWORD, ItemKind.DATABASE_LOGIN})


def readiness_gaps(view: ReadinessView) -> tuple[ReadinessGap, ...]:
    """This function will list what could not be proven today, by asset name and then by gap."""
    rules = (
        _silent_passwords,
        _shared_accounts,
        _nameless_vendors,
        _no_sessions,
        _unlogged,
        _audits,
    )
    near = _by_asset(view)
    found = [
        gap
        for asset in sorted(view.assets, key=lambda a: (a.name, a.id))
        for rule in rules
        for gap in rule(asset, near[asset.id])
    ]
    return tuple(found)


def _by_asset(view: ReadinessView) -> dict[AssetId, ReadinessView]:
    """What there is to know of each asset: its own records, and the accounts and vendors of all."""
    applications: defaultdict[AssetId, list[Application]] = defaultdict(list)
    sessions: defaultdict[AssetId, list[Session]] = defaultdict(list)
    changes: defaultdict[AssetId, list[Change]] = defaultdict(list)
    gaps: defaultdict[AssetId, list[Gap]] = defaultdict(list)
    for application in view.applications:
        applications[application.asset].append(application)
    for session in view.sessions:
        sessions[session.asset].append(session)
    for change in view.changes:
        changes[change.asset].append(change)
    for gap in view.gaps:
        gaps[gap.asset].append(gap)
    return {
        one.id: ReadinessView(
            (one,),
            view.accounts,
            view.vendors,
            tuple(applications[one.id]),
            tuple(sessions[one.id]),
            tuple(changes[one.id]),
            tuple(gaps[one.id]),
        )
        for one in view.assets
    }


def _silent_passwords(asset: Asset, view: ReadinessView) -> list[ReadinessGap]:
    silent = [
        c
        for c in _changes(asset, view)
        if c.kind in _PASSWORD_KINDS
        and not (c.actor.account or c.actor.identifier or c.actor.session_key)
    ]
    if not silent:
        return []
    names = ", ".join(sorted({c.component for c in silent}))
    return [
        ReadinessGap(
            asset.id,
            "no audit of login password change",
            f"The password of {names} on {asset.name} was changed, and no record says by whom.",
            "Switch on an audit of login password changes (SQL Server: LOGIN_CHANGE_PASSWORD_GROUP).",
            tuple(FactRef("change", c.id, c.sentence) for c in silent),
        )
    ]


def _shared_accounts(asset: Asset, view: ReadinessView) -> list[ReadinessGap]:
    holders: defaultdict[str, set[tuple[str, str]]] = defaultdict(set)
    flagged: dict[str, str] = {}
    for account in view.accounts:
        if account.host in {None, asset.id}:
            holders[account.name.casefold()].add((account.party.kind.value, account.party.id))
            if account.shared:
                flagged[account.name.casefold()] = account.name
    told = [n for n in holders if n in flagged or len(holders[n]) > 1]
    if not told:
        return []
    names = {a.name.casefold(): a.name for a in sorted(view.accounts, key=lambda a: a.name)}
    shared = sorted(names[n] for n in told)
    return [
        ReadinessGap(
            asset.id,
            "shared account",
            f"Account {name} can be used on {asset.name} by more than one person; its acts name nobody.",
            "Give each person and vendor an account of their own.",
            (FactRef("account", name),),
        )
        for name in shared
    ]


def _nameless_vendors(asset: Asset, view: ReadinessView) -> list[ReadinessGap]:
    there = {a.vendor for a in view.applications if a.asset == asset.id and a.vendor is not None}
    named = {
        a.party.id
        for a in view.accounts
        if a.party.kind is PartyKind.VENDOR and not a.shared and a.host in {None, asset.id}
    }
    known = {v.id: v.name for v in view.vendors}
    return [
        ReadinessGap(
            asset.id,
            "vendor without a named account",
            f"{known.get(vendor, vendor)} has an application on {asset.name} and no account of its own there.",
            "Issue the vendor a named account.",
            (FactRef("vendor", vendor),),
        )
        for vendor in sorted(there)
        if vendor not in named
    ]


def _no_sessions(asset: Asset, view: ReadinessView) -> list[ReadinessGap]:
    if any(s.asset == asset.id for s in view.sessions):
        return []
    return [
        ReadinessGap(
            asset.id,
            "no session source",
            f"No login on {asset.name} is on record, so no change there can be tied to a session.",
            "Collect the login records of the host (Windows Security log; Linux wtmp, journal or audit log).",
        )
    ]


def _unlogged(asset: Asset, view: ReadinessView) -> list[ReadinessGap]:
    unlogged = [c for c in _changes(asset, view) if c.snapshot_only]
    if not unlogged:
        return []
    count = "1 change" if len(unlogged) == 1 else f"{len(unlogged)} changes"
    kinds = ", ".join(sorted({c.kind.value for c in unlogged}))
    return [
        ReadinessGap(
            asset.id,
            "changes seen in snapshots only",
            f"{count} on {asset.name} ({kinds}) left no log record: when is an interval, and who is unknown.",
            "Collect the log that records such changes.",
            tuple(FactRef("change", c.id, c.sentence) for c in unlogged),
        )
    ]


def _audits(asset: Asset, view: ReadinessView) -> list[ReadinessGap]:
    off = [g for g in view.gaps if g.asset == asset.id and g.kind is GapKind.AUDIT_OFF]
    ordered = sorted(off, key=lambda g: (g.interval.not_before, g.source, g.id))
    return [
        ReadinessGap(
            asset.id,
            "audit off",
            f"An audit on {asset.name} is off ({g.source}): {g.says}",
            "Switch the audit on.",
            (FactRef("gap", g.id, g.says),),
        )
        for g in ordered
    ]


def _changes(asset: Asset, view: ReadinessView) -> list[Change]:
    here = [c for c in view.changes if c.asset == asset.id]
    return sorted(here, key=lambda c: (c.interval.not_before, c.component, c.id))
