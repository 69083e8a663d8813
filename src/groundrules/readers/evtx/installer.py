"""Windows Installer: products installed, removed, changed, and by whom.

The start of a transaction (1040) carries the user, its end (1042) mostly SYSTEM; package path and client process tie
them together. Reading only the end would name SYSTEM for what a person did.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from groundrules.core.evidence import Action, Actor, ItemKind
from groundrules.readers.evtx.claims import Claims, Installation, Seen
from groundrules.readers.evtx.identity import is_service_identity, writer_of
from groundrules.readers.evtx.records import Record

INSTALLER = "Windows Installer"
_PRODUCT_MESSAGE = re.compile(r"^Product: (?P<product>.+?) -- (?P<outcome>.*)$", re.DOTALL)

VERBS = {Action.ADDED: "installed", Action.REMOVED: "removed", Action.ALTERED: "changed"}


@dataclass(frozen=True, slots=True)
class Layout:
    """Where a product record keeps its values (positions in Data): status, maker, and an update's name."""

    status: int = 3
    maker: int = 4
    update: int | None = None


def started(record: Record, claims: Claims) -> None:
    """This function will open a transaction (1040): package path, client process, and the user who started it."""
    claims.installations.append(Installation(record.string(0), record))


def ended(record: Record, claims: Claims) -> None:
    """This function will close the transaction that 1042 ends; without a product record it is kept as an attempt."""
    for installation in reversed(claims.installations):
        begin = installation.started
        if (begin.string(0), begin.string(1)) == (record.string(0), record.string(1)):
            claims.installations.remove(installation)
            _keep_without_report(installation, record, claims)
            return


def unfinished(claims: Claims) -> None:
    """This function will keep transactions whose end is not in the evidence and that reported nothing."""
    for installation in claims.installations:
        _keep_without_report(installation, installation.started, claims)
    claims.installations.clear()


def _keep_without_report(installation: Installation, end: Record, claims: Claims) -> None:
    """This function will keep an installer run of which nothing says what came of it: never a change."""
    if installation.reports:
        return
    begin = installation.started
    package = installation.package.replace("/", "\\").rpartition("\\")[2] or "a package not named"
    summary = f"installer ran for {package}; the log does not say what came of it"
    seen = Seen(ItemKind.PACKAGE, package, Action.ALTERED, summary=summary, succeeded=False)
    kept = claims.observe(begin, writer_of(begin, INSTALLER), seen)
    if end.at > begin.at:
        claims.observations[-1] = replace(kept, recorded_at=end.at, supporting=(claims.cite(end),))


def product_record(
    action: Action, layout: Layout | None = None
) -> Callable[[Record, Claims], None]:
    """This function will make the handler of 1033 to 1037: product, version, status and maker; status 0 is success."""
    places = layout or Layout()

    def keep(record: Record, claims: Claims) -> None:
        product, version = record.string(0), record.string(1)
        status = record.string(places.status)
        succeeded = status in {"0", "1641", "3010"}
        maker = record.string(places.maker)
        update = record.string(places.update) if places.update is not None else ""
        named = " ".join(part for part in (update and f"{update} of", product, version) if part)
        outcome = (
            VERBS[action]
            if succeeded
            else f"not {VERBS[action]}: status {status or 'not recorded'}"
        )
        _keep(
            record,
            claims,
            Seen(
                ItemKind.PACKAGE,
                product,
                action,
                before=version if action is Action.REMOVED else None,
                after=version if action is not Action.REMOVED else None,
                summary=f"{named}{f' ({maker})' if maker else ''} {outcome}",
                correlation=_correlation(record, product, action, succeeded=succeeded),
                succeeded=succeeded,
            ),
        )

    return keep


def product_message(action: Action, *, succeeded: bool) -> Callable[[Record, Claims], None]:
    """This function will make the handler of 11707, 11708, 11724 and 11725: the same operation told once more."""

    def keep(record: Record, claims: Claims) -> None:
        match = _PRODUCT_MESSAGE.match(record.string(0))
        product = match["product"] if match else record.string(0)
        outcome = VERBS[action] if succeeded else f"not {VERBS[action]}"
        _keep(
            record,
            claims,
            Seen(
                ItemKind.PACKAGE,
                product,
                action,
                summary=f"{product} {outcome}",
                correlation=_correlation(record, product, action, succeeded=succeeded),
                succeeded=succeeded,
            ),
        )

    return keep


def _correlation(record: Record, product: str, action: Action, *, succeeded: bool) -> str:
    """This function will name the operation, so that its second record is not counted as a second change."""
    return f"product {VERBS[action]} {'done' if succeeded else 'failed'}|{record.host}|{product}".lower()


def _keep(record: Record, claims: Claims, seen: Seen) -> None:
    """This function will keep a product record with the user and the start of the transaction it lies in."""
    installation = _transaction_of(record, claims)
    if installation is None:
        claims.observe(record, writer_of(record, INSTALLER), seen)
        return
    begin = installation.started
    actor: Actor = writer_of(begin, INSTALLER)
    kept = claims.observe(record, actor, seen)
    bounded = replace(
        kept,
        at=min(begin.at, record.at),
        recorded_at=max(begin.at, record.at),
        supporting=(claims.cite(begin),),
    )
    claims.observations[-1] = bounded
    installation.reports.append(bounded)


def _transaction_of(record: Record, claims: Claims) -> Installation | None:
    """This function will find the open transaction of a product record: the same user's innermost, or the only one.

    A record written by SYSTEM inside transactions of several users belongs to none of them for certain.
    """
    own = [open_ for open_ in claims.installations if open_.started.sid == record.sid]
    if own:
        return own[-1]
    users = {open_.started.sid for open_ in claims.installations}
    if len(users) == 1 and is_service_identity(record.sid):
        return claims.installations[-1]
    return None
