"""The one task that waits in Django's queue: carry a long run on. What carries it is set by the worker that runs it.

Its path stands in rows of the queue that a later version reads: move it only with those.
"""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar

from django_tasks import task

QUEUE = "long"
# What one waits for at a screen goes before what may take the night.
SOON, LATER, LAST = 50, 0, -50
CARRIER: ContextVar[Callable[[int], None]] = ContextVar("carrier")


@task(queue_name=QUEUE)
def carry_on(number: int) -> None:
    """This function will carry the long run of that number on; only a worker of Groundrules can."""
    CARRIER.get()(number)
