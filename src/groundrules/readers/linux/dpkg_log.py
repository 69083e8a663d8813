"""dpkg.log: the second each package operation began and ended, in local time, without who.

Format from dpkg(1), "--log": `startup`, `status`, `conffile` and the actions install, upgrade, configure, trigproc,
disappear, remove and purge. A purge alone removes configuration of a package that is gone: counted, not a change.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime

from groundrules.core.evidence import Action, ItemKind, Observation, Reading
from groundrules.readers.context import ReadingContext
from groundrules.readers.linux.packages import in_words, native_architecture, package_key
from groundrules.readers.linux.tally import Tally, numbered_lines
from groundrules.readers.linux.wall_clock import Instant, place

READER = "dpkg-log/1"
LINE = re.compile(r"(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d) (\S+)(?: (.*))?")
ACTIONS = {
    "install": Action.ADDED,
    "upgrade": Action.ALTERED,
    "remove": Action.REMOVED,
    "disappear": Action.REMOVED,
}
ACTION_WORDS = frozenset({*ACTIONS, "configure", "trigproc", "purge"})
KNOWN = frozenset({*ACTION_WORDS, "startup", "status", "conffile"})
FINISHED = frozenset({"installed", "not-installed", "config-files"})
NO_VERSION = frozenset({"<none>", "<unknown>", ""})
ACTION_FIELDS = 3
STATUS_FIELDS = 3


@dataclass(frozen=True, slots=True)
class _Entry:
    number: int
    word: str
    fields: tuple[str, ...]
    wall: datetime


def read_dpkg_log(raw: bytes, context: ReadingContext) -> Reading:
    """This function will read a dpkg.log into package observations dated by the package manager itself."""
    tally = Tally(READER, context)
    entries = [
        entry for number, line in numbered_lines(raw) if (entry := _entry(tally, number, line))
    ]
    names = (entry.fields[0] for entry in entries if entry.word in ACTION_WORDS and entry.fields)
    native = native_architecture(names, context.architecture)
    finished: dict[str, int] = {}
    for entry, instant in zip(
        entries, place(context.zone, [entry.wall for entry in entries]), strict=True
    ):
        if instant is None:
            tally.damage(f"line {entry.number}", f"{entry.wall} does not exist in {context.zone}")
            continue
        _count(tally, entry)
        _take(tally, entry, instant, native, finished)
    return tally.reading()


def _entry(tally: Tally, number: int, line: str) -> _Entry | None:
    found = LINE.fullmatch(line)
    if not found:
        tally.damage(f"line {number}", "not a dpkg.log line (date, time, word)")
        return None
    word, fields = found[2], tuple((found[3] or "").split(" "))
    if (word in ACTION_WORDS and len(fields) != ACTION_FIELDS) or (
        word == "status" and len(fields) != STATUS_FIELDS
    ):
        tally.damage(
            f"line {number}", f"a {word} line has {len(fields)} fields instead of {ACTION_FIELDS}"
        )
        return None
    try:
        return _Entry(number, word, fields, datetime.fromisoformat(found[1]))
    except ValueError:
        tally.damage(f"line {number}", f"{found[1]} is not a date and time")
        return None


def _count(tally: Tally, entry: _Entry) -> None:
    if entry.word in KNOWN:
        tally.known(f"dpkg/{entry.word}")
    else:
        tally.unknown(f"dpkg/{entry.word}")


def _take(
    tally: Tally, entry: _Entry, instant: Instant, native: str, finished: dict[str, int]
) -> None:
    if entry.word in ACTIONS:
        finished[package_key(entry.fields[0], native)] = len(tally.observations)
        tally.observations.append(_observation(tally, entry, instant, native))
    elif entry.word == "status" and entry.fields[0] in FINISHED:
        begun = finished.pop(package_key(entry.fields[1], native), None)
        if begun is not None:
            seen = tally.observations[begun]
            written = instant.latest if instant.latest > seen.at else seen.recorded_at
            # dpkg puts the old version back when a package's own script refuses: an attempt, not a change.
            reached = seen.after is None or entry.fields[2] == seen.after
            tally.observations[begun] = replace(seen, recorded_at=written, succeeded=reached)


def _observation(tally: Tally, entry: _Entry, instant: Instant, native: str) -> Observation:
    name, current, available = entry.fields
    action = ACTIONS[entry.word]
    before = None if action is Action.ADDED or current in NO_VERSION else current
    after = None if action is Action.REMOVED or available in NO_VERSION else available
    key = package_key(name, native)
    return Observation(
        asset=tally.context.asset,
        kind=ItemKind.PACKAGE,
        key=key,
        action=action,
        at=instant.at,
        citation=tally.cite(entry.number),
        before=before,
        after=after,
        recorded_at=instant.bound,
        summary=in_words(key, action, before, after),
        correlation=f"dpkg|{tally.context.asset}|{instant.at.isoformat()}",
    )
