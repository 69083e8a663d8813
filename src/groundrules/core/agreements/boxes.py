"""Many cells said in few words: sets of cells compressed into boxes, and a box described as a lawyer would.

A box is a product of value sets, one set for each fact; the boxes of a set of cells are disjoint and cover it exactly.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields

from groundrules.core.agreements.facts import DIMENSIONS, FURTHER, Cell
from groundrules.core.agreements.words import (
    SPOKEN_ORDER,
    WHATEVER,
    in_order,
    phrase,
    spoken_list,
)
from groundrules.core.calendars import HoursBand

Box = tuple[frozenset[str], ...]

_FACTS = tuple(field.name for field in fields(Cell))
# Every fact is merged once in each order; one left out would say the same line once for each of its values.
_MERGE_ORDERS = (
    (1, 4, 3, 0, 2, 5, 6, 7),
    (2, 4, 0, 3, 1, 5, 6, 7),
    (4, 2, 0, 1, 3, 5, 6, 7),
    (5, 6, 7, 0, 2, 4, 3, 1),
)


def _merged(boxes: Iterable[Box], position: int) -> list[Box]:
    groups: dict[Box, frozenset[str]] = {}
    for box in boxes:
        others = (*box[:position], *box[position + 1 :])
        groups[others] = groups.get(others, frozenset()) | box[position]
    return [(*rest[:position], values, *rest[position:]) for rest, values in groups.items()]


def _compressed(cells: Iterable[Cell], order: tuple[int, ...]) -> tuple[Box, ...]:
    boxes: list[Box] = [
        tuple(frozenset({str(getattr(cell, fact))}) for fact in _FACTS) for cell in cells
    ]
    for position in order:
        boxes = _merged(boxes, position)
    return tuple(boxes)


def boxes_of(cells: Iterable[Cell]) -> tuple[Box, ...]:
    """This function will cover the cells exactly with few disjoint boxes, the same for the same cells."""
    ordered = tuple(cells)
    candidates = [_compressed(ordered, order) for order in _MERGE_ORDERS]
    return min(candidates, key=len)


def _every(fact: str, bands: frozenset[HoursBand]) -> frozenset[str]:
    values = bands if fact == "band" else frozenset(DIMENSIONS[fact])
    return frozenset(str(value) for value in values)


def _said(fact: str, values: frozenset[str], bands: frozenset[HoursBand]) -> str:
    if values == _every(fact, bands):
        return WHATEVER[fact]
    return spoken_list((phrase(fact, value) for value in in_order(fact, values)), "or")


def describe_box(
    box: Box, bands: frozenset[HoursBand], further: frozenset[str] = frozenset()
) -> str:
    """This function will say a box in words: `project work, after hours, while suspended, any cause, whoever asked`.

    Of the further facts it says only those named, and only where not every value of them is meant.
    """
    values = dict(zip(_FACTS, box, strict=True))
    said = (
        _said(fact, values[fact], bands)
        for fact in SPOKEN_ORDER
        if fact not in FURTHER or (fact in further and values[fact] != _every(fact, bands))
    )
    return ", ".join(said)


def describe_cells(
    cells: Iterable[Cell], bands: frozenset[HoursBand], further: frozenset[str] = frozenset()
) -> tuple[str, ...]:
    """This function will say a set of cells in few lines, one for each box."""
    return tuple(describe_box(box, bands, further) for box in boxes_of(cells))
