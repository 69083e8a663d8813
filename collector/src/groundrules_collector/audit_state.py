"""The kernel audit system's own state: is it on, how large is its backlog, and how many records has it lost."""

from __future__ import annotations

from groundrules_collector.host import HostView

KEPT = (
    "enabled",
    "failure",
    "rate_limit",
    "backlog_limit",
    "lost",
    "backlog_wait_time",
    "loginuid_immutable",
)


def audit_state(view: HostView) -> dict[str, str]:
    """This function will ask `auditctl -s`; empty where it isn't there or may not be asked."""
    answer = view.answer("auditctl", "-s") or b""
    rows = (line.split(maxsplit=1) for line in answer.decode("utf-8", "replace").splitlines())
    found = {row[0]: row[1] for row in rows if len(row) == 2}  # noqa: PLR2004 - a name and its value
    return {name: found[name] for name in KEPT if name in found}


def newly_lost(before: str, now: str) -> int:
    """This function will count records lost since the last look; the counter starts anew when the host does."""
    if not now.isdigit():
        return 0
    earlier = int(before) if before.isdigit() else 0
    return int(now) - earlier if int(now) >= earlier else int(now)
