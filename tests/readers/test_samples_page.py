"""The published table of samples says what the readers find in them now."""

from __future__ import annotations

from pathlib import Path

import pytest

from scripts.write_samples import PAGE, page


class TestSamplesPage:
    """docs/reference/samples.md."""

    @pytest.mark.usefixtures("samples")
    def test_says_what_the_readers_find_now(self) -> None:
        """A reader that finds more, or less, is seen in the table; `make docs` writes it."""
        written = Path(PAGE).read_text(encoding="utf-8")

        assert written == page()
