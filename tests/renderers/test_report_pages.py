"""The client's report on paper: whatever its length, no page holds one lonely line, and work not done has no bar."""

from __future__ import annotations

import re
import subprocess
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from groundrules.core.rating.answers import UnchargedLine
from groundrules.core.reported import ClientReport
from groundrules.core.value import report
from groundrules.renderers.pdf_report import ReportContext, render_report, report_values
from tests.core.test_value import QUIET, line

CONTEXT = ReportContext(
    "RPT-1", "Greenway IT Services", ("1 Main Street",), datetime(2007, 4, 1, tzinfo=UTC)
)


def _made(lines: tuple[UnchargedLine, ...]) -> ClientReport:
    value = report(replace(QUIET, uncharged=lines))
    return ClientReport(
        client="Harbor Dental",
        zone="America/Los_Angeles",
        currency="USD",
        first=date(2007, 1, 1),
        end=date(2007, 4, 1),
        subject="What we did for you",
        short=(value.sentence, value.upper_sentence),
        value=value,
        outcomes=(),
        asks=(),
        incomplete=(),
    )


def _pages(made: ClientReport) -> list[list[str]]:
    pdf = render_report(made, CONTEXT)
    read = subprocess.run(
        ["pdftotext", "-layout", "-", "-"], input=pdf, capture_output=True, check=True
    ).stdout.decode()
    return [
        [row.strip() for row in page.splitlines() if row.strip()] for page in read.split("\f")[:-1]
    ]


class TestPages:
    @pytest.mark.parametrize("count", range(26, 38))
    def test_end_with_lines_of_work_beside_their_sum(self, count: int) -> None:
        """The sum, the note under it and the lines before them stay together."""
        pages = _pages(_made(tuple(line(f"TE-{n}", 90) for n in range(count))))

        work = [row for row in pages[-1] if re.match(r"2007-\d\d-\d\d", row)]
        assert len(work) >= 3
        assert sum("All covered work" in row for row in pages[-1]) == 1
        assert " ".join(pages[-1]).count("opens its decision") == 1

    def test_hold_a_report_of_nothing(self) -> None:
        """A quarter without covered work has its sum of nothing, on one page."""
        (page,) = _pages(_made(()))

        assert any("All covered work" in row for row in page)


class TestBars:
    def test_draw_no_bar_for_work_that_was_not_done(self) -> None:
        """Nor a working of it: both would only say the repairs again."""
        told = report_values(_made((line("TE-1", 90),)), CONTEXT)

        assert [bar["label"] for bar in told["bars"]] == [  # type: ignore[attr-defined]
            "You paid in fees",
            "Repairs would have cost by the hour",
        ]
        assert "saving with proactive work" not in str(told["workings"])
