"""An agreement somebody already has, mapped item by item to the clause library: what is ours, and what nothing says."""

from __future__ import annotations

from dataclasses import dataclass, replace

from groundrules.core.agreements.library import LibraryRefused
from groundrules.readers.sheets import MappedItem, SheetRefused, read_mapping
from groundrules.services.clause_library import Answered, Draft, DraftRefused, load_library


@dataclass(frozen=True, slots=True)
class Mapped:
    """The answers with everything a sheet maps, and the items that are mapped to nothing."""

    answered: Answered
    items: tuple[MappedItem, ...]
    unmapped: tuple[MappedItem, ...]

    def added(self, drafted: Draft) -> tuple[str, ...]:
        """This function will name the entries of a draft that no item asked for; they are there as the usual ones."""
        asked = {item.entry for item in self.items}
        return tuple(entry.id for entry in drafted.entries if entry.id not in asked)


def map_items(raw: bytes, answered: Answered) -> Mapped:
    """This function will add what a mapping sheet says to the answers; raises DraftRefused with the rows at fault."""
    try:
        items = read_mapping(raw)
        _check(items)
    except (SheetRefused, LibraryRefused) as refused:
        message = f"the mapping sheet: {refused}"
        raise DraftRefused(message) from refused
    chosen = tuple(dict.fromkeys(item.entry for item in items if item.entry))
    parameters = {item.parameter: item.value for item in items if item.parameter}
    return Mapped(
        replace(
            answered,
            choose=(*answered.choose, *chosen),
            parameters={**answered.parameters, **parameters},
        ),
        items,
        tuple(item for item in items if not item.entry and not item.parameter),
    )


def _check(items: tuple[MappedItem, ...]) -> None:
    library = load_library()
    entries = {entry.id for entry in library.entries}
    parameters = {parameter.name for parameter in library.parameters}
    problems, said = [], dict[str, MappedItem]()
    for item in items:
        if item.entry and item.entry not in entries:
            problems.append(f"row {item.row}, column entry: the library has no entry {item.entry}")
        if item.parameter and item.parameter not in parameters:
            problems.append(
                f"row {item.row}, column parameter: no clause asks for {item.parameter}"
            )
        first = said.setdefault(item.parameter, item) if item.parameter else item
        if first.value != item.value:
            problems.append(
                f"row {item.row}, column value: {item.parameter} is {first.value} in row {first.row} already"
            )
    if problems:
        raise LibraryRefused("; ".join(problems))
