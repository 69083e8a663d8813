"""Replays on Linux: an overlay over a restored tree, in private namespaces with no network but its own loopback.

A state is prepared once, by doing its changes again on the good tree in their recorded order; each run then starts
that state afresh on an overlay of its own. A prepared state lies only on the tree it was made on, never on another.
A running copy is the good state, started; once it passes its check the changes are made in it, and it is asked again.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from shutil import rmtree

from groundrules.core.ids import ChangeId
from groundrules.core.replay.answers import Outcome, State
from groundrules.gateways.replay.actions import script_for
from groundrules.gateways.replay.secrets import secrets_in
from groundrules.gateways.replay.site import Action, ReplaySite, Seen

_HERE = Path(__file__).parent
_SHARED_MEMORY = Path("/dev/shm")  # noqa: S108 - where it is, and only for our own new folder
_NOBODY_HOME = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8"}
MACHINE_ID = Path("/etc/machine-id")
_PREPARED = 0


class NotAReplica(ValueError):
    """The tree is, or may be, a running server's own; replay only ever touches a copy."""


@dataclass(frozen=True, slots=True)
class _Prepared:
    lower: str
    log: str
    failed: bool


def refuse_production(tree: Path) -> None:
    """This function will raise NotAReplica unless the tree is a copy that is in no running process's use."""
    if not (tree / "etc").is_dir():
        raise NotAReplica(
            f"{tree} holds no restored server (no etc folder); restore one there first"
        )
    if tree.resolve().samefile("/"):
        raise NotAReplica(
            f"{tree} is the root of the running host. A replay removes packages and changes passwords: "
            "restore a backup into a folder of another machine and replay that"
        )
    _refuse_own_machine(tree)
    for root in Path("/proc").glob("[0-9]*/root"):
        if _is_in_use(root, tree):
            raise NotAReplica(
                f"{tree} is the root of running process {root.parent.name}; stop it, or copy it"
            )


def _refuse_own_machine(tree: Path) -> None:
    ours, theirs = MACHINE_ID, tree / "etc/machine-id"
    same = ours.is_file() and theirs.is_file() and ours.read_text().strip()
    if same and same == theirs.read_text().strip():
        raise NotAReplica(
            f"{tree} is a copy of the very host this runs on (same machine-id). Never replay on the "
            "production host: take the copy to another machine"
        )


def _is_in_use(root: Path, tree: Path) -> bool:
    try:
        return root.samefile(tree)
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        return False  # The process ended while we looked, or it is not ours to look at.


@dataclass(frozen=True, slots=True)
class Lines:
    """What is run inside a copy: at its start, and after its first check (a running copy); and what checks it."""

    inside: Path
    after: Path | None = None
    check: tuple[str, ...] = ("true",)


