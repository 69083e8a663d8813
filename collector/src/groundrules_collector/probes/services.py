"""Services: unit files with their digest, whether they start at boot, and whether they run where systemd can say."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from groundrules_collector.host import HostView, changed_at, digest_of
from groundrules_collector.probe import Item, SnapshotProbe, Spec

SPEC = Spec(
    name="services",
    version="1",
    kinds=("service",),
    collects="systemd service and socket units and /etc/init.d scripts: digest, enabled or masked, running or failed",
    never="unit file text or Environment= values (they may hold passwords), only the file's digest",
    columns=(
        ("key", "unit name, or init.d/NAME"),
        ("file", "path of the unit file in force"),
        ("sha256", "digest of that file"),
        ("enabled", "yes, no or masked"),
        ("running", "yes, no or failed; absent when systemd is not running"),
    ),
)
UNIT_FOLDERS = (
    "/etc/systemd/system",
    "/usr/local/lib/systemd/system",
    "/usr/lib/systemd/system",
    "/lib/systemd/system",
)


def unit_files(view: HostView, *suffixes: str) -> dict[str, Path]:
    """This function will map each unit name to its file in force: /etc wins over /usr/lib."""
    found: dict[str, Path] = {}
    for folder in UNIT_FOLDERS:
        for suffix in suffixes:
            for path in sorted(view.path(folder).glob(f"*{suffix}")):
                found.setdefault(path.name, path)
    return found


def enabled_units(view: HostView) -> frozenset[str]:
    """This function will name the units that something wants or requires at boot."""
    folder = view.path("/etc/systemd/system")
    return frozenset(
        path.name for kind in ("wants", "requires") for path in folder.glob(f"*.{kind}/*")
    )


def unit_attributes(view: HostView, path: Path, enabled: bool) -> dict[str, str]:  # noqa: FBT001 - one fact, not a mode
    """This function will describe a unit file by path, digest and boot state; unreadable ones are recorded."""
    attributes = {"file": view.shown(path), "enabled": "yes" if enabled else "no"}
    if path.is_symlink() and path.readlink() == Path("/dev/null"):
        return attributes | {"enabled": "masked"}
    try:
        attributes["sha256"] = digest_of(path)
    except FileNotFoundError:
        attributes["sha256"] = "points nowhere"
    except OSError as error:
        view.unreadable(view.shown(path), error)
    return attributes


def items(view: HostView) -> Iterator[Item]:
    """This function will yield every service and socket unit, then every init script."""
    enabled = enabled_units(view)
    running = _running(view)
    for name, path in sorted(unit_files(view, ".service", ".socket").items()):
        attributes = unit_attributes(view, path, name in enabled)
        if running is not None:
            attributes["running"] = running.get(name, "no")
        yield Item("service", name, attributes, changed_at(path))
    for path in view.files("/etc/init.d/*"):
        script = unit_attributes(view, path, _is_started_by_init(view, path.name))
        yield Item("service", f"init.d/{path.name}", script, changed_at(path))


def _is_started_by_init(view: HostView, name: str) -> bool:
    return any(view.path("/etc").glob(f"rc[2345].d/S??{name}"))


def _running(view: HostView) -> dict[str, str] | None:
    answer = view.answer(
        "systemctl", "list-units", "--all", "--plain", "--no-legend", "--no-pager", "--full"
    )
    if answer is None:
        return None
    words = (line.split() for line in answer.decode("utf-8", "replace").splitlines())
    states = {"running": "yes", "listening": "yes", "failed": "failed"}
    return {row[0]: states.get(row[3], "no") for row in words if len(row) > 3}  # noqa: PLR2004 - UNIT LOAD ACTIVE SUB


PROBE = SnapshotProbe(SPEC, items)
