"""Laying a case over its base, and an agreement version over the one it is like. The upper one wins, piece by piece.

Mappings merge key by key. Lists whose entries carry a name of their own (`id`, `version`, `number` or `name`) merge
by that name; new names are added at the end. Every other list, and every single value, is replaced. `null` takes a
key away.
"""

from __future__ import annotations

from groundrules.readers.case_file.places import Entry, Mapping, Node, Scalar, Sequence

_NAMES = ("id", "version", "number", "name")


def overlay(lower: Node, upper: Node) -> Node:
    """This function will return `upper` laid over `lower`; nodes keep the place they were written at."""
    if isinstance(lower, Mapping) and isinstance(upper, Mapping):
        return _overlay_mappings(lower, upper)
    if isinstance(lower, Sequence) and isinstance(upper, Sequence):
        return _overlay_sequences(lower, upper)
    return upper


def _overlay_mappings(lower: Mapping, upper: Mapping) -> Mapping:
    entries = dict(lower.entries)
    for key, entry in upper.entries.items():
        below = entries.get(key)
        if isinstance(entry.value, Scalar) and entry.value.is_null:
            entries.pop(key, None)
        elif below is None:
            entries[key] = entry
        else:
            entries[key] = Entry(entry.place, overlay(below.value, entry.value))
    return Mapping(upper.place, entries)


def name_of(node: Node) -> str | None:
    """This function will return the name an entry of a list goes by, or None when it has none."""
    if not isinstance(node, Mapping):
        return None
    for key in _NAMES:
        value = node.get(key)
        if isinstance(value, Scalar):
            return f"{key}={value.text}"
    return None


def _overlay_sequences(lower: Sequence, upper: Sequence) -> Sequence:
    names_below = [name_of(item) for item in lower.items]
    names_above = [name_of(item) for item in upper.items]
    if not lower.items or None in names_below or None in names_above:
        return upper
    above = dict(zip(names_above, upper.items, strict=True))
    if len(above) < len(upper.items):
        return upper
    merged = [
        overlay(item, above.pop(name)) if name in above else item
        for name, item in zip(names_below, lower.items, strict=True)
    ]
    return Sequence(upper.place, (*merged, *above.values()))
