"""The package managers' own logs, rotated ones included: the time of a change in the words of who made it."""

from __future__ import annotations

from collections.abc import Iterator

from groundrules_collector.host import HostView
from groundrules_collector.probe import Log, LogProbe, Spec
from groundrules_collector.raw_files import raw_logs

SPEC = Spec(
    name="package-history",
    version="1",
    collects="dpkg.log*, apt/history.log*, dnf.rpm.log*, yum.log* and dnf's history database, byte for byte",
    never="terminal output of package operations (apt/term.log), which may show configuration answers",
)
SOURCES = (
    ("/var/log/dpkg.log*", "dpkg-log"),
    ("/var/log/apt/history.log*", "apt-history"),
    ("/var/log/dnf.rpm.log*", "rpm-log"),
    ("/var/log/yum.log*", "rpm-log"),
    ("/var/lib/dnf/history.sqlite", "dnf-history"),
)


def logs(view: HostView) -> Iterator[Log]:
    """This function will yield every package manager log that is there."""
    for pattern, kind in SOURCES:
        yield from raw_logs(view, pattern, kind)


PROBE = LogProbe(SPEC, logs)
