"""What software says when it fails: naming the part, naming only itself, or naming whoever had to report it."""

from __future__ import annotations

from random import Random

_NAMES = {
    "package": (
        "Could not load file or assembly from {name} or one of its dependencies",
        "{name} is not installed on this computer",
        "Für den Start wird {name} benötigt; bitte installieren Sie {name}",
        "ImportError: cannot load {name}: No such file or directory",
        "{name} wurde nicht gefunden (0x80070002)",
    ),
    "service": (
        "The {name} service is not running",
        "Der Dienst {name} wurde nicht gestartet",
        "connect to {name} failed: connection refused",
        "{name}.service: unit not found or inactive",
        "Fehler 1068: Abhängigkeitsdienst {name} konnte nicht gestartet werden",
    ),
    "config file": (
        "Configuration error in {name}, line 14: unexpected token",
        "Fehler beim Lesen von {name}: ungültiger Wert",
        "cannot parse {name}: missing key Server",
        "{name}:31: syntax error",
    ),
    "database login": (
        "Login failed for user '{name}'.",
        "Fehler bei der Anmeldung für den Benutzer '{name}'. (18456)",
        'FATAL: password authentication failed for user "{name}"',
        "ODBC call failed: 28000 Login failed for user '{name}'",
    ),
    "port": (
        "No connection could be made because the target machine actively refused it: {name}",
        "Verbindung zu {name} abgelehnt",
        "connect ECONNREFUSED {name}",
    ),
    "account": (
        "Logon failure: account {name} is disabled",
        "Das Konto {name} ist gesperrt",
        "PAM: account {name} has expired",
    ),
    "mount": (
        "{name}: stale file handle",
        "Der Netzwerkpfad {name} wurde nicht gefunden",
        "cannot write to {name}: read-only file system",
    ),
}
_GENERIC = (
    "HTTP 500 Internal Server Error",
    "HTTP 503 Service Unavailable",
    "Object reference not set to an instance of an object.",
    "Unbehandelte Ausnahme in der Anwendung. Klicken Sie auf Weiter",
    "Laufzeitfehler 429: Objekterstellung durch ActiveX-Komponente nicht möglich",
    "java.lang.NullPointerException",
    "Zugriff verweigert",
    "The operation has timed out",
    "Keine Rückmeldung",
    "Segmentation fault (core dumped)",
    "Es ist ein unerwarteter Fehler aufgetreten",
)
# Those who report a failure sign it with their own name, whoever caused it.
_REPORTED = {
    "windows": (
        "Server Error in '/' Application. Version Information: Microsoft .NET Framework 4.8; ASP.NET 4.8.4161.0",
        "[Microsoft][ODBC Driver 17 for SQL Server] Query timeout expired",
        "[Microsoft][ODBC Driver 17 for SQL Server] Kommunikationsverknüpfungsfehler",
        ".NET Framework 4.8: unbehandelte Ausnahme System.Net.WebException",
        "IIS 10.0 (W3SVC) Detailed Error 502.3",
    ),
    "linux": (
        "502 Bad Gateway nginx",
        "psycopg2 OperationalError: server closed the connection unexpectedly",
        "php-fpm: child exited on signal 11",
        "openjdk-17-jre: exception in thread main",
    ),
}
_APPLICATION = (
    "{name} is not available",
    "{name} konnte nicht gestartet werden",
    "{name} has stopped working",
    "Beim Anmelden an {name} ist ein Fehler aufgetreten",
)
_OWN = {
    "certificate": (
        "The remote certificate is invalid: NotTimeValid",
        "certificate has expired",
        "Das Zertifikat ist abgelaufen",
        "SSL_ERROR_EXPIRED_CERT",
    ),
    "disk": (
        "There is not enough space on the disk",
        "No space left on device",
        "Auf dem Datenträger ist nicht genügend Speicherplatz",
        "could not extend file: disk full",
    ),
    "outage": (
        "getaddrinfo failed: licence.example",
        "Der Remotename konnte nicht aufgelöst werden",
        "upstream connect timeout: 203.0.113.200",
    ),
}


def naming(rng: Random, kind: str, name: str) -> str:
    """An error that names the part that is broken."""
    return rng.choice(_NAMES[kind]).format(name=name)


def of_application(rng: Random, name: str) -> str:
    """An error that names nothing but the application."""
    return rng.choice(_APPLICATION).format(name=name)


def of_anything(rng: Random, system: str) -> str:
    """An error that says nothing, or names only the part that reports it."""
    return rng.choice(_REPORTED[system]) if rng.random() < 0.35 else rng.choice(_GENERIC)


def own(rng: Random, cause: str) -> str | None:
    """What a certificate, a disk or a provider's outage says by itself; None where it says nothing of its own."""
    return rng.choice(_OWN[cause]) if cause in _OWN else None
