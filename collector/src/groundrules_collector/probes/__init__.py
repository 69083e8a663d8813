"""Every probe, in the order it runs; a new one is one file and one line here."""

from groundrules_collector.probe import LogProbe, SnapshotProbe
from groundrules_collector.probes import (
    accounts,
    audit,
    config_files,
    logins,
    mounts,
    package_history,
    packages,
    ports,
    scheduled_tasks,
    services,
)

SNAPSHOT_PROBES: tuple[SnapshotProbe, ...] = (
    packages.PROBE,
    services.PROBE,
    accounts.PROBE,
    config_files.PROBE,
    ports.PROBE,
    scheduled_tasks.PROBE,
    mounts.PROBE,
)
LOG_PROBES: tuple[LogProbe, ...] = (package_history.PROBE, logins.PROBE, audit.PROBE)
