"""Collecting and issuing as long runs: everybody sees how far they are, and an owner stops them between two clients.

What was done before stays, since each client is a transaction of its own; the next run goes on with the others.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from groundrules.records import models as books
from groundrules.records.models import Role
from groundrules.services.actor import Actor, require
from groundrules.services.long_runs import long_run
from groundrules.services.month_end.collecting import collect_all
from groundrules.services.month_end.issuing import issue_due

STAYS = "what was done stays, and the next run goes on from there"


def collect_watched(
    run: books.BillingRun,
    *,
    actor: Actor,
    now: Callable[[], datetime],
    tell: Callable[[books.Client], None],
) -> int:
    """This function will collect every client as a long run, and tell each; raises as `collect_all`, and RunStopped."""
    require(actor, Role.ACCOUNTANT)
    what, done = f"collect {run.ref}", 0
    with long_run(what, actor=actor, at=now(), tell=lambda *_: None, stopped=STAYS) as telling:

        def go_on(client: books.Client) -> bool:
            nonlocal done
            done += 1
            tell(client)
            telling(done, "clients collected")
            return True

        return collect_all(run, actor=actor, now=now, go_on=go_on)


def issue_watched(
    run: books.BillingRun,
    *,
    actor: Actor,
    now: Callable[[], datetime],
    tell: Callable[[books.BillingStep], None],
) -> tuple[books.BillingStep, ...]:
    """This function will issue what is due as a long run, and tell each step; raises as `issue_due`, and RunStopped."""
    require(actor, Role.ACCOUNTANT)
    what, done = f"issue {run.ref}", 0
    with long_run(what, actor=actor, at=now(), tell=lambda *_: None, stopped=STAYS) as telling:

        def go_on(step: books.BillingStep) -> bool:
            nonlocal done
            done += len(step.documents)
            tell(step)
            telling(done, "documents issued")
            return True

        return issue_due(run, actor=actor, now=now, go_on=go_on)
