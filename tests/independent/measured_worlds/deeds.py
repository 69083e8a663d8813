"""What can be done to a component, how harmful it is, and what a failure after it says.

The weights of password, uninstall, service stop, patch and restart are those measured in section 3.3 of the reference;
the others lie between them by judgement. Delays: `soon` minutes for what breaks at once, `later` days for what waits
for a restart or the next use; `waits` is the share that waits.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp

_PER_STEP = 0.56
"""How much less likely each further step makes it (in logarithms), as fitted in section 3.3 of the reference."""
_FURTHEST = 5
"""Beyond so many steps nothing breaks (section 2: 0.12 at five, 0.00 at six)."""


@dataclass(frozen=True, slots=True)
class Deed:
    """One kind of change. `often` weighs how often people do it, `as_kind` says what the record calls its item."""

    name: str
    action: str
    weight: float
    often: float
    waits: float = 0.2
    soon: float = 10.0
    later: float = 3.0
    as_kind: str = ""
    says: tuple[str, ...] = ()

    def breaks(self, steps: int, harm: float) -> float:
        """This function will return how likely this breaks an application `steps` away (1 for what it needs itself)."""
        if steps > _FURTHEST:
            return 0.0
        return min(0.9, harm * exp(self.weight)) * exp(-_PER_STEP * (steps - 1))


_REMOVED_PACKAGE = (
    "Could not load file or assembly '{part}' or one of its dependencies",
    "{part} is not installed on this computer",
    "Die Komponente {part} wurde nicht gefunden",
)
_LOGIN = (
    "Login failed for user '{part}'",
    "password authentication failed for user {part}",
    "Fehler bei der Anmeldung für den Benutzer '{part}'",
)
_STOPPED = (
    "The service {part} is not running",
    "connect: connection refused ({part})",
    "Der Dienst {part} wurde nicht gestartet",
)
_SETTING = (
    "error while reading {part}",
    "unexpected value in {part}, line 41",
    "Ungültige Konfiguration: {part}",
)
_PORT = (
    "connection to {part} timed out",
    "no route to {part}",
    "Zeitüberschreitung beim Verbinden mit {part}",
)
_CERTIFICATE = (
    "The remote certificate {part} was rejected: name mismatch",
    "unable to get local issuer certificate for {part}",
    "SSL handshake failed ({part})",
)
_VERSION = (
    "Method not found after loading {part}",
    "version mismatch: {part} is newer than expected",
    "incompatible version of {part}",
)
_ACCESS = ("Access to {part} is denied", "permission denied: {part}", "Zugriff verweigert: {part}")
_MISSING_PATH = ("The system cannot find {part}", "no such file or directory: {part}")

RESTART = Deed(
    "restarted",
    "altered",
    -1.29,
    1.0,
    waits=0.0,
    says=("The service did not come up after a restart",),
)
PATCH = Deed("patched", "added", -0.97, 1.0, waits=0.4, as_kind="patch", says=_VERSION)

_PASSWORD = Deed("password changed", "altered", 1.94, 0.35, waits=0.35, later=2.5, says=_LOGIN)
_UPGRADE = Deed("upgraded", "altered", 0.3, 1.6, waits=0.25, says=_VERSION)
_UNINSTALL = Deed("uninstalled", "removed", 1.85, 0.25, says=_REMOVED_PACKAGE)
_REINSTALL = Deed("repaired", "altered", -0.5, 0.8, says=_VERSION)
_EDIT = Deed("edited", "altered", 0.5, 2.0, waits=0.45, says=_SETTING)

DEEDS: dict[str, tuple[Deed, ...]] = {
    "package": (_UPGRADE, _UNINSTALL, _REINSTALL),
    "runtime": (_UPGRADE, _UNINSTALL, _REINSTALL),
    "service": (
        Deed("stopped", "altered", 1.71, 0.35, waits=0.05, soon=4.0, says=_STOPPED),
        Deed("start type changed", "altered", 0.4, 0.7, waits=0.9, later=6.0, says=_STOPPED),
        Deed("account of the service changed", "altered", 0.9, 0.5, waits=0.6, says=_ACCESS),
    ),
    "config file": (_EDIT,),
    "file": (
        Deed("replaced", "altered", 0.4, 1.2, says=_VERSION),
        Deed("deleted", "removed", 1.4, 0.2, says=_MISSING_PATH),
    ),
    "database login": (
        _PASSWORD,
        Deed("role taken away", "altered", 1.2, 0.4, says=_ACCESS),
        Deed("default database set", "altered", -0.2, 0.8, says=_LOGIN),
    ),
    "password": (_PASSWORD,),
    "account": (
        Deed("disabled", "altered", 1.3, 0.2, waits=0.3, says=_LOGIN),
        Deed("description changed", "altered", -1.5, 0.8, says=_LOGIN),
    ),
    "group": (Deed("member taken out", "altered", 0.2, 0.6, waits=0.5, says=_ACCESS),),
    "port": (
        Deed("rule removed", "removed", 1.0, 0.3, soon=3.0, says=_PORT),
        Deed("rule changed", "altered", 0.5, 0.8, soon=3.0, says=_PORT),
    ),
    "certificate": (
        Deed("replaced", "altered", 0.7, 0.7, waits=0.3, says=_CERTIFICATE),
        Deed("removed", "removed", 1.3, 0.15, waits=0.3, says=_CERTIFICATE),
    ),
    "scheduled task": (
        Deed("changed", "altered", -0.3, 1.0, waits=0.7, later=2.0, says=_SETTING),
        Deed("removed", "removed", 0.5, 0.2, waits=0.7, later=2.0, says=_MISSING_PATH),
    ),
    "timer": (Deed("changed", "altered", -0.3, 1.0, waits=0.7, later=2.0, says=_SETTING),),
    "mount": (Deed("mapped elsewhere", "altered", 0.8, 0.5, waits=0.3, says=_MISSING_PATH),),
    "driver": (Deed("updated", "altered", 0.1, 0.5, waits=0.6, says=_VERSION),),
    "ssh key": (Deed("replaced", "altered", 0.5, 0.5, waits=0.6, says=_ACCESS),),
    "sudo rule": (Deed("changed", "altered", -0.3, 0.4, waits=0.6, says=_ACCESS),),
    "audit policy": (Deed("changed", "altered", -2.0, 0.4, says=_SETTING),),
    "clock": (Deed("time source changed", "altered", -0.4, 0.3, waits=0.7, says=_CERTIFICATE),),
    "host": (RESTART,),
}

NEW: tuple[tuple[str, str, str], ...] = (
    ("package", "{word} {number}.{minor}", "installed"),
    ("account", "{word}-{number}", "account made"),
    ("scheduled task", "{word} nightly {number}", "task made"),
    ("port", "tcp/{number}", "rule added"),
    ("config file", "/etc/{word}/{number}.conf", "file added"),
    ("file", "C:\\Temp\\{word}{number}.zip", "file added"),
)
"""What is added and touches nothing that anybody needs yet: kind, name, summary."""

GENERIC = (
    "HTTP 500",
    "HTTP 503",
    "The application has stopped working",
    "request timed out",
    "Unbekannter Fehler",
    "no answer",
)
QUIET: dict[str, tuple[str, ...]] = {
    "disk": (
        "There is not enough space on the disk",
        "No space left on device",
        "I/O error reading from drive",
        "Auf dem Datenträger ist nicht genügend Speicherplatz",
    ),
    "certificate": (
        "The certificate has expired",
        "certificate has expired (notAfter)",
        "Das Zertifikat ist abgelaufen",
    ),
    "provider outage": (
        "The remote name could not be resolved",
        "upstream gateway unreachable",
        "503 from the maker's licence server",
    ),
    "unknown": ("request timed out", "out of memory", "deadlock victim", "HTTP 503"),
}
QUIET_SHARES = {"disk": 0.22, "certificate": 0.14, "provider outage": 0.22, "unknown": 0.42}
