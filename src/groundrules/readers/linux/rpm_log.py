"""dnf.rpm.log and yum.log: what rpm installed, upgraded and erased, with the time but without who.

dnf writes ISO times with an offset (`2021-06-14T12:01:02-0400 SUBDEBUG Installed: hello-2.10-1.x86_64`), yum the
year-less local form. An upgrade is written as two lines, new and old; they become one observation.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime

from groundrules.core.evidence import Action, ItemKind, Observation, Reading
from groundrules.core.periods import NaiveTime, utc
from groundrules.readers.context import ReadingContext
from groundrules.readers.linux.packages import in_words, native_architecture, package_key
from groundrules.readers.linux.tally import Tally, numbered_lines
from groundrules.readers.linux.wall_clock import MONTHS, Instant, YearlessTime, infer_years, place

READER = "rpm-log/1"
DNF = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:Z|[+-]\d\d:?\d\d)?) (\S+) (.*)")
YUM = re.compile(r"([A-Z][a-z]{2}) ([ \d]\d) (\d\d):(\d\d):(\d\d) (.*)")
PACKAGE = re.compile(
    r"(Installed|Upgraded?|Updated|Erased?|Removed|Cleanup|Reinstall(?:ed)?|Downgraded?|Obsoleted|Verified): "
    r"(?:(\d+):)?(\S+?)(?:-(?:(\d+):)?([^-\s]+-[^-\s]+?))?(?:\.(\w+))?(?: by .*)?"
)
ACTIONS = {
    "Installed": Action.ADDED,
    "Upgrade": Action.ALTERED,
    "Updated": Action.ALTERED,
    "Downgrade": Action.ALTERED,
    "Reinstall": Action.ALTERED,
    "Erased": Action.REMOVED,
    "Erase": Action.REMOVED,
    "Removed": Action.REMOVED,
}
OLD_HALF = frozenset({"Upgraded", "Downgraded", "Reinstalled", "Cleanup", "Obsoleted"})


@dataclass(frozen=True, slots=True)
class _Entry:
    number: int
    time: datetime | YearlessTime
    text: str


def read_rpm_log(raw: bytes, context: ReadingContext) -> Reading:
    """This function will read dnf.rpm.log or yum.log into package observations."""
    tally = Tally(READER, context)
    entries = [
        entry for number, line in numbered_lines(raw) if (entry := _entry(tally, number, line))
    ]
    found = [PACKAGE.fullmatch(entry.text) for entry in entries]
    native = native_architecture(
        (f"x:{match[6]}" for match in found if match and match[6]), context.architecture
    )
    for entry, match, instant in zip(entries, found, _instants(context, entries), strict=True):
        if instant is None:
            tally.damage(f"line {entry.number}", "its date or time does not exist")
        elif match is None:
            tally.known("rpm/message") if " " in entry.text or "-" in entry.text else tally.unknown(
                "rpm/other"
            )
        else:
            tally.known(f"rpm/{match[1].casefold()}")
            _take(tally, entry, match, instant, native)
    return tally.reading()


def _entry(tally: Tally, number: int, line: str) -> _Entry | None:
    dnf = DNF.fullmatch(line)
    if dnf:
        try:
            return _Entry(number, datetime.fromisoformat(dnf[1]), dnf[3])
        except ValueError:
            tally.damage(f"line {number}", f"{dnf[1]} is not a date and time")
            return None
    yum = YUM.fullmatch(line)
    if yum and yum[1] in MONTHS:
        time = YearlessTime(MONTHS[yum[1]], int(yum[2]), int(yum[3]), int(yum[4]), int(yum[5]))
        return _Entry(number, time, yum[6])
    tally.damage(f"line {number}", "not a dnf.rpm.log or yum.log line")
    return None


def _instants(context: ReadingContext, entries: list[_Entry]) -> list[Instant | None]:
    years = iter(
        infer_years(
            [e.time for e in entries if isinstance(e.time, YearlessTime)],
            context.zone,
            context.collected_at,
        )
    )
    placed: list[Instant | None] = []
    for entry in entries:
        wall = next(years) if isinstance(entry.time, YearlessTime) else entry.time
        placed.append(_instant(context.zone, wall))
    return placed


def _instant(zone: str, wall: datetime | None) -> Instant | None:
    if wall is None:
        return None
    try:
        moment = utc(wall)
    except NaiveTime:
        return place(zone, [wall])[0]
    except OverflowError:
        return None
    return Instant(moment, moment)


def _take(tally: Tally, entry: _Entry, match: re.Match[str], instant: Instant, native: str) -> None:
    word, first_epoch, name, epoch, version, architecture = match.groups()
    key = package_key(f"{name}:{architecture or ''}", native)
    full = _version(first_epoch or epoch, version)
    if word in OLD_HALF:
        _fill_before(tally, key, full)
    elif word in ACTIONS:
        action = ACTIONS[word]
        before, after = (full, None) if action is Action.REMOVED else (None, full)
        tally.observations.append(
            Observation(
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
                correlation=f"rpm|{tally.context.asset}|{instant.at.isoformat()}",
            )
        )


def _version(epoch: str | None, version: str | None) -> str | None:
    return f"{epoch}:{version}" if version and epoch and epoch != "0" else version


def _fill_before(tally: Tally, key: str, version: str | None) -> None:
    """Gives the upgrade written just before its old version."""
    for at in range(len(tally.observations) - 1, -1, -1):
        seen = tally.observations[at]
        if seen.key == key and seen.action is Action.ALTERED and seen.before is None:
            summary = in_words(key, seen.action, version, seen.after)
            tally.observations[at] = replace(seen, before=version, summary=summary)
            return
