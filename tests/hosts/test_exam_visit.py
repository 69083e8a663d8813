"""The exam of `scripts/exam-visit` as tests: the same steps, on the same kind of host, in a browser."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.hosts.exam_visit import Exam, killed, prepared, visited
from tests.hosts.lab import require_lab
from tests.hosts.screens import chromium


@pytest.fixture
def exam(tmp_path: Path) -> Iterator[Exam]:
    """This fixture will start host, installation and browser; the steps are shown when a test fails."""
    require_lab()
    with chromium() as browser, prepared(tmp_path, browser, print) as made:
        yield made


class TestVisit:
    """A vendor's visit, from the link to the report."""

    def test_is_let_in_as_agreed_and_surely_ended(self, exam: Exam) -> None:
        """Refused before, after and from elsewhere; the report is by record; a killed Groundrules ends access too."""
        first = visited(exam)
        second = killed(exam)

        assert (first, second) == ("WIN-1", "WIN-2")
        log = exam.host.says("/var/log/auth.log")
        assert "ID WIN-1 (serial 1) CA ED25519" in log
        assert "ID WIN-2 (serial 2) CA ED25519" in log
