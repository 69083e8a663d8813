"""What a client's report says of the parts of servers that began to fail, or to need something."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from groundrules.core.calendars import zone_label
from groundrules.core.evidence import ItemKind
from groundrules.core.health import Warned
from groundrules.core.ids import AssetId
from groundrules.core.periods import Period, utc
from groundrules.core.reasons import counted

_PARTS: Mapping[str, tuple[str, frozenset[ItemKind]]] = {
    "Disks and arrays": (
        "disks or arrays",
        frozenset({ItemKind.DISK_HEALTH, ItemKind.DISK_ARRAY}),
    ),
    "File systems, certificates and services": (
        "file systems, certificates or services",
        frozenset({ItemKind.MOUNT, ItemKind.CERTIFICATE, ItemKind.SERVICE}),
    ),
}


@dataclass(frozen=True, slots=True)
class WarnedParts:
    """The warnings of some kinds of parts in a period: how many, and each with its server and instant."""

    heading: str
    says: str
    lines: tuple[tuple[AssetId, datetime, str], ...]


def told_warnings(warned: Iterable[Warned], period: Period, zone: str) -> tuple[WarnedParts, ...]:
    """This function will word the warnings inside a period, heading by heading; none where there is none."""
    inside = [one for one in warned if period.contains(utc(one.at))]
    told = []
    for heading, (words, kinds) in _PARTS.items():
        lines = tuple(_line(one, zone) for one in inside if one.state.kind in kinds)
        if lines:
            says = f"{counted(len(lines), 'warning')} of {words}."
            told.append(WarnedParts(heading, says, lines))
    return tuple(told)


def _line(one: Warned, zone: str) -> tuple[AssetId, datetime, str]:
    """A certificate's own words say when; everything else may have been so before somebody looked."""
    seen = f" First seen so {zone_label(one.at, zone)}."
    says = f"{one.state.asset}: {one.says(zone)}"
    is_dated = one.state.kind is ItemKind.CERTIFICATE
    return one.state.asset, one.at, says if is_dated else says + seen
