"""apt's history.log: one stanza per transaction, with the command line and, under sudo, the account that asked for it.

Times are local without a zone. A transaction with an Error line, or without End-Date, is kept as an attempt: dpkg.log
says which of its packages were really changed (`join_package_history`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from groundrules.core.evidence import Action, Actor, ItemKind, Observation, Reading
from groundrules.readers.context import ReadingContext
from groundrules.readers.linux.packages import in_words, native_architecture, package_key
from groundrules.readers.linux.tally import Tally, numbered_lines
from groundrules.readers.linux.wall_clock import Instant, place

READER = "apt-history/1"
FIELD = re.compile(r"([A-Z][A-Za-z-]*): ?(.*)")
PACKAGE = re.compile(r"([^\s(),]+) \(([^()]*)\)(?:, |$)")
REQUESTED_BY = re.compile(r"(.+) \((\d+)\)")
DATE = re.compile(r"\d{4}-\d\d-\d\d  ?\d\d:\d\d:\d\d")
LISTS = {
    "Install": Action.ADDED,
    "Reinstall": Action.ALTERED,
    "Upgrade": Action.ALTERED,
    "Downgrade": Action.ALTERED,
    "Remove": Action.REMOVED,
    "Purge": Action.REMOVED,
}
DATES = frozenset({"Start-Date", "End-Date"})
KNOWN = frozenset({*LISTS, *DATES, "Commandline", "Requested-By", "Error", "Comment"})
COMMAND_SHOWN = 200
BOTH_VERSIONS = frozenset({"Upgrade", "Downgrade"})


@dataclass(slots=True)
class _Transaction:
    line: int
    dates: dict[str, datetime] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    packages: list[tuple[int, str, str, str]] = field(default_factory=list)


def read_apt_history(raw: bytes, context: ReadingContext) -> Reading:
    """This function will read history.log into one observation per package of each transaction."""
    tally = Tally(READER, context)
    transactions = list(_transactions(tally, raw))
    names = (name for transaction in transactions for _, _, name, _ in transaction.packages)
    native = native_architecture(names, context.architecture)
    walls = [
        (transaction, key, wall)
        for transaction in transactions
        for key, wall in transaction.dates.items()
    ]
    placed = place(context.zone, [wall for _, _, wall in walls])
    instants = {
        (id(transaction), key): instant
        for (transaction, key, _), instant in zip(walls, placed, strict=True)
    }
    for transaction in transactions:
        start = instants.get((id(transaction), "Start-Date"))
        end = instants.get((id(transaction), "End-Date"))
        if start is None:
            tally.damage(
                f"line {transaction.line}",
                "a transaction without a readable Start-Date: its packages are undated",
            )
            continue
        tally.observations.extend(_observations(tally, transaction, (start, end), native))
    return tally.reading()


def _transactions(tally: Tally, raw: bytes) -> Iterator[_Transaction]:
    current: _Transaction | None = None
    for number, line in numbered_lines(raw):
        if not line.strip():
            if current:
                yield current
            current = None
            continue
        found = FIELD.fullmatch(line)
        if not found:
            tally.damage(f"line {number}", "not an apt history field (Name: value)")
            continue
        if found[1] == "Start-Date" and current:
            # The blank line between two stanzas is missing: an interrupted write. The second one is its own.
            yield current
            current = None
        current = current or _Transaction(number)
        _field(tally, current, number, found[1], found[2])
    if current:
        yield current


def _field(tally: Tally, transaction: _Transaction, number: int, name: str, value: str) -> None:
    if name not in KNOWN:
        tally.unknown(f"apt/{name}")
        return
    if name in DATES and not _date(tally, transaction, number, name, value):
        return
    if name in LISTS and not _packages(tally, transaction, number, name, value):
        return
    transaction.texts[name] = value
    tally.known(f"apt/{name}")


def _date(tally: Tally, transaction: _Transaction, number: int, name: str, value: str) -> bool:
    try:
        if not DATE.fullmatch(value):
            raise ValueError(value)  # noqa: TRY301 - one way to refuse a date, whatever is wrong with it
        transaction.dates[name] = datetime.fromisoformat(" ".join(value.split()))
    except ValueError:
        tally.damage(f"line {number}", f"{name} {value!r} is not a date and time")
        return False
    return True


def _packages(tally: Tally, transaction: _Transaction, number: int, name: str, value: str) -> bool:
    found = list(PACKAGE.finditer(value))
    transaction.packages.extend((number, name, entry[1], entry[2]) for entry in found)
    if "".join(entry[0] for entry in found) == value:
        return True
    tally.damage(f"line {number}", f"a {name} list is cut or malformed after {len(found)} packages")
    return False


def _observations(
    tally: Tally, transaction: _Transaction, times: tuple[Instant, Instant | None], native: str
) -> Iterator[Observation]:
    start, end = times
    actor = _actor(transaction.texts.get("Requested-By", ""))
    finished = end is not None and "Error" not in transaction.texts
    why = _why(transaction, finished=finished)
    for number, word, name, versions in transaction.packages:
        before, after = _versions(word, versions)
        key = package_key(name, native)
        said = in_words(key, LISTS[word], before, after)
        yield Observation(
            asset=tally.context.asset,
            kind=ItemKind.PACKAGE,
            key=key,
            action=LISTS[word],
            at=start.at,
            citation=tally.cite(f"{number}:{name}"),
            before=before,
            after=after,
            actor=actor,
            recorded_at=end.latest if end else start.bound,
            succeeded=finished,
            summary=f"{said}{why}",
            correlation=f"apt|{tally.context.asset}|{start.at.isoformat()}",
        )


def _why(transaction: _Transaction, *, finished: bool) -> str:
    """Quotes the command that was given, and says when it did not finish."""
    command = transaction.texts.get("Commandline", "")[:COMMAND_SHOWN]
    asked = f" by {command!r}" if command else ""
    return (
        asked
        if finished
        else f"{asked}, not finished: {transaction.texts.get('Error', 'no End-Date')}"
    )


def _actor(requested_by: str) -> Actor:
    found = REQUESTED_BY.fullmatch(requested_by)
    return Actor(account=found[1], identifier=found[2]) if found else Actor(account=requested_by)


def _versions(word: str, written: str) -> tuple[str | None, str | None]:
    first, _, second = written.partition(", ")
    if word in BOTH_VERSIONS:
        return first or None, second or None
    action = LISTS[word]
    before = None if action is Action.ADDED else first or None
    return before, None if action is Action.REMOVED else first or None
