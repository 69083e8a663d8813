"""Events for benchmarks: real payloads in which everything that differs between records differs, by a fixed seed.

Times, record numbers, host names, process and login identifiers, ports and activity ids are new in every record; only
what real records of one type share is repeated.
"""

from __future__ import annotations

import hashlib
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from groundrules.core.events import HOUR, Event, instant, microseconds
from groundrules.core.ids import AssetId, EvidenceId
from groundrules.readers.context import ReadingContext
from groundrules.readers.events import events_of

BEGIN = microseconds(datetime(2026, 11, 9, tzinfo=UTC))
_DIFFERS = re.compile(
    r'(?P<time>"SystemTime":"[^"]+")|(?P<record>"EventRecordID":\d+)|(?P<host>"Computer":"[^"]*")'
    r'|(?P<hex>"0x[0-9a-f]{3,}")|(?P<number>"(?:ProcessID|ThreadID|IpPort)":"?\d+"?)|(?P<guid>"[0-9A-F]{8}-[0-9A-F-]{27}")'
)


@dataclass(frozen=True)
class Template:
    """A real payload cut at what differs: texts between, and the kind of each thing that differs."""

    type: str
    channel: str
    texts: tuple[str, ...]
    kinds: tuple[str, ...]


def templates(samples: Path) -> list[Template]:
    """Cut every record of the captured Windows logs, each as often as it was captured."""
    context = ReadingContext(AssetId("X"), EvidenceId("0" * 64), "UTC", datetime.now(UTC))
    found = []
    for path in sorted(samples.rglob("*.evtx")):
        for event in events_of("evtx", path.read_bytes(), context):
            differs = list(_DIFFERS.finditer(event.payload))
            cuts = [0, *(edge for one in differs for edge in one.span()), len(event.payload)]
            texts = [event.payload[a:b] for a, b in zip(cuts[::2], cuts[1::2], strict=True)]
            kinds = tuple(str(one.lastgroup) for one in differs)
            found.append(Template(event.type, event.channel, tuple(texts), kinds))
    return found


def hour_of_events(made_of: list[Template], hour: int, servers: int, rows: int) -> Iterator[Event]:
    """Make one hour of the fleet's events, the same every time."""
    dice = random.Random(hour)  # noqa: S311 - examples, not secrets
    begin = BEGIN + hour * HOUR
    hosts = [f"SRV{number:03}" for number in range(servers)]
    digests = [hashlib.sha256(f"{hour}/{host}".encode()).hexdigest() for host in hosts]
    for number in range(rows):
        template = made_of[dice.randrange(len(made_of))]
        server = dice.randrange(servers)
        at = begin + dice.randrange(HOUR)
        record = hour * rows + number
        yield Event(
            hosts[server],
            at,
            template.type,
            template.channel,
            record,
            number + 1,
            digests[server],
            _payload(template, dice, at, record, hosts[server]),
        )


def _payload(template: Template, dice: random.Random, at: int, record: int, host: str) -> str:
    pieces = [template.texts[0]]
    bits = dice.getrandbits(64)
    for kind, text in zip(template.kinds, template.texts[1:], strict=True):
        bits = (bits * 6364136223846793005 + 1442695040888963407) & 0xFFFFFFFFFFFFFFFF
        match kind:
            case "time":
                pieces.append(f'"SystemTime":"{instant(at).isoformat()}"')
            case "record":
                pieces.append(f'"EventRecordID":{record}')
            case "host":
                pieces.append(f'"Computer":"{host.lower()}.harbor.example"')
            case "hex":
                pieces.append(f'"0x{bits >> 40:x}"')
            case "number":
                pieces.append(f'"ProcessID":{bits >> 50}')
            case _:
                pieces.append(f'"{bits >> 32:08X}-0000-1000-8000-{bits >> 16:012X}"')
        pieces.append(text)
    return "".join(pieces)
