"""Who may become whom: every rule of sudoers, with programs but without their arguments."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path

from groundrules_collector.host import HostView, changed_at
from groundrules_collector.probe import Item, SnapshotProbe, Spec

SPEC = Spec(
    name="sudoers",
    version="1",
    kinds=("sudo rule",),
    collects="user or group, hosts, target accounts, tags and programs of each rule in /etc/sudoers and sudoers.d",
    never="arguments of the programs (a digest of the rule shows that they changed), Defaults, comments",
    columns=(
        ("key", "file: user or %group (with #2 for a second rule of the same)"),
        ("hosts", "hosts it is good on"),
        ("run_as", "accounts it gives, root when it says nothing"),
        ("tags", "NOPASSWD and the like"),
        ("programs", "program paths, aliases or ALL, in the order written"),
        ("sha256", "digest of the rule as written"),
    ),
)
FILES = ("/etc/sudoers", "/etc/sudoers.d/*")
NOT_RULES = re.compile(r"\s*(?:#|@|Defaults|(?:User|Runas|Host|Cmnd|Cmd)_Alias\b|$)")
RULE = re.compile(r"\s*(\S+)\s+([^=]+?)\s*=\s*(.+)")
RUN_AS = re.compile(r"\(([^)]*)\)")
TAG = re.compile(r"\b((?:NO)?(?:PASSWD|EXEC|SETENV|LOG_INPUT|LOG_OUTPUT|MAIL|FOLLOW|INTERCEPT)):")


def items(view: HostView) -> Iterator[Item]:
    """This function will yield every rule, file by file."""
    for pattern in FILES:
        for path in view.files(pattern):
            yield from _rules(view, path)


def _rules(view: HostView, path: Path) -> Iterator[Item]:
    shown = view.shown(path)
    used: dict[str, int] = {}
    for line in _whole_lines(view, shown):
        found = None if NOT_RULES.match(line) else RULE.fullmatch(line)
        if found is None:
            continue
        who = found[1]
        used[who] = used.get(who, 0) + 1
        suffix = "" if used[who] == 1 else f" #{used[who]}"
        yield Item("sudo rule", f"{shown}: {who}{suffix}", _described(found), changed_at(path))


def _whole_lines(view: HostView, shown: str) -> Iterator[str]:
    """A line that ends with a backslash goes on in the next one."""
    begun = ""
    for line in view.lines(shown):
        if line.endswith("\\"):
            begun += line[:-1]
            continue
        yield begun + line
        begun = ""


def _described(found: re.Match[str]) -> dict[str, str]:
    right = found[3]
    run_as = RUN_AS.findall(right)
    tags = list(dict.fromkeys(TAG.findall(right)))
    programs = [
        words[0] for one in TAG.sub("", RUN_AS.sub("", right)).split(",") if (words := one.split())
    ]
    return {
        "hosts": found[2],
        "run_as": "; ".join(run_as) or "root",
        "tags": ",".join(tags),
        "programs": ",".join(programs),
        "sha256": hashlib.sha256(found[0].strip().encode()).hexdigest(),
    }


PROBE = SnapshotProbe(SPEC, items)
