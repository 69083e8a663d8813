"""Starting a run that outlives the page it was asked for on: a program of its own, that the page only looks at."""

from __future__ import annotations

import subprocess
import sys
from datetime import datetime
from pathlib import Path

from django.conf import settings

from groundrules.gateways.ansible import AnsibleEngine
from groundrules.records import models as books
from groundrules.services.actor import Actor
from groundrules.services.remote.passes import may_plan
from groundrules.services.remote.running import AlreadyRunning, check_may_run
from groundrules.services.remote.showing import is_running


def start(row: books.WorkPlan, verb: str, *, actor: Actor, at: datetime) -> None:
    """This function will start `run` or `retry` of a plan beside us.

    Raises RunRefused, NothingToRetry, AlreadyRunning, and AnsibleMissing, which nobody would see in that program. It
    checks everything again itself; what stops it stands in the runs' folder.
    """
    may_plan(actor)
    if is_running(row.ref):
        message = f"{row.ref} is being run right now"
        raise AlreadyRunning(message)
    AnsibleEngine().check()
    check_may_run(row, at, only_first=verb == "run")
    folder = Path(settings.GROUNDRULES_DATA) / "runs"
    folder.mkdir(parents=True, exist_ok=True, mode=0o750)
    program = Path(sys.executable).with_name("groundrules")
    with (folder / f"{row.ref}.log").open("ab") as log:
        subprocess.Popen(  # noqa: S603 - our own program; the reference is one of ours
            [program, "patch", verb, row.ref, "--as", actor.label],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
