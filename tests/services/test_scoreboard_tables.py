"""The goals, held against what the long run measured on worlds nobody had looked at (`scripts/scoreboard`)."""

from __future__ import annotations

from tests.conftest import ROOT

Rows = dict[str, dict[str, str]]


def tables() -> tuple[Rows, Rows]:
    """Both tables of the page, each row by its profile."""
    page = (ROOT / "docs/reference/scoreboard.md").read_text()
    inside = page.partition("<!-- tables begin")[2].partition("<!-- tables end")[0]
    ranked, named = (part.strip().splitlines() for part in inside.strip().split("\n\n"))
    return _rows(ranked), _rows(named)


def _rows(lines: list[str]) -> Rows:
    head, _, *rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in lines
        if line.startswith("|")
    ]
    return {row[0].strip("`"): dict(zip(head, row, strict=True)) for row in rows}


def number(cell: str) -> float:
    return float(cell.split(maxsplit=1)[0].replace(",", ""))


def bound(cell: str) -> float:
    return float(cell.partition("(")[2].split()[0].rstrip(")"))


class TestTheTables:
    """The goals, held against what the long run measured on worlds nobody had looked at (`scripts/scoreboard`)."""

    def test_hold_the_goals_that_are_said_to_be_reached(self) -> None:
        """Names, probabilities and order as promised; a table that is made anew and falls short fails here."""
        ranked, named = tables()

        for profile, first, three, error in (
            ("home", 0.75, 0.90, 0.03),
            ("good-identity", 0.75, 0.90, 0.03),
            ("shifted", 0.62, 0.82, 0.05),
        ):
            row = ranked[profile]
            assert number(row["first (without replays)"]) >= first
            assert number(row["among three"]) >= three
            assert number(row["calibration error (without)"]) <= error
            best = number(row["best baseline first"])
            assert number(row["first (without replays)"]) - best >= 0.15
        for profile, row in named.items():
            caught = int(number(row["falsely"]))
            assert caught == 0 or caught * 1000 <= int(number(ranked[profile]["incidents"]))
        for profile in ("home", "good-identity", "shifted"):
            assert bound(named[profile]["of those named (at most)"]) <= 2
        assert bound(named["home"]["per 1,000 (at most, 95 %)"]) <= 1
        for profile in ("null-trap", "shared-account", "after-the-fact"):
            assert number(named[profile]["falsely"]) == 0

    def test_name_as_many_vendors_as_the_page_says(self) -> None:
        """The .50 that is wanted where telemetry is good; with ordinary records the page says it is just below."""
        _, named = tables()

        for profile, least in (
            ("good-identity", 0.50),
            ("linux-audit", 0.55),
            ("home", 0.48),
            ("ordinary-identity", 0.20),
        ):
            row = named[profile]
            caused, told = number(row["vendor-caused"]), number(row["vendor named (without)"])
            assert told / caused >= least
