"""Scoreboards as tables of a document: one row to a profile, the ranking first and then who was named."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from groundrules.services.worlds.board import Scoreboard
from groundrules.services.worlds.calibration import Calibration
from groundrules.services.worlds.score import Scored

_RANKING = (
    "Profile",
    "incidents",
    "replayed",
    "cause on record",
    "first (without replays)",
    "among three",
    "best baseline first",
    "calibration error (without)",
    "highest tenth: claimed, right",
)
_NAMING = (
    "Profile",
    "verdicts (without replays)",
    "false",
    "parties named (without)",
    "falsely",
    "per 1,000 (at most, 95 %)",
    "of those named (at most)",
    "vendor-caused",
    "its vendor on record",
    "vendor named (without)",
    "where replayed",
)


def table(found: Mapping[str, Scored]) -> str:
    """This function will write two Markdown tables over scored folders, in the order given."""
    ranking = [_ranking(name, scored) for name, scored in found.items()]
    naming = [_naming(name, scored) for name, scored in found.items()]
    return "\n".join([*_rows(_RANKING, ranking), "", *_rows(_NAMING, naming)])


def _rows(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    lines = [head, ["---"] * len(head), *rows]
    return [f"| {' | '.join(line)} |" for line in lines]


def _ranking(name: str, scored: Scored) -> list[str]:
    board, plain = scored.board, scored.unreplayed
    best = max((r.first for r in board.rivals.values()), default=0)
    return [
        f"`{name}`",
        f"{board.incidents:,}",
        f"{board.replayed:,}",
        f"{board.with_cause:,}",
        f"{_share(board.first, board)} ({_share(plain.first, plain)})",
        _share(board.among_three, board),
        _share(best, board),
        f"{_error(board.calibration)} ({_error(plain.calibration)})",
        _top(board.calibration),
    ]


def _naming(name: str, scored: Scored) -> list[str]:
    board, plain = scored.board, scored.unreplayed
    named = f"{board.vendor_named} ({plain.vendor_named})"
    where = f"{board.vendor_named_replayed} of {board.vendor_replayed}"
    found = f"{100 * board.false_discovery_rate:.1f} % ({100 * board.false_discovery_upper:.1f} %)"
    return [
        f"`{name}`",
        f"{board.verdicts} ({plain.verdicts})",
        f"{board.false} ({plain.false})",
        f"{board.accusations} ({plain.accusations})",
        f"{board.accused_falsely} ({plain.accused_falsely})",
        f"{board.accused_falsely_per_thousand:.1f} ({1000 * board.accused_falsely_upper:.1f})",
        found if board.accusations else "-",
        str(board.vendor_caused),
        str(board.vendor_nameable),
        named if board.vendor_caused else "-",
        where if board.vendor_replayed else "-",
    ]


def _share(count: int, board: Scoreboard) -> str:
    return f"{count / board.with_cause:.3f}" if board.with_cause else "-"


def _error(found: Calibration | None) -> str:
    return "-" if found is None else f"{found.error:.3f}"


def _top(found: Calibration | None) -> str:
    if found is None or not found.top.incidents:
        return "-"
    top = found.top
    return f"{top.claimed:.3f}, {top.right / top.incidents:.3f} of {top.incidents}"
