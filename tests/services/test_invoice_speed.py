"""`groundrules bench invoices`: the documents it measures are right ones, the same each time."""

from __future__ import annotations

import json

import pytest

from groundrules.cli.main import main


class TestBenchInvoices:
    def test_makes_right_documents_the_same_each_time(
        self, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """Nothing is said of speed here: one process or two give the same bytes, and every sum is exact."""
        told = []
        for workers in ("1", "2"):
            sizes = ["--count", "2", "--lines", "4", "--workers", workers]
            assert main(["bench", "invoices", *sizes, "--json"]) == 0
            told.append(json.loads(capsys.readouterr().out))

        assert told[0]["digest"] == told[1]["digest"]
        assert [one["wrong"] for one in told] == [0, 0]
        assert told[0]["pdf_bytes"] > 2000

    def test_refuses_nothing_to_make(self) -> None:
        """Wrong numbers end with bad input."""
        assert main(["bench", "invoices", "--count", "0"]) == 8
