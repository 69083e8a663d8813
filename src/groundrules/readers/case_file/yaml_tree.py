"""YAML bytes -> nodes with places. Values stay the text their author wrote; nothing is guessed from how they look.

YAML 1.1 would read `13:10` as 790 and `no` as false. The tree keeps the text, and the place where a value is used
decides what it means.
"""

from __future__ import annotations

import yaml

from groundrules.readers.case_file.places import (
    Entry,
    Mapping,
    Node,
    Place,
    Scalar,
    Sequence,
    refuse,
)

_MERGE_TAG = "tag:yaml.org,2002:merge"
# What plain text resolves to by itself; anything else was written by hand and means something we don't know.
_KNOWN_TAGS = frozenset(
    f"tag:yaml.org,2002:{kind}"
    for kind in ("str", "int", "float", "bool", "null", "timestamp", "value", "merge", "map", "seq")
)


def read_yaml(raw: bytes, name: str) -> Node:
    """This function will parse one YAML document into nodes.

    Raises CaseFileRefused when the bytes are not YAML, are empty, hold several documents, repeat a key, or use
    anchors (an alias would hide where a value was written) or custom tags.
    """
    start = Place(name, 1, 1)
    try:
        root = yaml.compose(raw.decode("utf-8-sig"), Loader=yaml.CSafeLoader)
    except UnicodeDecodeError as error:
        raise refuse(
            start, f"this file is not UTF-8 text (byte {error.start}); save it as UTF-8"
        ) from error
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = Place(name, mark.line + 1, mark.column + 1) if mark else start
        raise refuse(place, f"this is not valid YAML: {error.problem or error.context}") from error
    except yaml.YAMLError as error:
        raise refuse(start, f"this is not valid YAML: {error}") from error
    if root is None:
        raise refuse(start, "this file is empty; a case file begins with `case: 1`")
    return _convert(root, name, set())


def _place(node: yaml.Node, name: str) -> Place:
    return Place(name, node.start_mark.line + 1, node.start_mark.column + 1)


def _convert(node: yaml.Node, name: str, seen: set[int]) -> Node:
    place = _place(node, name)
    if id(node) in seen:
        raise refuse(
            place,
            "anchors and aliases (& and *) are not used here; write the value out, or use `base`",
        )
    seen.add(id(node))
    if node.tag not in _KNOWN_TAGS:
        raise refuse(place, f"the tag {node.tag} is not known here; remove it")
    if isinstance(node, yaml.MappingNode):
        return _convert_mapping(node, name, seen)
    if isinstance(node, yaml.SequenceNode):
        return Sequence(place, tuple(_convert(item, name, seen) for item in node.value))
    return _convert_scalar(node, place)


def _convert_scalar(node: yaml.Node, place: Place) -> Scalar:
    plain = isinstance(node, yaml.ScalarNode) and not node.style
    return Scalar(place, str(node.value), plain=plain)


def _convert_mapping(node: yaml.MappingNode, name: str, seen: set[int]) -> Mapping:
    entries: dict[str, Entry] = {}
    for key, value in node.value:
        place = _place(key, name)
        if not isinstance(key, yaml.ScalarNode) or key.tag == _MERGE_TAG:
            raise refuse(
                place, "a key here is one word or text; lists and << merges cannot be keys"
            )
        if key.value in entries:
            first = entries[key.value].place
            raise refuse(
                place, f'"{key.value}" stands here a second time; the first is on line {first.line}'
            )
        entries[key.value] = Entry(place, _convert(value, name, seen))
    return Mapping(_place(node, name), entries)
