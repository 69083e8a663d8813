"""Shells of our own people: on record before the server is touched, closed when the end is seen, here or in its log.

Whoever kills us in the middle leaves an open-ended shell, which is a suspect all the same. It is closed once the
server's own log says when its login was over; until then its end counts as not seen.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from groundrules.core.attribution.certificates import certificate_of
from groundrules.core.evidence import Session
from groundrules.core.ids import AssetId, TechnicianId
from groundrules.core.periods import Period
from groundrules.core.remote import EndKnownBy, OwnShell, end_in_log, ended
from groundrules.gateways.gate import Pass
from groundrules.gateways.shell import ShellDoor, SshShellDoor
from groundrules.records import models as books
from groundrules.records.models import Client, Gate, User
from groundrules.services.actor import ENGINE, Actor, NotAllowed
from groundrules.services.filing import Filing, enter
from groundrules.services.gate.ways import way_to
from groundrules.services.remote.passes import may_plan, own_account, work_passes
from groundrules.services.remote.planning import gates_of
from groundrules.services.remote.showing import is_running, only_runner
from groundrules.services.shelf import short_digest
from groundrules.services.turns import take_turn
from groundrules.services.work import record_run

_BEFORE = timedelta(minutes=5)
_NO_SHELL = "a Windows server; a shell is opened by SSH only. Use a remote desktop of yours, and log the time by hand"
_LOOKED_BACK = timedelta(days=31)


@dataclass(frozen=True, slots=True)
class ShellAsked:
    """Where a shell is asked for, why, and for which ticket; `command` is the one thing to do instead of a terminal."""

    server: str
    why: str
    issue: str = ""
    command: str = ""


@dataclass(frozen=True, slots=True)
class ShellShown:
    """A shell and how it stands; that it is `under_way` is known on the machine where it was opened only."""

    row: books.OwnShell
    shell: OwnShell
    under_way: bool

    @property
    def standing(self) -> str:
        """The shell in a few words."""
        if self.shell.period.end is not None:
            return "ended" if self.shell.end_known is EndKnownBy.HERE else "ended, by its log"
        return "open" if self.under_way else "end not seen"


@contextmanager
def shell_on(
    client: Client, asked: ShellAsked, *, actor: Actor, clock: Callable[[], datetime]
) -> Iterator[tuple[OwnShell, Gate, Pass]]:
    """This function will put a shell on record, lend the key that opens it, and write down its end whatever ends it.

    Raises WhyMissing, HostUnknown, NoAuthority and NotAllowed before anything is written.
    """
    may_plan(actor)
    if actor == ENGINE:
        message = "a shell is a person's; name yours with --as"
        raise NotAllowed(message)
    gate, at = gates_of(client, [asked.server], windows=_NO_SHELL)[0], clock()
    ref = f"SHL-{short_digest(f'{client.code}|{asked.server}|{actor.label}|{at.isoformat()}')[:8]}"
    shell = OwnShell(
        id=ref,
        asset=AssetId(gate.asset.code),
        person=actor.label,
        why=asked.why.strip(),
        period=Period(at, None),
        technician=_technician(actor),
        issue=asked.issue.strip(),
    )
    held = work_passes([gate.asset], ref, at=at, terminal=True)[gate.asset.code]
    with only_runner(ref):
        with transaction.atomic():
            own_account([gate], actor=actor, at=at)
            _file(
                shell,
                client,
                "remote.shell_open",
                f"shell on {shell.asset}: {shell.why}",
                actor,
                at,
            )
        try:
            yield shell, gate, held
        finally:
            _close(shell, client, EndKnownBy.HERE, clock(), actor, clock())


def open_shell(
    client: Client,
    asked: ShellAsked,
    *,
    actor: Actor,
    clock: Callable[[], datetime],
    door: ShellDoor | None = None,
) -> tuple[OwnShell, int]:
    """This function will give a person a shell on a server and return it with what it ended with; raises as `shell_on`
    and SshMissing.
    """
    with shell_on(client, asked, actor=actor, clock=clock) as (shell, gate, held):
        code = (door or SshShellDoor()).enter(way_to(gate), held, asked.command)
    row = books.OwnShell.objects.of_client(client).current().get(ref=shell.id)
    return row.to_core(), code


def freeze_on(client: Client, server: str, at: datetime) -> str:
    """This function will name the freeze that a server is in; empty when it is in none."""
    freezes = (row.to_core() for row in books.Freeze.objects.of_client(client).current())
    held = (f for f in freezes if f.period.contains(at) and (not f.assets or server in f.assets))
    return next((f.reason or f.id for f in held), "")


def _technician(actor: Actor) -> TechnicianId | None:
    user = User.objects.filter(email=actor.label).select_related("technician").first()
    return TechnicianId(user.technician.code) if user and user.technician else None


def _file(
    shell: OwnShell, client: Client, verb: str, says: str, actor: Actor, at: datetime
) -> None:
    enter(shell, verb, f"{shell.id}: {says}", Filing(client, actor, at))
    record_run(shell.run, client=client, actor=actor, at=at)


def _close(
    shell: OwnShell, client: Client, how: EndKnownBy, end: datetime, actor: Actor, at: datetime
) -> bool:
    """Closes a shell once: whoever comes second finds its end on record and leaves it."""
    with transaction.atomic():
        take_turn(client)
        row = books.OwnShell.objects.of_client(client).current().get(ref=shell.id)
        if row.ended_at is not None:
            return False
        whole = ended(row.to_core(), end, how)
        says = f"shell on {shell.asset} ended, {how.value}"
        _file(whole, client, "remote.shell_end", says, actor, at)
    return True


def settle_shells(at: datetime) -> int:
    """This function will close shells whose end nobody saw here and the server's own log has; returns how many."""
    rows = books.OwnShell.objects.current().filter(ended_at=None, started_at__gt=at - _LOOKED_BACK)
    left = [row for row in rows.select_related("client", "asset") if not is_running(row.ref)]
    return sum(_settle(row, at) for row in left)


def _settle(row: books.OwnShell, at: datetime) -> bool:
    shell = row.to_core()
    end = end_in_log(shell, logins_of([row])[row.ref])
    return end is not None and _close(shell, row.client, EndKnownBy.HOST, end, ENGINE, at)


def logins_of(rows: Iterable[books.OwnShell]) -> defaultdict[str, list[tuple[Session, str]]]:
    """This function will return the logins that servers' own logs have with each shell's certificate."""
    listed = list(rows)
    found: defaultdict[str, list[tuple[Session, str]]] = defaultdict(list)
    if not listed:
        return found
    names = {row.ref for row in listed}
    seen = books.Session.objects.current().filter(
        asset__in=[row.asset_id for row in listed],
        started_at__gte=min(row.started_at for row in listed) - _BEFORE,
    )
    for session in (one.to_core() for one in seen.order_by("started_at", "pk")):
        key, _ = certificate_of(session)
        if key in names:
            found[key].append((session, key))
    return found


def newest_shells(client: Client | None = None, most: int = 100) -> list[ShellShown]:
    """This function will list the newest shells, of one client or of all."""
    rows = books.OwnShell.objects.current().select_related("client", "asset")
    chosen = rows.filter(client=client) if client else rows
    return [
        ShellShown(row, row.to_core(), row.ended_at is None and is_running(row.ref))
        for row in chosen.order_by("-started_at", "-pk")[:most]
    ]
