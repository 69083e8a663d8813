"""What tests of long runs share: people who ask for them, and a worker that carries them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.test import TestCase
from django_tasks_db.models import DBTaskResult

from groundrules.records.models import Role, User
from groundrules.services.actor import Actor
from groundrules.services.carrying.carrier import Carrier

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
OLGA = Actor("olga@greenway.example", Role.OWNER)
TESS = Actor("tess@greenway.example", Role.TECHNICIAN)


class WithWorker(TestCase):
    """An owner, a technician, and a worker whose clock stands."""

    at: datetime

    @classmethod
    def setUpTestData(cls) -> None:
        """An owner and a technician."""
        for actor in (OLGA, TESS):
            User.objects.create(email=actor.label, name=actor.label, role=actor.role.value)

    def setUp(self) -> None:
        """A worker whose clock stands."""
        self.at = NOW
        self.worker = Carrier("here|1|1", lambda: self.at, breath=0)

    def carry_all(self) -> int:
        """This function will let the worker carry what is ready, and count its turns."""
        turns = 0
        while self.worker.carry_next():
            turns += 1
        return turns

    def ready_again(self) -> None:
        """The pause is over, by the queue's own clock."""
        DBTaskResult.objects.update(run_after=NOW - timedelta(days=1))
