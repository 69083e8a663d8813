"""Reading, drilling and verifying repositories by themselves: whoever has the turn does it, one after the other.

A drill may take hours, so it runs beside the worker's other work and holds none of it up. Where a repository's password
does not lie on this machine, the turn is left to the machine where it does. A turn that somebody was killed in comes
back when its time is over.
"""

from __future__ import annotations

import logging
import shutil
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import IntegrityError, transaction

from groundrules.core.backups import BackupPolicy, drill_is_due, verify_is_due
from groundrules.gateways.repositories import RepositoryUnusable
from groundrules.records.models import Asset, BackupTurn
from groundrules.records.models import BackupPolicy as PolicyRow
from groundrules.services.actor import ENGINE
from groundrules.services.backups.drilling import NoCheckSet, NothingToRestore, drill
from groundrules.services.backups.passwords import is_openable_here
from groundrules.services.backups.reading import read_repository
from groundrules.services.backups.showing import states_of
from groundrules.services.backups.verifying import verify

_LOG = logging.getLogger(__name__)
NEVER = "none"
_READ, _DRILL, _VERIFY = "read", "drill", "verify"
_READ_EVERY = timedelta(hours=1)
# The longest restore and the longest check together, and a little.
_DRILL_LASTS = timedelta(hours=8)
_AGAIN = timedelta(hours=6)
_FAILURES = (RepositoryUnusable, NothingToRestore, NoCheckSet)


def do_due(
    clock: Callable[[], datetime], *, goes_on: Callable[[], bool] = lambda: True
) -> tuple[str, ...]:
    """This function will read, drill and verify each repository whose time has come, until told to stop.

    Returns what was done, a line each. A failure to reach a repository is noted with the turn and said on the page.
    """
    if settings.GROUNDRULES_DRILLS == NEVER:
        return ()
    done: list[str] = []
    for asset, policy in _readable_here():
        if not goes_on():
            break
        done += _read(asset, policy, clock)
        done += _drill(asset, policy, clock)
        done += _verify(asset, policy, clock)
    return tuple(done)


def any_readable_here() -> bool:
    """This function will say whether this machine has any repository to read or to drill by itself."""
    return settings.GROUNDRULES_DRILLS != NEVER and next(_readable_here(), None) is not None


def problem_of(asset: Asset, name: str) -> str:
    """This function will say what stood in the way of the last turn of a backup, or nothing."""
    rows = BackupTurn.objects.filter(asset=asset, name=name).exclude(problem="")
    last = rows.order_by("-tried_at").first()
    if last is None or last.tried_at is None:
        return ""
    return f"The last try to {last.act} it, at {last.tried_at:%Y-%m-%d %H:%M} UTC, failed: {last.problem}"


def _readable_here() -> Iterator[tuple[Asset, BackupPolicy]]:
    """Policies whose repository this machine can open: its program and its password are here."""
    rows = PolicyRow.objects.current().filter(retired=False).select_related("asset__client")
    for row in rows.order_by("pk"):
        policy = row.to_core()
        if policy.product == "restic" and policy.place:
            if _has_password_here(policy, row.asset) and shutil.which("restic"):
                yield row.asset, policy
        elif policy.product == "postgresql" and policy.place and Path(policy.place).is_dir():
            yield row.asset, policy


def _has_password_here(policy: BackupPolicy, asset: Asset) -> bool:
    if policy.password_file:
        return Path(policy.password_file).is_file()
    return is_openable_here(policy, asset)


def _read(asset: Asset, policy: BackupPolicy, clock: Callable[[], datetime]) -> list[str]:
    turn = claim(asset, policy.name, _READ, clock(), _READ_EVERY)
    if turn is None:
        return []
    try:
        taken = read_repository(policy, asset, actor=ENGINE, at=clock())
    except _FAILURES as failed:
        return [_failed(turn, failed, clock(), _READ_EVERY)]
    _over(turn, clock(), _READ_EVERY)
    return [f"{asset}: {taken.new} new of {policy.name}"] if taken.new else []


def _drill(asset: Asset, policy: BackupPolicy, clock: Callable[[], datetime]) -> list[str]:
    state = next((s for s in states_of(asset, clock()) if s.policy.name == policy.name), None)
    if state is None or not policy.check or not drill_is_due(state, clock()):
        return []
    turn = claim(asset, policy.name, _DRILL, clock(), _DRILL_LASTS)
    if turn is None:
        return []
    scratch = Path(settings.GROUNDRULES_DRILLS) if settings.GROUNDRULES_DRILLS else None
    try:
        found = drill(policy, asset, actor=ENGINE, clock=clock, scratch=scratch).drill
    except (*_FAILURES, OSError) as failed:
        return [_failed(turn, failed, clock(), _AGAIN)]
    _over(turn, clock(), timedelta())
    return [
        f"{asset}: restore of {policy.name} {'proven' if found.passed else 'FAILED'}: {found.says}"
    ]


def _verify(asset: Asset, policy: BackupPolicy, clock: Callable[[], datetime]) -> list[str]:
    state = next((s for s in states_of(asset, clock()) if s.policy.name == policy.name), None)
    if state is None or not verify_is_due(state, clock()):
        return []
    turn = claim(asset, policy.name, _VERIFY, clock(), _DRILL_LASTS)
    if turn is None:
        return []
    try:
        found = verify(policy, asset, actor=ENGINE, clock=clock)
    except (*_FAILURES, OSError) as failed:
        return [_failed(turn, failed, clock(), _AGAIN)]
    _over(turn, clock(), timedelta())
    if not found.whole:
        return [f"{asset}: {policy.name} is DAMAGED: {found.says}"]
    read = f", part {found.part} of {found.parts}" if found.parts > 1 else ""
    return [f"{asset}: {policy.name} is whole{read}"]


def claim(asset: Asset, name: str, act: str, at: datetime, lasts: timedelta) -> BackupTurn | None:
    """This function will take a turn, if nobody has it; of two that ask at once one gets it."""
    try:
        with transaction.atomic():
            row, made = BackupTurn.objects.get_or_create(
                asset=asset, name=name, act=act, defaults={"until": at + lasts}
            )
    except IntegrityError:
        return None
    if made:
        return row
    taken = BackupTurn.objects.filter(pk=row.pk, until=row.until, until__lte=at)
    return row if taken.update(until=at + lasts) else None


def _over(turn: BackupTurn, at: datetime, again: timedelta) -> None:
    rows = BackupTurn.objects.filter(pk=turn.pk)
    rows.update(until=at + again, tried_at=at, problem="")


def _failed(turn: BackupTurn, failed: Exception, at: datetime, again: timedelta) -> str:
    rows = BackupTurn.objects.filter(pk=turn.pk)
    rows.update(until=at + again, tried_at=at, problem=str(failed)[:1000])
    _LOG.warning("%s: %s", turn, failed)
    return f"{turn}: {failed}"
