"""Bytes of a case file -> a case: its world, evidence files and questions; or a refusal that lists what is wrong."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from groundrules.core.world import World
from groundrules.readers.case_file.build import build_world
from groundrules.readers.case_file.case import Case, Question
from groundrules.readers.case_file.instants import known_zone
from groundrules.readers.case_file.json_tree import read_json
from groundrules.readers.case_file.merging import overlay
from groundrules.readers.case_file.model import CaseFile
from groundrules.readers.case_file.places import (
    AlreadyReported,
    BadValue,
    CaseFileRefused,
    Entry,
    Mapping,
    Node,
    Problem,
    Scalar,
    Sequence,
    refuse,
)
from groundrules.readers.case_file.reading import Reading, read_as
from groundrules.readers.case_file.references import check_agreement, check_everything
from groundrules.readers.case_file.yaml_tree import read_yaml

FORMAT_VERSION = 1
_MOST_BASES = 5

OpenBase = Callable[[str], bytes]
"""Returns the bytes of a file in the case's own folder; raises FileNotFoundError when there is none."""


def read_case(raw: bytes, name: str, open_base: OpenBase) -> Case:
    """This function will read a whole case file, its bases included.

    `name` is what messages call the file; a name ending in `.json` is read as JSON, everything else as YAML. Raises
    CaseFileRefused with every problem found, each with file, line and column.
    """
    tree = _with_likes(_with_bases(_tree(raw, name), open_base, 0))
    reading = Reading(_zone_of(tree))
    try:
        written = read_as(CaseFile, _without(tree, "base"), reading)
    except BadValue as bad:
        raise CaseFileRefused((*reading.problems, bad.problem)) from bad
    except AlreadyReported as noted:
        raise CaseFileRefused(tuple(reading.problems)) from noted
    check_everything(written, reading)
    _refuse_problems(reading)
    try:
        world = build_world(written, reading)
    except BadValue as bad:
        raise CaseFileRefused((bad.problem,)) from bad
    check_agreement(world.agreement, written, reading)
    _refuse_problems(reading)
    places = tuple(reading.place_of(source) for source in written.evidence)
    return replace(_case(written, name, world), evidence_places=places)


def _refuse_problems(reading: Reading) -> None:
    if reading.problems:
        raise CaseFileRefused(tuple(reading.problems))


def _case(written: CaseFile, name: str, world: World) -> Case:
    return Case(
        file=name,
        title=written.title,
        story=written.story,
        zone=written.zone or written.client.zone,
        world=world,
        evidence=written.evidence,
        questions=_questions(written),
        truth=written.truth,
    )


def _questions(written: CaseFile) -> tuple[Question, ...]:
    own = () if written.at is None else (Question(written.at, written.expect),)
    return (*own, *(Question(ask.at, ask.expect, ask.says) for ask in written.ask))


def _tree(raw: bytes, name: str) -> Mapping:
    root = read_json(raw, name) if name.endswith(".json") else read_yaml(raw, name)
    if not isinstance(root, Mapping):
        raise refuse(root.place, "a case file is made of keys and values and begins with `case: 1`")
    _check_format(root)
    return root


def _check_format(root: Mapping) -> None:
    version = root.get("case")
    if not isinstance(version, Scalar):
        raise refuse(
            root.place, f"this is not a case file: it does not say `case: {FORMAT_VERSION}`"
        )
    if version.text.isdecimal() and int(version.text) > FORMAT_VERSION:
        raise refuse(
            version.place,
            f"this case file is written in format {version.text}; this Groundrules reads format "
            f"{FORMAT_VERSION}, so update Groundrules to run it",
        )
    if version.text != str(FORMAT_VERSION):
        raise refuse(
            version.place,
            f'"{version.text}" is not a format version; write `case: {FORMAT_VERSION}`',
        )


def _with_bases(tree: Mapping, open_base: OpenBase, depth: int) -> Mapping:
    base = tree.get("base")
    if base is None:
        return tree
    if not isinstance(base, Scalar) or "/" in base.text or "\\" in base.text or base.is_null:
        raise refuse(
            base.place, "`base` names one file in the same folder, such as base: harbor.yaml"
        )
    if depth >= _MOST_BASES:
        raise refuse(
            base.place, f"more than {_MOST_BASES} bases lie below each other; does one name itself?"
        )
    try:
        raw = open_base(base.text)
    except FileNotFoundError as error:
        raise refuse(base.place, f'there is no file "{base.text}" beside this one') from error
    below = _with_bases(_tree(raw, base.text), open_base, depth + 1)
    merged = overlay(below, tree)
    return merged if isinstance(merged, Mapping) else tree


def _without(tree: Mapping, key: str) -> Mapping:
    return Mapping(tree.place, {k: entry for k, entry in tree.entries.items() if k != key})


def _zone_of(tree: Mapping) -> str:
    zone = tree.get("zone")
    if not isinstance(zone, Scalar):
        return ""
    if zone.text and not known_zone(zone.text):
        raise CaseFileRefused(
            (
                Problem(
                    zone.place, f'"{zone.text}" is no time zone; write one such as Europe/Berlin'
                ),
            )
        )
    return zone.text


def _with_likes(tree: Mapping) -> Mapping:
    """Agreement versions that say `like: 1` begin with everything version 1 says."""
    agreement = tree.get("agreement")
    versions = agreement.get("versions") if isinstance(agreement, Mapping) else None
    if not isinstance(agreement, Mapping) or not isinstance(versions, Sequence):
        return tree
    resolved: dict[str, Node] = {}
    for item in versions.items:
        whole = _like(item, resolved)
        resolved[_number_of(whole)] = whole
    full = Sequence(versions.place, tuple(resolved.values()))
    if len(resolved) < len(versions.items):
        return tree
    entries = agreement.entries | {"versions": Entry(agreement.entries["versions"].place, full)}
    changed = Mapping(agreement.place, entries)
    return Mapping(
        tree.place, tree.entries | {"agreement": Entry(tree.entries["agreement"].place, changed)}
    )


def _number_of(item: Node) -> str:
    number = item.get("version") if isinstance(item, Mapping) else None
    return number.text if isinstance(number, Scalar) else str(item.place)


def _like(item: Node, resolved: dict[str, Node]) -> Node:
    like = item.get("like") if isinstance(item, Mapping) else None
    if not isinstance(item, Mapping) or like is None:
        return item
    model = resolved.get(like.text) if isinstance(like, Scalar) else None
    if not isinstance(model, Mapping):
        raise refuse(like.place, "`like` names the number of a version that stands above this one")
    return overlay(model, _without(item, "like"))
