"""Installed packages with versions, from dpkg's own status file, rpm's database or apk's."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime

from groundrules_collector.host import HostView, identity
from groundrules_collector.probe import Item, SnapshotProbe, Spec

SPEC = Spec(
    name="packages",
    version="1",
    kinds=("package",),
    collects="name, version, architecture and state of every installed package; when it was last unpacked",
    never="package contents, maintainer scripts' output, repository passwords",
    columns=(
        ("key", "package name; name:architecture for a foreign architecture"),
        ("version", "full version with epoch and revision"),
        ("architecture", "dpkg, rpm or apk architecture"),
        ("state", "dpkg state when it is not 'installed' (half-installed, unpacked…)"),
    ),
)
DATABASES = (
    "/var/lib/dpkg/status",
    "/var/lib/rpm/rpmdb.sqlite",
    "/var/lib/rpm/rpmdb.sqlite-wal",
    "/var/lib/rpm/Packages",
    "/usr/lib/sysimage/rpm/rpmdb.sqlite",
    "/usr/lib/sysimage/rpm/rpmdb.sqlite-wal",
    "/lib/apk/db/installed",
)
NOT_THERE = ("not-installed", "config-files")
RPM_QUERY = "%{NAME}\\t%{EPOCHNUM}\\t%{VERSION}-%{RELEASE}\\t%{ARCH}\\t%{INSTALLTIME}\\n"


def items(view: HostView) -> Iterator[Item]:
    """This function will yield every installed package of dpkg, of rpm, then of apk."""
    native = identity(view).architecture
    stanza: dict[str, str] = {}
    for line in view.lines("/var/lib/dpkg/status"):
        if line:
            name, colon, value = line.partition(": ")
            if colon and name in {"Package", "Status", "Version", "Architecture"}:
                stanza[name] = value.strip()
            continue
        yield from _installed(view, stanza, native)
        stanza = {}
    yield from _installed(view, stanza, native)
    yield from _rpm(view, native)
    yield from _apk(view)


def _apk(view: HostView) -> Iterator[Item]:
    """Alpine's database: stanzas of single letters, P the name, V the version, A the architecture."""
    stanza: dict[str, str] = {}
    for line in (*view.lines("/lib/apk/db/installed"), ""):
        if line:
            stanza[line[:1]] = line[2:]
            continue
        if "P" in stanza:
            told = {"version": stanza.get("V", ""), "architecture": stanza.get("A", "")}
            yield Item("package", stanza["P"], told)
        stanza = {}


def _installed(view: HostView, stanza: dict[str, str], native: str) -> Iterator[Item]:
    state = stanza.get("Status", "").rpartition(" ")[2]
    if "Package" not in stanza or not state or state in NOT_THERE:
        return
    name, architecture = stanza["Package"], stanza.get("Architecture", "")
    attributes = {"version": stanza.get("Version", ""), "architecture": architecture}
    if state != "installed":
        attributes["state"] = state
    key = name if architecture in {"all", native} else f"{name}:{architecture}"
    yield Item("package", key, attributes, _unpacked_at(view, name, architecture))


def _unpacked_at(view: HostView, name: str, architecture: str) -> datetime | None:
    for stem in (name, f"{name}:{architecture}"):
        listing = view.path(f"/var/lib/dpkg/info/{stem}.list")
        if listing.is_file():
            return datetime.fromtimestamp(int(listing.stat().st_mtime), UTC)
    return None


def _rpm(view: HostView, native: str) -> Iterator[Item]:
    answer = view.answer("rpm", "-qa", "--qf", RPM_QUERY)
    rows = [row.split("\t") for row in (answer or b"").decode("utf-8", "replace").splitlines()]
    whole = sorted(row for row in rows if len(row) == len(RPM_QUERY.split("\\t")))
    copies = Counter((name, architecture) for name, _, _, architecture, _ in whole)
    for name, epoch, version, architecture, installed in whole:
        key = name if architecture in {"noarch", "(none)", native} else f"{name}:{architecture}"
        if copies[name, architecture] > 1:
            key = f"{key}-{version}"
        full = version if epoch in {"0", ""} else f"{epoch}:{version}"
        dated = datetime.fromtimestamp(int(installed), UTC) if installed.isdigit() else None
        yield Item("package", key, {"version": full, "architecture": architecture}, dated)


def mark(view: HostView) -> str:
    """This function will name the state of the package databases' files: while it lasts, so does what is installed."""
    files = [path.stat() for path in map(view.path, DATABASES) if path.is_file()]
    return " ".join(
        f"{one.st_ino}:{one.st_size}:{one.st_mtime_ns}:{one.st_ctime_ns}" for one in files
    )


PROBE = SnapshotProbe(SPEC, items, mark)
