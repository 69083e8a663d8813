"""Which tests a worker is given next: whole modules, and those that wait for machines and browsers first.

What a module makes once (a machine, an account, books) is then made by one worker, and once. Tests of hosts, crashes
and journeys wait more than they work, so they begin at once, while one worker is kept for what only works: nobody is
idle at the end because of a machine that starts.
"""

from __future__ import annotations

from xdist.scheduler import LoadScopeScheduling
from xdist.workermanage import WorkerController

# Longest first. All journeys are one piece of work: they share a demo and a browser.
_TOGETHER = "tests/journeys"
_WAITING = (_TOGETHER, "tests/hosts/", "tests/crash/")


def piece_of(nodeid: str) -> str:
    """This function will name the piece of work a test belongs to: its module, or the folder that shares a demo."""
    module = nodeid.partition("::")[0]
    return _TOGETHER if module.startswith(f"{_TOGETHER}/") else module


def next_piece(queue: list[str], *, waiting: int, workers: int) -> str:
    """This function will choose what a worker does next, where `waiting` others are at pieces that wait."""
    quick = [piece for piece in queue if not _waits(piece)]
    slow = sorted(filter(_waits, queue), key=_rank)
    if slow and (not quick or waiting < max(1, workers - 1)):
        return slow[0]
    return quick[0]


def _waits(piece: str) -> bool:
    return piece.startswith(_WAITING)


def _rank(piece: str) -> int:
    return next(place for place, start in enumerate(_WAITING) if piece.startswith(start))


class Turns(LoadScopeScheduling):  # type: ignore[misc]  # xdist has no types
    """Gives pieces out one by one, as each worker comes to an end of its own."""

    def _split_scope(self, nodeid: str) -> str:
        return piece_of(nodeid)

    def _assign_work_unit(self, node: WorkerController) -> None:
        waiting = sum(self._is_waiting(other) for other in self.nodes if other is not node)
        piece = next_piece(list(self.workqueue), waiting=waiting, workers=self.numnodes)
        self.workqueue.move_to_end(piece, last=False)
        super()._assign_work_unit(node)

    def _is_waiting(self, node: WorkerController) -> bool:
        return any(
            _waits(piece) and not all(tests.values())
            for piece, tests in self.assigned_work[node].items()
        )
