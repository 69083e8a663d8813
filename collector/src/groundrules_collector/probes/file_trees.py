"""Every file of the chosen folders by digest, mode, owner and change time; only what moved is read again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from groundrules_collector.host import HostView
from groundrules_collector.probe import Item, NotLookedAt, SnapshotProbe, Spec
from groundrules_collector.probes import config_files
from groundrules_collector.trees import Entry, is_due, listed, scan
from groundrules_wire import Fact

SPEC = Spec(
    name="file-trees",
    version="1",
    kinds=("file",),
    collects="SHA-256, mode, owner and change time of every file below the folders of the setting `trees` (/etc)",
    never=(
        "the text of any file; digests of shadow files, private keys and key stores; files that another probe tells "
        "by what is in them (accounts, cron tables, units, configuration files)"
    ),
    columns=(
        ("key", "path on the host"),
        (
            "sha256",
            "digest of its bytes; absent for what is never digested and above 64 MiB (then size)",
        ),
        ("mode", "octal permissions"),
        ("owner", "uid:gid"),
        ("link", "where a symbolic link points"),
    ),
)
# One change is told once: these are listed by their content, or by their own digest, elsewhere.
LISTED_ELSEWHERE = (
    "/etc/passwd*",
    "/etc/group*",
    "/etc/shadow*",
    "/etc/gshadow*",
    "/etc/crontab",
    "/etc/cron.*/*",
    "/etc/systemd/system/*.service",
    "/etc/systemd/system/*.socket",
    "/etc/systemd/system/*.timer",
    "/etc/init.d/*",
    "/etc/ssh/*.pub",
)


def mark(view: HostView) -> str | None:
    """This function will look at every file and name the state of the trees: it changes when one of them does.

    None while the last look was too recent for what it cost: large trees are looked at less often than small ones.
    """
    if view.tree_index is None:
        return ""
    if not is_due(view.tree_index):
        return None
    found = scan(view.tree_index, view.root, view.trees)
    view.problems.extend(found.problems)
    if view.cursors is not None:
        now = view.cursors.now.isoformat()
        view.cursors.facts.extend(
            Fact("silent-alteration", "", now, {"path": path}) for path in found.altered_silently
        )
    return found.generation


def items(view: HostView) -> Iterator[Item]:
    """This function will yield every file as the last look found it."""
    if view.tree_index is None or not view.trees:
        reason = "no folders were chosen"
        raise NotLookedAt(reason)
    elsewhere = {
        view.shown(path)
        for pattern in (*config_files.CHOSEN, *LISTED_ELSEWHERE, *view.config_files)
        for path in view.files(pattern)
    }
    for path, entry in listed(view.tree_index):
        if path not in elsewhere:
            yield Item(
                "file", path, _told(entry), datetime.fromtimestamp(int(entry["changed"]), UTC)
            )


def _told(entry: Entry) -> dict[str, str]:
    return {name: str(value) for name, value in entry.items() if name != "changed"}


PROBE = SnapshotProbe(SPEC, items, mark)
