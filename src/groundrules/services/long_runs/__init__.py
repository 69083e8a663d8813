"""Long runs on record: who began one, how far it is, and a way to stop it that leaves nothing half done.

Some run in the program they were started in, which tells the record how far it is (`long_run`). Others are asked for
(`ask`), wait in a queue, and a worker carries them out step by step (services/carrying).
"""

from groundrules.services.long_runs.asking import (
    CannotStartAgain,
    Wanted,
    ask,
    enqueue,
    forget_ended,
    note_seen,
    start_again,
)
from groundrules.services.long_runs.stopping import (
    RunIsOver,
    UnknownRun,
    ask_to_stop,
    leave_behind,
)
from groundrules.services.long_runs.watched import (
    CUT_OFF,
    NOTHING_KEPT,
    STANDS_STILL,
    RunStopped,
    Tell,
    long_run,
)

__all__ = [
    "CUT_OFF",
    "NOTHING_KEPT",
    "STANDS_STILL",
    "CannotStartAgain",
    "RunIsOver",
    "RunStopped",
    "Tell",
    "UnknownRun",
    "Wanted",
    "ask",
    "ask_to_stop",
    "enqueue",
    "forget_ended",
    "leave_behind",
    "long_run",
    "note_seen",
    "start_again",
]
