from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundrules.readers.case_file.json_tree import read_json
from groundrules.readers.case_file.places import CaseFileRefused, Mapping, Node, Scalar, Sequence

_VALUES = st.recursive(
    st.text() | st.integers() | st.booleans() | st.none(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


def plain(node: Node) -> object:
    """This function will turn nodes back into plain values, each single value as its text."""
    if isinstance(node, Mapping):
        return {key: plain(entry.value) for key, entry in node.entries.items()}
    if isinstance(node, Sequence):
        return [plain(item) for item in node.items]
    return node.text


def as_text(value: object) -> object:
    """This function will turn JSON values into what `plain` gives for them."""
    if isinstance(value, dict):
        return {key: as_text(item) for key, item in value.items()}
    if isinstance(value, list):
        return [as_text(item) for item in value]
    return value if isinstance(value, str) else json.dumps(value)


class TestReadJson:
    """JSON with places."""

    @given(_VALUES)
    def test_reads_whatever_the_standard_library_writes(self, value: object) -> None:
        """Nothing is lost or changed, also in odd strings."""
        tree = read_json(json.dumps(value).encode(), "t.json")

        assert plain(tree) == as_text(value)

    def test_knows_line_and_column(self) -> None:
        """The place of a value on the second line."""
        tree = read_json(b'{"a": 1,\n  "b": [2]}', "t.json")

        assert isinstance(tree, Mapping)
        value = tree.get("b")
        assert isinstance(value, Sequence)
        assert str(value.items[0].place) == "t.json:2:9"

    def test_keeps_a_quoted_null_apart_from_null(self) -> None:
        """Only the word null takes a key away."""
        tree = read_json(b'["null", null]', "t.json")

        assert isinstance(tree, Sequence)
        assert [isinstance(item, Scalar) and item.is_null for item in tree.items] == [False, True]

    @pytest.mark.parametrize(
        ("text", "says"),
        [
            (b"{", 'expected " and found the end of the file'),
            (b'{"a": }', "found } where a value belongs"),
            (b'{"a": 1, "a": 2}', '"a" stands here a second time'),
            (b'{"a": 1} x', "something follows the end"),
            (b'{"a": "\x01"}', "Invalid control character"),
            (b"\xff", "is not UTF-8 text"),
            (b"[" * 100, "nested deeper than 60 levels"),
        ],
    )
    def test_says_what_is_wrong(self, text: bytes, says: str) -> None:
        """Each refusal is one sentence."""
        with pytest.raises(CaseFileRefused, match=r"^t\.json:1:") as refused:
            read_json(text, "t.json")

        assert says in str(refused.value)
