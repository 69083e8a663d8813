"""The kernel's audit log, with what people typed left on the host: those lines keep their event id only."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from groundrules_collector.host import HostView
from groundrules_collector.probe import Log, LogProbe, Spec
from groundrules_collector.raw_files import cut, raw_log

SPEC = Spec(
    name="audit",
    version="1",
    collects="/var/log/audit/audit.log*: logins, account changes, services, configuration changes, system calls",
    never="keystrokes (TTY, USER_TTY) and arguments of programs (EXECVE, PROCTITLE): such lines are cut after their id",
)
CUT_TYPES = re.compile(
    rb"((?:node=\S+ )?type=(?:TTY|USER_TTY|EXECVE|PROCTITLE) msg=audit\([^)]*\):)"
)
MARK = b" left-on-the-host=1\n"
NOTE = "lines of type TTY, USER_TTY, EXECVE and PROCTITLE are cut after their event id"


def logs(view: HostView) -> Iterator[Log]:
    """This function will yield each audit log with the typed words cut out."""
    for path in view.files("/var/log/audit/audit.log*"):
        log = raw_log(view, path, "audit-log")
        if log is None:
            continue
        if log.encoding:
            view.problems.append(
                f"{log.source}: compressed, so what people typed cannot be cut out; left on the host"
            )
            continue
        skip = cut(path.stat().st_size, view.part_limit)
        yield Log(
            log.source, log.format, partial(without_typing, path, skip), "", (*log.notes, NOTE)
        )


def without_typing(path: Path, skip: int) -> Iterator[bytes]:
    """This function will yield the log line by line, lines that carry typed words cut after `msg=audit(…):`."""
    with path.open("rb") as file:
        file.seek(skip)
        for line in file:
            found = CUT_TYPES.match(line)
            yield found[1] + MARK if found else line


PROBE = LogProbe(SPEC, logs)
