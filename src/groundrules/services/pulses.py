"""The programs that do the work beside the pages say that they live; so one sees which do, and how their jobs went."""

from __future__ import annotations

import os
import socket
from collections.abc import Mapping
from datetime import datetime, timedelta
from importlib.metadata import version

from groundrules.records.models import Pulse

EVERY = timedelta(seconds=15)
# A job may take a minute or two; a program that said nothing for longer hangs, or is gone.
ALIVE_FOR = timedelta(minutes=3)
_FORGET_AFTER = timedelta(days=2)


def beat(program: str, jobs: Mapping[str, Mapping[str, object]], *, at: datetime) -> None:
    """This function will note that this process lives and how its jobs last went."""
    told = {
        "program": program,
        "software": version("groundrules"),
        "beat_at": at,
        "jobs": {name: dict(one) for name, one in jobs.items()},
    }
    key = {"host": socket.gethostname(), "process": os.getpid()}
    Pulse.objects.update_or_create(**key, defaults=told, create_defaults={**told, "began_at": at})
    Pulse.objects.filter(beat_at__lt=at - _FORGET_AFTER).delete()


def stopped() -> None:
    """This function will take this process off the list: it ends as it should."""
    Pulse.objects.filter(host=socket.gethostname(), process=os.getpid()).delete()


def living(at: datetime) -> tuple[Pulse, ...]:
    """This function will list the programs that live, the longest running first."""
    return tuple(Pulse.objects.filter(beat_at__gt=at - ALIVE_FOR).order_by("began_at", "pk"))