class LinuxReplay:
    """The overlay backend. Needs root for mounts; everything it makes lies in one folder that `close` removes."""

    def __init__(self) -> None:
        place = _SHARED_MEMORY if _SHARED_MEMORY.is_dir() else None
        self.folder = Path(tempfile.mkdtemp(prefix="groundrules-replay-", dir=place))
        self._prepared: dict[tuple[Path, frozenset[str]], _Prepared] = {}
        self._count = 0

    def run(self, state: State, site: ReplaySite) -> Seen:
        """This function will start one state from scratch, ask the health check from outside, and end it all."""
        tree = site.end_tree if state.end_copy and site.end_tree else site.tree
        refuse_production(tree)
        prepared = self._state(tree, state, site)
        if prepared.failed:
            return Seen(Outcome.INVALID, "a change could not be made again", prepared.log)
        asks = (sys.executable, str(_HERE / "probe.py"), site.url)
        lines = Lines(self._write("start", site.start), self._after(state, site), asks)
        code, log = self._isolated(self._new(), prepared.lower, lines, site)
        outcome, signature = _judged(site, code, log)
        return Seen(outcome, signature, f"{prepared.log}\n--- run\n{log}")

    def close(self) -> None:
        """This function will remove every copy; mounts ended with their namespaces."""
        rmtree(self.folder, ignore_errors=True)

    def _state(self, tree: Path, state: State, site: ReplaySite) -> _Prepared:
        before = frozenset[ChangeId]() if state.running else state.changes
        key = (tree, before)
        if key not in self._prepared:
            self._prepared[key] = self._prepare(tree, before, site)
        return self._prepared[key]

    def _after(self, state: State, site: ReplaySite) -> Path | None:
        """The lines that are run in a running copy; none when changes are made before the start."""
        if not state.running:
            return None
        return self._write("changes", "set -e\n" + script_for(_chosen(state.changes, site)))

    def _prepare(self, tree: Path, made: frozenset[ChangeId], site: ReplaySite) -> _Prepared:
        scrub = _scrub_lines(secrets_in(tree, site.keep))
        actions = script_for(_chosen(made, site))
        lines = (scrub, site.store_start, actions, site.store_stop)
        layer = self._new()
        inside = self._write("prepare", "set -e\n" + "\n".join(lines))
        code, log = self._isolated(layer, str(tree), Lines(inside), site)
        lower = f"{layer / 'upper'}:{tree}"
        return _Prepared(lower, f"--- prepare {sorted(made)}\n{log}", code != _PREPARED)

    def _new(self) -> Path:
        self._count += 1
        layer = self.folder / f"{self._count:05}"
        for name in ("upper", "work", "root"):
            (layer / name).mkdir(parents=True)
        return layer

    def _write(self, name: str, lines: str) -> Path:
        path = self.folder / f"{name}-{sha256(lines.encode()).hexdigest()[:16]}.sh"
        path.write_text(lines)
        return path

    def _isolated(self, layer: Path, lower: str, lines: Lines, site: ReplaySite) -> tuple[int, str]:
        """Nothing of a run outlives its namespaces: they end with their first process."""
        packages = str(site.packages or "")
        after = "" if lines.after is None else str(lines.after)
        command = (
            *("unshare", "--mount", "--pid", "--net", "--ipc", "--uts", "--fork", "--kill-child"),
            *("sh", str(_HERE / "isolate.sh"), str(layer), lower, str(lines.inside)),
            *(after, packages, *lines.check),
        )
        try:
            done = subprocess.run(  # noqa: S603 - fixed programs; the lines come from the site's description
                command,
                capture_output=True,
                text=True,
                errors="replace",
                timeout=site.seconds,
                check=False,
                env=_NOBODY_HOME,
                stdin=subprocess.DEVNULL,
            )
        except subprocess.TimeoutExpired:
            return 124, f"stopped after {site.seconds} s"
        return done.returncode, done.stderr + _ANSWER + done.stdout


_ANSWER, _CHANGED = "\n--- answer\n", "\n--- changed\n"


def _judged(site: ReplaySite, code: int, log: str) -> tuple[Outcome, str]:
    """Only an answer of the check is judged; a copy that could not be started at all shows nothing, nor does a running
    one that did not pass before it was changed.
    """
    if code:
        return Outcome.INVALID, f"the copy could not be started or changed (exit {code})"
    first, changed, last = log.rpartition(_ANSWER)[2].rpartition(_CHANGED)
    if changed and site.judge(first)[0] is not Outcome.PASSES:
        return Outcome.INVALID, "the running copy did not pass before the changes"
    return site.judge(last)


def _chosen(made: frozenset[ChangeId], site: ReplaySite) -> tuple[Action, ...]:
    return tuple(action for action in site.actions if action.change in made)


def _scrub_lines(places: tuple[str, ...]) -> str:
    """Emptied, not removed: programs that only look for the file still find it. Shadow keeps its names, locked."""
    shadow = "for f in /etc/shadow*; do [ ! -f $f ] || sed -i -E 's/^([^:]*):[^:]*/\\1:!/' $f; done"
    emptied = (place for place in places if not place.startswith("etc/shadow"))
    lines = (": > '/" + place.replace("'", "'\\''") + "'" for place in emptied)
    return "\n".join((shadow, *lines))
