"""Where an asset stood when: it stands at its site now, and each move says where it came from and went to.

An asset without a move always stood where it stands. A wrong move is corrected by a new entry in its place.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from groundrules.core.ids import AssetId, SiteId


class MoveRefused(ValueError):
    """A move that leads nowhere, is still to come, or would lie before a move that is on record."""


@dataclass(frozen=True, slots=True)
class AssetMove:
    """An asset's `number`th move: it left one site and stood at another from `at` on; no site: we do not know where."""

    asset: AssetId
    number: int
    at: datetime
    left: SiteId | None
    reached: SiteId | None
    reason: str = ""


def site_at(now: SiteId | None, moves: Sequence[AssetMove], at: datetime) -> SiteId | None:
    """This function will return the site an asset stood at; `moves` are its own that stand, the earliest first."""
    later = next((move for move in moves if move.at > at), None)
    return later.left if later else now


def check_move(
    move: AssetMove, before: AssetMove | None, now: datetime, *, corrects: bool = False
) -> None:
    """This function will refuse a move that can not be; `before` is the one before it. Raises MoveRefused.

    A correction may say that the asset never left.
    """
    if move.left == move.reached and not corrects:
        where = f"at {move.reached}" if move.reached else "at no site"
        message = f"{move.asset} stands {where} already; choose another site"
        raise MoveRefused(message)
    if move.at > now:
        message = f"{move.asset} has not moved yet; note the move once it is done"
        raise MoveRefused(message)
    if before is not None and move.at <= before.at:
        message = (
            f"{move.asset} moved last on {before.at:%Y-%m-%d %H:%M} UTC, to {before.reached or 'no site'}; give a "
            "later time, or correct that move"
        )
        raise MoveRefused(message)
