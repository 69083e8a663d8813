"""One look at a PostgreSQL archive, as it is kept on record: its base backups, how far each reaches, what is broken.

A look reads names and a few bytes of each file, so it is made often; that every byte is sound is the verification's.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from groundrules.core.backups.archive import (
    Holdings,
    lost_histories,
    needed_from,
    needless_pieces,
    reach_of,
)
from groundrules.core.backups.archive_words import broken_words, is_newest_whole
from groundrules.core.evidence import Citation
from groundrules.core.ids import AssetId


@dataclass(frozen=True, slots=True)
class KeptBase:
    """A base backup that lay there: when it was made, until when the log brings it, and the first segment it needs.

    `until` is None where it cannot be restored.
    """

    name: str
    made: datetime
    until: datetime | None
    first: str


@dataclass(frozen=True, slots=True)
class Unfinished:
    """A base backup without a manifest that can be read, and since when it lay there so."""

    name: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Needless:
    """Segments that no base backup needs: how many, their bytes, and when the oldest was written."""

    segments: int
    size: int
    oldest: datetime


@dataclass(frozen=True, slots=True)
class ArchiveLook:
    """What lay in a backup's archive when somebody looked; `broken` says what of the log is of no use, if any is.

    `newest_whole` says that none of that keeps the newest base backup from the log's end.
    """

    asset: AssetId
    name: str
    looked: datetime
    place: str
    bases: tuple[KeptBase, ...]
    broken: str = ""
    newest_whole: bool = True
    needless: Needless | None = None
    unfinished: tuple[Unfinished, ...] = ()
    citation: Citation | None = None

    @property
    def reached(self) -> datetime | None:
        """Until when the newest base backup can be brought."""
        return self.bases[-1].until if self.bases else None


def kept_bases(held: Holdings) -> tuple[KeptBase, ...]:
    """This function will say of each base backup how far it can be brought, and from where it needs the log."""
    return tuple(
        KeptBase(base.name, base.made, reach_of(base, held).until, needed_from(held, base))
        for base in held.bases
    )


def look(held: Holdings, asset: AssetId, name: str, place: str, at: datetime) -> ArchiveLook:
    """This function will say what lies in an archive at `at` (UTC), as far as names and headers tell."""
    reaches = [reach_of(one, held) for one in held.bases]
    lost, spare = lost_histories(held), needless_pieces(held)
    oldest = min((piece.written for piece in spare), default=at)
    return ArchiveLook(
        asset,
        name,
        at,
        place,
        kept_bases(held),
        broken_words(reaches, lost, place),
        is_newest_whole(reaches, lost),
        Needless(len(spare), sum(piece.size for piece in spare), oldest) if spare else None,
        tuple(Unfinished(name, since) for name, since in held.unfinished),
    )
