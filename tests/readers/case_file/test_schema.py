from __future__ import annotations

import json
from pathlib import Path

import jsonschema

from groundrules.readers.case_file.schema import case_file_schema

_ROOT = Path(__file__).resolve().parents[3]
_PUBLISHED = _ROOT / "docs/reference/case-file.schema.json"


class TestCaseFileSchema:
    """The published JSON Schema."""

    def test_is_published_as_the_reader_has_it(self) -> None:
        """`groundrules case schema` writes the published copy; a changed format without it fails here."""
        published = json.loads(_PUBLISHED.read_text())

        assert published == case_file_schema()

    def test_is_a_valid_schema(self) -> None:
        """It follows JSON Schema 2020-12 itself."""
        jsonschema.Draft202012Validator.check_schema(case_file_schema())

    def test_rejects_an_unknown_key_as_the_reader_does(self) -> None:
        """An editor marks the same misspelt key."""
        validator = jsonschema.Draft202012Validator(case_file_schema())

        errors = [
            error.message
            for error in validator.iter_errors({"case": 1, "client": {"curency": "USD"}})
        ]

        assert len(errors) == 1
        assert "curency" in errors[0]
