from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundrules.readers.case_file.places import CaseFileRefused, Mapping, Scalar
from groundrules.readers.case_file.yaml_tree import read_yaml


class TestReadYaml:
    """YAML with places."""

    @pytest.mark.parametrize("text", ["13:10", "no", "3.20", "2007-02-20", "0123", "1_000"])
    def test_keeps_what_was_written(self, text: str) -> None:
        """Nothing becomes 790, False, 3.2, a date, 83 or 1000 by itself."""
        tree = read_yaml(f"a: {text}\n".encode(), "t.yaml")

        assert isinstance(tree, Mapping)
        value = tree.get("a")
        assert isinstance(value, Scalar)
        assert value.text == text

    @pytest.mark.parametrize(
        ("text", "says"),
        [
            ("a: [1", "this is not valid YAML"),
            ("a: 1\na: 2\n", 't.yaml:2:1: "a" stands here a second time; the first is on line 1'),
            ("a: &x 1\nb: *x\n", "anchors and aliases"),
            ("a: !!python/object:os.system 1\n", "is not known here"),
            ("? [a]\n: 1\n", "a key here is one word or text"),
            ("", "this file is empty"),
            ("a: 1\n---\nb: 2\n", "this is not valid YAML"),
        ],
    )
    def test_says_what_is_wrong(self, text: str, says: str) -> None:
        """Each refusal is one sentence with its place."""
        with pytest.raises(CaseFileRefused) as refused:
            read_yaml(text.encode(), "t.yaml")

        assert says in str(refused.value)

    @given(st.binary(max_size=60))
    def test_refuses_any_bytes_clearly_or_reads_them(self, raw: bytes) -> None:
        """No input ends in anything but nodes or a refusal."""
        try:
            said = str(read_yaml(raw, "t.yaml").place)
        except CaseFileRefused as refused:
            said = str(refused)

        assert said.startswith("t.yaml:")
