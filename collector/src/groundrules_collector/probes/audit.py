"""The kernel's audit log, with what people typed left on the host: those lines keep their event id only."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial

from groundrules_collector.host import HostView
from groundrules_collector.probe import Log, LogProbe, Spec
from groundrules_collector.raw_files import raw_log

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
        yield replace(log, chunks=partial(without_typing, log.chunks), notes=(*log.notes, NOTE))


def without_typing(chunks: Callable[[], Iterator[bytes]]) -> Iterator[bytes]:
    """This function will yield a log line by line, lines that carry typed words cut after `msg=audit(…):`.

    The rest of a line whose beginning was left on the host could be anything, so it is left there as well.
    """
    for line in _lines(chunks()):
        found = CUT_TYPES.match(line)
        if found:
            yield found[1] + MARK
        else:
            yield line if line.startswith((b"type=", b"node=")) else MARK.lstrip()


def _lines(chunks: Iterator[bytes]) -> Iterator[bytes]:
    rest = b""
    for chunk in chunks:
        *whole, rest = (rest + chunk).split(b"\n")
        yield from (line + b"\n" for line in whole)
    if rest:
        yield rest


PROBE = LogProbe(SPEC, logs)
