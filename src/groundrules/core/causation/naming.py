"""Whether an error names a component: by whole words, never guessed at, and a version only when it agrees.

A component that is called what errors are made of (`Server`, the package `file`), or like the application itself, is
not told by an error that says the word. Nor is one that only signs the error: who reports a failure need not have it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from groundrules.core.changes import normalised
from groundrules.core.changes.components import named_version, update_target

# Where errors are signed by whoever reports them: vendor and driver in brackets in front (ODBC), a module before the
# class of an exception (Python, Java), the server's name behind the reason phrase of a status (RFC 9110, 15) or before
# the words *detailed error* (IIS), the versions at the end of a page of ASP.NET, and a connection string, which quotes
# all it was told to connect with (`Server=...;User ID=...;`).
_SIGNED = (
    re.compile(r"^(?P<rest>)(?:\[[^\]]*\]\s*)+"),
    re.compile(r"^(?P<rest>)[\w-]+[. ][\w.]*(?:error|exception|warning)\b:"),
    re.compile(
        r"(?P<rest>\b50\d (?:internal server error|bad gateway|service (?:temporarily )?unavailable|gateway time-?out)"
        r"\b).*$"
    ),
    re.compile(r"^.*\b(?P<rest>detailed error\b)"),
    re.compile(r"(?P<rest>)\bversion information:.*$"),
    re.compile(r"(?P<rest>)(?:[a-z][\w ]*=[^;=]*;\s*)+(?:[a-z][\w ]*=[^;=:\s]*)?"),
    re.compile(r"(?P<rest>)[?&][\w.-]+=[^&\s]*"),
)
_NUMBER = re.compile(r"\d+(?:\.\d+)*")
_SHORTEST = 2
# What a path in an error stands between.
_EDGES = r"\s\"'`()=\[\]<>,;:|»«„“"
# What errors say whatever failed, and what some component or package is called as well; in English and German.
_COMMON = frozenset(
    re.findall(
        r"\w+",
        """
        access account address agent app application archive at authentication backup base bus cache certificate
        check client clock command config configuration connection console control data database desktop device
        directory disk dns document domain driver dump email engine error event exchange export file files
        folder format gateway group history home host hosts image import index input install job journal kernel
        key language layer less library licence license link list loader local lock log login logon mail main
        manager map media memory menu message module monitor more mount name network node none null object
        office output package page parser passwd password patch path phone platform plugin policy pool port
        portal ports print printer process profile program protocol provider proxy query queue record registry
        remote report reports request resource root router run runtime safe scan scanner schedule scheduler
        schema screen script search security server service services session settings setup shell signature site
        socket software source spooler start state storage store stream support sync system table task tasks
        terminal test text themes thread time token tool tools transaction transfer tree trust type update
        updates upload user users util value version video view viewer volume web which window windows worker
        workstation zone anmeldung anwendung benutzer daten datenbank datei dienst drucker fehler konto netz
        netzwerk ordner programm protokoll sitzung speicher verbindung zeit zugriff
        """,
    )
)


def mentions(error: str, component: str, application: str = "") -> bool:
    """This function will say whether an error of an application names a component by its name or its file's, in an
    agreeing version.
    """
    text = _said(error)
    names = any(_names(text, n) and _is_telling(n, application) for n in _spellings(component))
    return names or _names_end(text, component, application)


@lru_cache(maxsize=4096)
def _said(error: str) -> str:
    """What an error says, without who says it."""
    text = normalised(error)
    for signature in _SIGNED:
        text = signature.sub(r"\g<rest>", text)
    return text.strip()


@lru_cache(maxsize=65536)
def _is_telling(name: str, application: str) -> bool:
    """Neither a word that errors are made of, nor one of those the application is called by."""
    plain, _ = named_version(name)
    called = re.search(rf"(?<![\w$-]){re.escape(plain)}(?![\w$-])", normalised(application))
    return plain not in _COMMON and called is None


@lru_cache(maxsize=65536)
def _spellings(component: str) -> tuple[str, ...]:
    whole = (component, update_target(component), component.removesuffix(".service"))
    return tuple(dict.fromkeys(whole))


@lru_cache(maxsize=65536)
def _names_end(text: str, component: str, application: str) -> bool:
    """A file by its name alone, but not one of that name elsewhere; a port by its number, where it is called a port."""
    end = re.split(r"[/\\]", normalised(component))[-1]
    if end == normalised(component) or len(end) < _SHORTEST or not _is_telling(end, application):
        return False
    if end.isdecimal():
        return re.search(rf"(?:\bport |(?:[a-z\]]|\.\d{{1,3}}):){end}\b", text) is not None
    path = rf"(?<![^{_EDGES}])((?:[a-z]:)?[^{_EDGES}]*?){re.escape(end)}(?![\w$-]|\.\w)"
    return any(_is_end_of(component, found[1] + end) for found in re.finditer(path, text))


def _is_end_of(component: str, told: str) -> bool:
    """Slashes of either kind, and a path told from its root is that path or another file."""
    whole, path = (normalised(name).replace("\\", "/") for name in (component, told))
    return f"/{whole}".endswith(f"/{path}")


@lru_cache(maxsize=65536)
def _names(text: str, name: str) -> bool:
    plain, version = named_version(name)
    if len(plain) < _SHORTEST:
        return False
    found = re.search(rf"(?<![\w$-]){re.escape(plain)}(?![\w$-])", text)
    if found is None:
        return False
    return not version or _agrees(version, _NUMBER.findall(text[found.end() :]))


def _agrees(version: tuple[int, ...], numbers: Iterable[str]) -> bool:
    """An error without any number after the name may be of any version."""
    seen = [tuple(int(part) for part in number.split(".")) for number in numbers]
    return not seen or any(v[: len(version)] == version[: len(v)] for v in seen)
