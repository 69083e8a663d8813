"""An inventory document: whose it is, when it was taken, and a snapshot of each section that is followed.

A document that does not say when it was taken is no snapshot: the time it was handed in would bound changes wrongly.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from groundrules.core.evidence import Item, ItemKind, Reading, Snapshot
from groundrules.readers.context import ReadingContext
from groundrules.readers.documents import Placed, Row, inner, objects, of_our_host, rows, said
from groundrules.readers.glpi.sections import KINDS, item_in
from groundrules.readers.glpi.xml_tree import BrokenXml, Element, UnsafeXml, xml_tree
from groundrules.readers.linux.tally import Tally
from groundrules.readers.linux.wall_clock import place

READER = "glpi/1"
ANOTHER_HOST = "glpi/another host"
OFFSET = re.compile(r"([+-])(\d\d):?(\d\d)")


def read_glpi(raw: bytes, context: ReadingContext) -> Reading:
    """This function will read an inventory in JSON (one, several or one a line) or XML into snapshots, a section each.

    Entries of sections not followed here are counted as unknown.
    """
    tally = Tally(READER, context)
    is_xml = raw.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"<")
    documents = _from_xml(tally, raw) if is_xml else objects(tally, raw)
    whole = [placed for placed in documents if _is_inventory(tally, placed)]
    is_ours = of_our_host((_host(placed.fields) for placed in whole), context)
    for placed in whole:
        host = _host(placed.fields)
        if is_ours(host):
            tally.hosts.update({host} - {""})
            _take(tally, placed)
        else:
            tally.unknown(ANOTHER_HOST)
    return tally.reading()


def _from_xml(tally: Tally, raw: bytes) -> list[Placed]:
    try:
        root = xml_tree(raw)
    except (UnsafeXml, BrokenXml) as refused:
        tally.damage("the document", str(refused))
        return []
    value = _value(root)
    return [Placed("entry 1", value)] if isinstance(value, dict) else []


def _value(element: Element) -> object:
    """Elements inside become named values; those that repeat become a list."""
    if not element.inside:
        return element.text.strip()
    values: dict[str, object] = {}
    for one in element.inside:
        value, known = _value(one), values.get(one.name)
        if known is None:
            values[one.name] = value
        else:
            values[one.name] = [*known, value] if isinstance(known, list) else [known, value]
    return values


def _is_inventory(tally: Tally, placed: Placed) -> bool:
    if inner(placed.fields, "content"):
        return True
    tally.damage(placed.place, "not an inventory: it has no content")
    return False


def _host(fields: Row) -> str:
    return said(fields, "content.hardware.name", "content.operatingsystem.fqdn")


def _take(tally: Tally, placed: Placed) -> None:
    content = inner(placed.fields, "content")
    items: dict[str, list[Item]] = {}
    architecture = said(content, "operatingsystem.arch", "hardware.arch")
    for section in content:
        for row in rows(content, section):
            if section not in KINDS:
                tally.unknown(f"glpi/{section}")
                continue
            tally.known(f"glpi/{section}")
            item = item_in(section, row, architecture)
            items.setdefault(section, []).extend([item] if item is not None else [])
    followed = sorted(KINDS.keys() & content.keys())
    taken_at = _taken_at(tally.context, content)
    if taken_at is None and not followed:
        return
    if taken_at is None:
        tally.damage(
            placed.place, "it does not say when it was taken (accesslog), so it is no snapshot"
        )
        return
    for section in followed:
        _keep(tally, taken_at, section, items.get(section, []))


def _keep(tally: Tally, taken_at: datetime, section: str, items: list[Item]) -> None:
    """A partial inventory lists some sections; what it does not name was not looked at."""
    kinds: frozenset[ItemKind] = KINDS[section]
    asset, cited = tally.context.asset, tally.cite(section)
    tally.snapshots.append(Snapshot(asset, taken_at, kinds, tuple(items), cited))


def _taken_at(context: ReadingContext, content: Mapping[str, object]) -> datetime | None:
    """The time of the inventory is the host's own wall clock; its offset is told beside it, else the zone is known."""
    written = said(content, "accesslog.logdate")
    try:
        wall = datetime.fromisoformat(written)
    except ValueError:
        return None
    if not 1970 < wall.year < 9000:  # noqa: PLR2004 - an unset clock is no time
        return None
    if wall.tzinfo is not None:
        return wall.astimezone(UTC)
    offset = OFFSET.fullmatch(said(content, "operatingsystem.timezone.offset"))
    if offset:
        ahead = timedelta(hours=int(offset[2]), minutes=int(offset[3]))
        return wall.replace(tzinfo=UTC) - (ahead if offset[1] == "+" else -ahead)
    (instant,) = place(context.zone, [wall])
    return instant.latest if instant else None
