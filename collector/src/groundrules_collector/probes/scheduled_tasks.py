"""What runs by the clock: cron tables, cron folders, users' crontabs and systemd timers."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path

from groundrules_collector.host import HostView, changed_at, digest_of, mode_and_owner
from groundrules_collector.probe import Item, SnapshotProbe, Spec
from groundrules_collector.probes.services import enabled_units, unit_attributes, unit_files

SPEC = Spec(
    name="scheduled-tasks",
    version="1",
    kinds=("scheduled task",),
    collects="schedule, account and program of each line of /etc/crontab and /etc/cron.d; digests of everything else",
    never="the arguments of a command (they may hold passwords), the text of users' crontabs and scripts",
    columns=(
        ("key", "file:program, 'crontab of ACCOUNT', script path or timer unit"),
        ("schedule", "the five time fields or @nickname"),
        ("account", "who it runs as"),
        ("sha256", "digest of the command line, the crontab, the script or the timer unit"),
    ),
)
ENTRY = re.compile(r"\s*(@\w+|(?:\S+\s+){4}\S+)\s+(\S+)\s+(\S.*)")
TABLES = ("/etc/crontab", "/etc/cron.d/*")
SCRIPTS = tuple(f"/etc/cron.{often}/*" for often in ("hourly", "daily", "weekly", "monthly"))
CRONTABS = ("/var/spool/cron/crontabs/*", "/var/spool/cron/*")


def items(view: HostView) -> Iterator[Item]:
    """This function will yield entries, scripts, users' crontabs, then timers."""
    for pattern in TABLES:
        for path in view.files(pattern):
            yield from _entries(view, path)
    for pattern in SCRIPTS:
        yield from (
            item for path in view.files(pattern) for item in _digested(view, path, view.shown(path))
        )
    for pattern in CRONTABS:
        yield from (
            item
            for path in view.files(pattern)
            for item in _digested(view, path, f"crontab of {path.name}")
        )
    enabled = enabled_units(view)
    for name, path in sorted(unit_files(view, ".timer").items()):
        yield Item(
            "scheduled task", name, unit_attributes(view, path, name in enabled), changed_at(path)
        )


def _entries(view: HostView, path: Path) -> Iterator[Item]:
    used: dict[str, int] = {}
    for line in view.lines(view.shown(path)):
        entry = ENTRY.fullmatch(line)
        if not entry or line.lstrip().startswith("#") or re.match(r"\s*\w+\s*=", line):
            continue
        schedule, account, command = entry.groups()
        program = command.split()[0]
        used[program] = used.get(program, 0) + 1
        suffix = "" if used[program] == 1 else f" #{used[program]}"
        attributes = {
            "schedule": " ".join(schedule.split()),
            "account": account,
            "sha256": hashlib.sha256(command.encode()).hexdigest(),
        }
        yield Item(
            "scheduled task", f"{view.shown(path)}:{program}{suffix}", attributes, changed_at(path)
        )


def _digested(view: HostView, path: Path, key: str) -> Iterator[Item]:
    try:
        attributes = {"sha256": digest_of(path), **mode_and_owner(path)}
        yield Item("scheduled task", key, attributes, changed_at(path))
    except OSError as error:
        view.unreadable(view.shown(path), error)


PROBE = SnapshotProbe(SPEC, items)
