"""Loaded kernel modules with version and what they taint, from /proc and /sys alone."""

from __future__ import annotations

from collections.abc import Iterator

from groundrules_collector.host import HostView
from groundrules_collector.probe import Item, NotLookedAt, SnapshotProbe, Spec

SPEC = Spec(
    name="kernel-modules",
    version="1",
    kinds=("driver",),
    collects="name, version, source version and taint of every loaded kernel module, and the running kernel's release",
    never="module parameters (they may hold keys), addresses, use counts",
    columns=(
        ("key", "module name; 'kernel' for the kernel itself"),
        ("version", "the module's own version, or the kernel's release"),
        ("srcversion", "digest of the module's source as its build wrote it"),
        ("taint", "letters of what it taints: O out of tree, E unsigned, P proprietary"),
    ),
    every=5,
)
ATTRIBUTES = ("version", "srcversion", "taint")


def items(view: HostView) -> Iterator[Item]:
    """This function will yield the kernel, then its modules in name order."""
    if not view.path("/proc/modules").is_file():
        reason = "there is no /proc/modules"
        raise NotLookedAt(reason)
    release = view.text("/proc/sys/kernel/osrelease").strip()
    yield Item("driver", "kernel", {"version": release})
    for name in sorted(line.split()[0] for line in view.lines("/proc/modules") if line.strip()):
        told = {what: view.text(f"/sys/module/{name}/{what}").strip() for what in ATTRIBUTES}
        yield Item("driver", name, {what: value for what, value in told.items() if value})


PROBE = SnapshotProbe(SPEC, items)
