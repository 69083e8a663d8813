"""How a row of somebody's inventory becomes an item, and how the difference of two rows is said.

Every source here names the same thing by other columns. A shape says which column is the key and which columns are
worth comparing; what changes by itself (process ids, last run times) is left out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from groundrules.core.changes.compare import is_secret
from groundrules.core.evidence import Action, Actor, Item, ItemKind, Observation
from groundrules.readers.documents import Row, digest, said
from groundrules.readers.evtx.secrets import redact_command
from groundrules.readers.linux.packages import in_words
from groundrules.readers.linux.tally import Tally

VERSION = "version"


@dataclass(frozen=True, slots=True)
class Shape:
    """Which item a row is: its kind, its key (empty: the row is no item), its attributes by the source's columns."""

    kind: ItemKind
    key: Callable[[Row], str]
    columns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    commands: tuple[str, ...] = ()
    """Attributes that are command lines: values of secret options are taken out."""


@dataclass(frozen=True, slots=True)
class Seen:
    """When and by which record a difference was seen: it happened between `at` and `recorded_at` (None: at `at`)."""

    record: str
    at: datetime
    recorded_at: datetime | None = None
    actor: Actor = field(default_factory=Actor)
    correlation: str = ""


def item_of(shape: Shape, row: Row, dated_at: datetime | None = None) -> Item | None:
    """This function will make the item a row describes; None when it lacks its key."""
    key = shape.key(row)
    if not key:
        return None
    attributes: dict[str, str] = {}
    for name, columns in shape.columns.items():
        written = said(row, *columns)
        if written and not is_secret(shape.kind, name):
            attributes[name] = redact_command(written) if name in shape.commands else written
    return Item(shape.kind, key, attributes, dated_at)


def named(*columns: str) -> Callable[[Row], str]:
    """This function will make a key out of the first of several columns that says anything."""
    return lambda row: said(row, *columns)


def program_of(command: str) -> str:
    """This function will return the program of a command line without its arguments, which may hold secrets."""
    written = command.strip()
    if written.startswith('"'):
        return written[1:].partition('"')[0]
    lowered = written.casefold()
    end = next(
        (at + 4 for ext in (".exe", ".cmd", ".bat", ".ps1") if (at := lowered.find(ext)) >= 0), 0
    )
    return written[:end] if end else written.partition(" ")[0]


def command_digest(command: str) -> str:
    """This function will tell two command lines apart without keeping either."""
    return digest(command) if command else ""


def difference(
    tally: Tally, before: Item | None, after: Item | None, seen: Seen
) -> Observation | None:
    """This function will keep what is different between two rows of one item; None when nothing worth telling is."""
    known = after or before
    if known is None or (before is not None and after is not None and _same(before, after)):
        return None
    action = _action(before, after)
    old, new = _told(before, after, before), _told(before, after, after)
    made = Observation(
        asset=tally.context.asset,
        kind=known.kind,
        key=known.key,
        action=action,
        at=seen.at,
        citation=tally.cite(seen.record),
        before=old,
        after=new,
        actor=seen.actor,
        recorded_at=seen.recorded_at,
        summary=in_words(known.key, action, old, new) if known.kind is ItemKind.PACKAGE else "",
        correlation=seen.correlation,
    )
    tally.observations.append(made)
    return made


def _same(before: Item, after: Item) -> bool:
    return before.attributes == after.attributes and before.dated_at == after.dated_at


def _action(before: Item | None, after: Item | None) -> Action:
    if before is None:
        return Action.ADDED
    return Action.REMOVED if after is None else Action.ALTERED


def _told(before: Item | None, after: Item | None, which: Item | None) -> str | None:
    """A package is told by its version; anything else by the attributes that differ."""
    if which is None:
        return None
    mine = before.attributes if before else {}
    theirs = after.attributes if after else {}
    differing = sorted(
        name
        for name in mine.keys() | theirs.keys()
        if before is None or after is None or mine.get(name) != theirs.get(name)
    )
    if which.kind is ItemKind.PACKAGE and (VERSION in differing or before is None or after is None):
        return which.attributes.get(VERSION)
    written = "; ".join(
        f"{name}: {which.attributes[name]}" for name in differing if name in which.attributes
    )
    return written or None
