"""The state of systemd timers: will they fire or not. Their unit files are among the scheduled tasks."""

from __future__ import annotations

from collections.abc import Iterator

from groundrules_collector.host import HostView
from groundrules_collector.probe import Item, NotLookedAt, SnapshotProbe, Spec

SPEC = Spec(
    name="timers",
    version="1",
    kinds=("timer",),
    collects="whether each systemd timer is loaded and active",
    never="when a timer fired last or fires next (it changes by itself), what it runs with",
    columns=(
        ("key", "timer unit"),
        ("state", "active, inactive or failed"),
        ("loaded", "loaded, masked or not-found"),
    ),
)
LIST = ("--type=timer", "--all", "--plain", "--no-legend", "--no-pager", "--full")
FIELDS = 4


def items(view: HostView) -> Iterator[Item]:
    """This function will yield every timer systemd knows of, in name order."""
    answer = view.answer("systemctl", "list-units", *LIST)
    if answer is None:
        reason = "systemd does not answer here"
        raise NotLookedAt(reason)
    rows = sorted(line.split() for line in answer.decode("utf-8", "replace").splitlines())
    for row in rows:
        if len(row) >= FIELDS:
            yield Item("timer", row[0], {"loaded": row[1], "state": row[2]})


PROBE = SnapshotProbe(SPEC, items)
