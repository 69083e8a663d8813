"""`groundrules timeline`: what happened on a server in a span of time, as its page tells it."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from groundrules.cli.exits import Exit
from groundrules.cli.saying import refuse
from groundrules.core.calendars import span_label, zone_label
from groundrules.core.periods import ImpossibleLocalTime, Period
from groundrules.records.models import Asset
from groundrules.services.evidence import AmbiguousHost, UnknownHost, asset_called
from groundrules.services.nights.loading import Night, latest_of, load_night
from groundrules.services.nights.rows import Listing, Row, timeline_rows
from groundrules.services.nights.spans import night_around, written, written_span
from groundrules.services.nights.story import short_answer

NAME = "timeline"
HELP = "Say what happened on a server: logins, changes and who made them, incidents."
NEEDS_DATABASE = True
_DAY = timedelta(days=1)


class SpanUnreadable(ValueError):
    """The times of the span are none, or none that a span can have."""


_REFUSED: Mapping[type[Exception], Exit] = {
    SpanUnreadable: Exit.USAGE,
    UnknownHost: Exit.NOT_FOUND,
    AmbiguousHost: Exit.CONFLICT,
}


@dataclass(frozen=True, slots=True)
class _Told:
    """A server's span with all that is said of it; `latest` is its newest change or incident, in whatever span."""

    asset: Asset
    night: Night
    listing: Listing
    latest: datetime | None

    @property
    def sentences(self) -> list[str]:
        """The short answer, a text each."""
        return ["".join(phrase.text for phrase in one) for one in short_answer(self.night)]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """This function will declare the server, the span, the client, and `--json`."""
    parser.add_argument("server", help="the server's code, or what the host calls itself")
    parser.add_argument("--client", default="", help="the client's code, if several have it")
    parser.add_argument(
        "--from",
        default="",
        dest="start",
        metavar="TIME",
        help="by the server's clock: 2007-02-21T18:00",
    )
    parser.add_argument("--to", default="", dest="end", metavar="TIME", help="without it, now")
    parser.add_argument(
        "--latest", action="store_true", help="the night or day of the newest change or incident"
    )
    parser.add_argument("--json", action="store_true", help="print data")


def run(args: argparse.Namespace) -> int:
    """This function will print the span's short answer and rows; without a span, those of the last 24 hours."""
    at = timezone.now()
    try:
        asset = asset_called(args.server, args.client)
        latest = latest_of(asset)
        night = load_night(asset, _span(args, asset, latest, at), _zone(asset), at)
    except tuple(_REFUSED) as refused:
        return refuse(refused, _REFUSED[type(refused)])
    told = _Told(asset, night, timeline_rows(night), latest)
    print(json.dumps(_as_data(told), indent=2) if args.json else "\n".join(_lines(told)))
    return Exit.OK


def _zone(asset: Asset) -> str:
    return asset.zone or asset.client.zone


def _span(args: argparse.Namespace, asset: Asset, latest: datetime | None, at: datetime) -> Period:
    zone = _zone(asset)
    if args.latest and (args.start or args.end):
        message = "--latest finds its own span; leave out --from and --to, or it"
        raise SpanUnreadable(message)
    if args.latest and latest:
        return night_around(zone, latest)
    try:
        end = args.end or at.isoformat()
        start = args.start or (written(end, zone) - _DAY).isoformat()
        return written_span(start, end, zone)
    except (ValueError, ImpossibleLocalTime) as wrong:
        message = f"no such span: {wrong}. Write times such as 2007-02-21T18:00"
        raise SpanUnreadable(message) from wrong


def _lines(told: _Told) -> Iterator[str]:
    night, asset = told.night, told.asset
    period = span_label(night.period.start, night.period.end, night.zone)
    yield f"{asset.code} of {asset.client.code}, {period}"
    yield from told.sentences
    if told.listing.rows:
        yield ""
    yield from (_line(row) for row in told.listing.rows)
    yield from _left_out(told)
    if told.latest and told.latest < night.period.start:
        yield (
            f"The newest change or incident on record is of {zone_label(told.latest, night.zone)}: "
            f"groundrules timeline {asset.code} --client {asset.client.code} --latest"
        )


def _line(row: Row) -> str:
    known = "; ".join(word for word in (row.who, row.strength, row.permission) if word)
    ref = row.opens.ref if row.opens and row.opens.ref not in row.text else ""
    return f"{row.when}  {row.kind}: {row.text}{f'  ({known})' if known else ''}{f'  {ref}' if ref else ''}"


def _left_out(told: _Told) -> Iterator[str]:
    if told.listing.hidden:
        yield f"{told.listing.hidden} more rows are not listed here: narrow the span with --from and --to."
    if told.night.incomplete:
        kinds = " and ".join(told.night.incomplete)
        yield f"The span holds more {kinds} than are read at once; these are the earliest. Narrow the span."


def _as_data(told: _Told) -> dict[str, object]:
    night = told.night
    return {
        "server": told.asset.code,
        "client": told.asset.client.code,
        "zone": night.zone,
        "from": night.period.start.isoformat(),
        "to": night.period.end.isoformat() if night.period.end else None,
        "says": told.sentences,
        "rows": [_row_as_data(row) for row in told.listing.rows],
        "rows_left_out": told.listing.hidden,
        "incomplete": list(night.incomplete),
    }


def _row_as_data(row: Row) -> dict[str, object]:
    return {
        "at": row.at.isoformat(),
        "when": row.when,
        "kind": row.kind,
        "says": row.text,
        "account": row.who,
        "strength": row.strength,
        "permission": row.permission,
        "ref": row.opens.ref if row.opens else "",
    }
