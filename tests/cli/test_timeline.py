"""`groundrules timeline`: the page's answer and rows on a terminal, and spans that cannot be."""

from __future__ import annotations

import json

import pytest

from groundrules.cli.exits import Exit
from groundrules.cli.main import main
from tests.cli.on_books import OnBooks

EVENING = ("timeline", "SRV1", "--from", "2007-02-21T18:00", "--to", "2007-02-22T08:00")


class TestTimeline(OnBooks):
    def test_tells_who_what_and_what_broke(self) -> None:
        """The rogue evening: the span by the server's clock, the short answer, then a line for each thing."""
        said = self.line(*EVENING)

        head, *rest = said.splitlines()
        assert head == "SRV1 of HARBOR, Wed 2007-02-21 18:00 PST to Thu 2007-02-22 08:00 PST"
        assert "Likely cause: " in said or "Proven cause: " in said
        removed = next(line for line in rest if " removed: " in line)
        assert "outside any approved window" in removed
        assert "recorded" in removed
        assert removed.split()[-1].startswith("CHG-")

    def test_gives_the_same_as_data(self) -> None:
        """Every row with its instant, account, strength and reference."""
        self.capsys.readouterr()
        assert main([*EVENING, "--json"]) == Exit.OK
        told = json.loads(self.capsys.readouterr().out)

        assert (told["server"], told["client"], told["zone"]) == (
            "SRV1",
            "HARBOR",
            "America/Los_Angeles",
        )
        assert told["from"] == "2007-02-22T02:00:00+00:00"
        assert [row["ref"] for row in told["rows"] if row["kind"] == "removed"]
        assert told["rows"] == sorted(told["rows"], key=lambda row: row["at"])
        assert told["says"]

    def test_leads_to_the_newest_where_nothing_is_on_record(self) -> None:
        """The last day holds no news but what is still open: the way to the newest stands below."""
        said = self.line("timeline", "SRV1")

        way = said.splitlines()[-1].partition(": groundrules ")[2]
        assert way == "timeline SRV1 --client HARBOR --latest"
        assert "INC-2" in self.line(*way.split())

    def test_refuses_what_is_no_span_or_no_server(self) -> None:
        """Backwards, too long, no time, nobody's server: each said, with how to write it."""
        backwards = ("--from", "2007-02-22T08:00", "--to", "2007-02-21T18:00")
        too_long = ("--from", "2006-02-22T08:00", "--to", "2007-02-21T18:00")
        for span in (backwards, too_long, ("--from", "yesterday")):
            assert "Write times such as" in self.refused(Exit.USAGE, "timeline", "SRV1", *span)
        both = (*EVENING, "--latest")
        assert "--latest finds its own span" in self.refused(Exit.USAGE, *both)
        assert "'SRV9'" in self.refused(Exit.NOT_FOUND, "timeline", "SRV9")


pytestmark = pytest.mark.django_db
