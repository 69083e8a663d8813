"""Every probe, in the order it runs; a new one is one file and one line here."""

from groundrules_collector.probe import LogProbe, SnapshotProbe
from groundrules_collector.probes import (
    accounts,
    audit,
    certificates,
    config_files,
    database_logins,
    disk_arrays,
    disk_health,
    file_trees,
    kernel_modules,
    logins,
    mounts,
    package_history,
    packages,
    ports,
    runtimes,
    scheduled_tasks,
    services,
    ssh_keys,
    sudoers,
    timers,
)

SNAPSHOT_PROBES: tuple[SnapshotProbe, ...] = (
    packages.PROBE,
    services.PROBE,
    accounts.PROBE,
    config_files.PROBE,
    sudoers.PROBE,
    ports.PROBE,
    scheduled_tasks.PROBE,
    timers.PROBE,
    mounts.PROBE,
    disk_arrays.PROBE,
    disk_health.PROBE,
    kernel_modules.PROBE,
    ssh_keys.PROBE,
    certificates.PROBE,
    runtimes.PROBE,
    database_logins.PROBE,
    file_trees.PROBE,
)
LOG_PROBES: tuple[LogProbe, ...] = (package_history.PROBE, logins.PROBE, audit.PROBE)
