"""Evidence that comes as JSON: lines or whole documents, values by dotted path, and whose host a record is about.

Other inventories and collectors write for whole fleets. A record about another host than the one asked for is counted
and never mixed in.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import orjson

from groundrules.core.evidence import Damage, GapKind
from groundrules.core.periods import Interval, utc
from groundrules.readers.context import ReadingContext
from groundrules.readers.gaps import gap_of
from groundrules.readers.linux.tally import Tally, numbered_lines
from groundrules.readers.linux.wall_clock import from_epoch

Row = Mapping[str, object]
MOST_NAMED = 5
EARLIEST = datetime(1970, 1, 2, tzinfo=UTC)
LATEST = datetime(9000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Placed:
    """One JSON object of a file and where it stands: `line 7`, or `entry 3` of a whole document."""

    place: str
    fields: Row


def objects(tally: Tally, raw: bytes) -> list[Placed]:
    """This function will return every JSON object of the bytes: one a line, or one whole document or list of them.

    What is no object is damage with its place.
    """
    body = raw.removeprefix(b"\xef\xbb\xbf")
    whole = _whole(body)
    if whole is not None:
        entries: Iterable[tuple[str, object]] = (
            (f"entry {number}", entry) for number, entry in enumerate(whole, 1)
        )
    else:
        entries = ((f"line {number}", line) for number, line in _parsed_lines(tally, body))
    found: list[Placed] = []
    for place, entry in entries:
        if isinstance(entry, dict):
            found.append(Placed(place, entry))
        else:
            tally.damage(place, "not a JSON object")
    return found


def _whole(body: bytes) -> Sequence[object] | None:
    """One document over several lines, or one list; None when the bytes are lines of their own."""
    begin = body.lstrip()[:1]
    first_line = body.lstrip().partition(b"\n")[0].strip()
    if begin not in {b"{", b"["} or (begin == b"{" and _is_json(first_line)):
        return None
    try:
        document = orjson.loads(body)
    except orjson.JSONDecodeError:
        return None
    return document if isinstance(document, list) else [document]


def _is_json(written: bytes) -> bool:
    try:
        orjson.loads(written)
    except orjson.JSONDecodeError:
        return False
    return True


def _parsed_lines(tally: Tally, body: bytes) -> Iterator[tuple[int, object]]:
    for number, line in numbered_lines(body):
        if not line.strip():
            continue
        try:
            yield number, orjson.loads(line)
        except orjson.JSONDecodeError as error:
            tally.damage(f"line {number}", f"not a JSON object: {error}")


def text(value: object) -> str:
    """This function will write a JSON value as text; a list joined by commas, nothing for an object or null."""
    match value:
        case str():
            return value.replace("\x00", "\ufffd").strip()
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case float():
            return str(int(value)) if value.is_integer() else str(value)
        case list():
            return ", ".join(said for one in value if (said := text(one) if _is_flat(one) else ""))
        case _:
            return ""


def _is_flat(value: object) -> bool:
    return isinstance(value, str | int | float)


def found(fields: Row, path: str) -> object:
    """This function will return the value at a dotted path (`agent.name`), nested or written flat, or None."""
    if path in fields:
        return fields[path]
    here: object = fields
    for name in path.split("."):
        if not isinstance(here, dict) or name not in here:
            return None
        here = here[name]
    return here


def said(fields: Row, *paths: str) -> str:
    """This function will return the first of several values that says anything, as text."""
    return next((written for path in paths if (written := text(found(fields, path)))), "")


def inner(fields: Row, path: str) -> Row:
    """This function will return the object at a dotted path, empty when there is none."""
    value = found(fields, path)
    return value if isinstance(value, dict) else {}


def rows(fields: Row, path: str) -> list[Row]:
    """This function will return the objects at a dotted path: those of a list, or the single one."""
    value = found(fields, path)
    listed = value if isinstance(value, list) else [value]
    return [one for one in listed if isinstance(one, dict)]


def epoch(written: str, divisor: int = 1) -> datetime | None:
    """This function will read seconds since 1970 (or parts of one, by `divisor`) as UTC; None when that is no time."""
    digits = written.partition(".")[0]
    if not (digits.isascii() and digits.isdecimal()) or len(digits) > 20:  # noqa: PLR2004 - longer is no time
        return None
    whole, rest = divmod(int(digits), divisor)
    return _plausible(from_epoch(whole, rest * 1_000_000 // divisor))


def iso(written: str) -> datetime | None:
    """This function will read an ISO 8601 time with its offset as UTC; None when it has none or is no time."""
    try:
        moment = datetime.fromisoformat(written)
        return _plausible(utc(moment)) if moment.tzinfo else None
    except (ValueError, OverflowError):
        return None


def _plausible(moment: datetime | None) -> datetime | None:
    """Unset clocks write 1601 or 1970; what lies outside of these bounds is no time of a server."""
    return moment if moment and EARLIEST < moment < LATEST else None


def digest(written: str) -> str:
    """This function will name a text that may hold a secret by its SHA-256: enough to see that two differ."""
    return hashlib.sha256(written.encode()).hexdigest()


def note_damage(tally: Tally, source: str, times: Mapping[str, datetime]) -> None:
    """This function will keep the span each damaged record lies in: between the readable ones around it.

    `times` gives the time of each readable record by its place. What the damaged ones told is missing from what is
    said about that span.
    """
    dated = sorted((_number(place), at) for place, at in times.items())
    numbers = [number for number, _ in dated]
    spans: dict[tuple[datetime, datetime], list[Damage]] = {}
    for damage in tally.damages:
        place = bisect_left(numbers, _number(damage.where))
        around = [at for _, at in dated[max(place - 1, 0) : place + 1]]
        if around:
            spans.setdefault((min(around), max(around)), []).append(damage)
    for (low, high), damages in spans.items():
        names = ", ".join(damage.where for damage in damages[:MOST_NAMED])
        more = f" and {len(damages) - MOST_NAMED} more" if len(damages) > MOST_NAMED else ""
        says = f"{names}{more} of {source} could not be read"
        kind, interval = GapKind.RECORDS_DAMAGED, Interval(low, high)
        tally.gaps.append(gap_of(tally.context.asset, kind, interval, source, says, None))


def _number(place: str) -> int:
    digits = place.rpartition(" ")[2]
    return int(digits) if digits.isdecimal() else 0


def short(host: str) -> str:
    """This function will return a host's own name in lower case, without its domain (addresses stay whole)."""
    name = host.casefold().strip()
    return name if name.replace(".", "").isdigit() else name.partition(".")[0]


def of_our_host(names: Iterable[str], context: ReadingContext) -> Callable[[str], bool]:
    """This function will say which host names mean the host whose evidence this is.

    A file about one host is taken as handed in, whatever that host calls itself (a UUID, an old name). In a file about
    several, only the host asked for counts.
    """
    known = {short(name) for name in names if name}
    if len(known) <= 1:
        return lambda _name: True
    ours = {short(context.host), short(context.asset)}
    return lambda name: not name or short(name) in ours
