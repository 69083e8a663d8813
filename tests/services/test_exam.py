"""Identity exams: the page's rows, read anew from real samples, and what no exam may ever say."""

from __future__ import annotations

import re
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest

from groundrules.cli.main import main
from groundrules.services.exam import Examined, examine

PAGE = (Path(__file__).resolve().parents[2] / "docs/reference/identity-exams.md").read_text()
ROWS = re.findall(
    r"^\| `([^`]+)` \| ([^|]+) \| ([^|]+) \| (L\d) \| (\w+) \| `([^`]+)` \| (.+) \|$",
    PAGE,
    re.MULTILINE,
)
COUNTS = re.findall(r"^\| (L\d) \| (\d+) \| (\d+) \| (\d+) \| (\d+) \|$", PAGE, re.MULTILINE)
_FORMATS = {
    "apt_history.log": "apt-history",
    "dpkg.log": "dpkg-log",
    "audit_enriched.log": "audit-log",
}
AT = datetime(2026, 7, 8, tzinfo=UTC)


def exam(path: Path) -> tuple[Examined, ...]:
    """Examine one sample."""
    named = _FORMATS.get(path.name, "")
    return examine(path.read_bytes(), path.name, at=AT, named=named)


class TestExam:
    @pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row[0][:24]} {row[1][:9]}")
    def test_says_what_the_page_says(self, samples: Path, row: tuple[str, ...]) -> None:
        """Level, word, account and reason of each row of the page."""
        name, record, _, level, word, who, why = row
        path = next(p for p in sorted(samples.rglob(name)) if "extra-cc0" not in p.parts)

        (found,) = [one for one in exam(path) if one.record == record]

        assert (found.level, found.strength, found.who) == (level, word, who)
        assert found.why[0] == why

    def test_comes_to_the_counts_of_the_page(self, samples: Path) -> None:
        """Every change of every event log, by level and word; with an empty register none is a stronger word."""
        found = [one for path in samples.rglob("*.evtx") for one in exam(path)]

        counts = Counter((one.level, one.strength) for one in found)
        words = ("recorded", "matched", "inferred", "unknown")
        told = {
            (level, word): int(number)
            for level, *numbers in COUNTS
            for word, number in zip(words, numbers, strict=True)
        }
        assert len(ROWS) == 13
        assert counts == Counter({key: number for key, number in told.items() if number})

    def test_names_no_account_below_the_second_level(self, samples: Path) -> None:
        """Time overlap names nobody, and a service is a tool."""
        found = [one for path in samples.rglob("*.evtx") for one in exam(path)]

        assert {one.who.partition(" (")[0] for one in found if one.level in {"L3", "L4", "L5"}} == {
            "nobody"
        }
        assert not any("SYSTEM" in one.who for one in found if one.strength == "recorded")

    def test_keeps_both_times_of_an_audit_row(self, samples: Path) -> None:
        """What the row says of its own time, and when it was written, bound the change."""
        (path,) = samples.rglob("*Disabled SA user activated.evtx")

        (found,) = exam(path)

        assert 4.9 < (found.latest - found.earliest).total_seconds() < 5.0


class TestCommand:
    def test_tells_level_word_and_why(
        self, samples: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """A block per change, and the sums."""
        (path,) = samples.rglob("*Disabled SA user activated.evtx")

        ended = main(["inspect", "--who", str(path)])

        said = capsys.readouterr().out
        assert ended == 0
        assert "L2 recorded: OFFSEC\\admmig" in said
        assert said.endswith("1 changes: L2 recorded 1\n")
