"""What tests of our own work share: a clock that goes on, an engine that takes its time, and a patch run."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from groundrules.core.ids import (
    AssetId,
)
from groundrules.core.remote import PatchPolicy, Ring
from groundrules.gateways.ansible import HostEvent, Target, Tell
from groundrules.records import models as books
from groundrules.services import remote
from tests.cast import BEGINNING, OLGA, TARIQ

HOUR = timedelta(hours=1)
NOON = BEGINNING + timedelta(days=40)
HOST_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIK0wmN/Cr3JXqmLW7u+g9pTh+wyqDHpSQEIQczXkVx9q"


LOOKED = """Inst hello [1.0] (2.0 lab:1 [all])
Conf hello (2.0 lab:1 [all])
"""
SATURDAY = NOON + timedelta(days=3)


class Clock:
    """Says a later instant each time it is asked, by a step."""

    def __init__(self, start: datetime, step: timedelta = timedelta(minutes=7)) -> None:
        self.now, self.step = start, step

    def __call__(self) -> datetime:
        """This function will say the time."""
        self.now += self.step
        return self.now


def said(task: str, printed: str = "", outcome: str = "ok", host: str = "SRV1") -> HostEvent:
    """One answer of a host to one task."""
    return HostEvent(host, task, outcome, NOON, printed)


class Slow(remote.NullEngine):
    """An engine that takes its time."""

    def __init__(self, clock: Clock, patch: Sequence[HostEvent]) -> None:
        super().__init__({"look": [said("look", LOOKED)], "patch": patch, "job": patch})
        self.clock = clock

    def play(self, playbook: str, targets: Sequence[Target], tell: Tell) -> None:
        """This function will let half an hour pass, and tell what was prepared."""
        if playbook != "look":
            self.clock.now += timedelta(minutes=30)
        super().play(playbook, targets, tell)


def patched(client: books.Client, start: datetime, engine: Slow | None = None) -> tuple[str, Clock]:
    """Plan, approve and run patches of SRV1 at an instant as Tariq; the attempt's name, and the clock."""
    clock = Clock(start, timedelta(seconds=1))
    engine = engine or Slow(clock, [said("upgrade", "Setting up hello (2.0)")])
    policy = PatchPolicy("MSA-HARBOR", (Ring("first", (AssetId("SRV1"),)),), approver="technician")
    remote.set_policy(policy, client, actor=OLGA, at=start)
    plan = remote.plan_patches(client, "first", actor=TARIQ, at=start, engine=engine)
    row = remote.plan_called(plan.id)
    remote.approve(row, actor=OLGA, at=start, outside_hours="as agreed")
    remote.run(row, actor=TARIQ, clock=clock, engine=engine)
    return f"{plan.id}.1", clock


def tariq() -> books.User:
    """The user Tariq is."""
    return books.User.objects.get(email=TARIQ.label)
