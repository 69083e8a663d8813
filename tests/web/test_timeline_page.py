"""What happened on this server last night: the short answer, the lanes and the equal table."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from groundrules.core.evidence import Gap, GapKind
from groundrules.core.ids import AssetId, GapId
from groundrules.core.periods import Interval
from groundrules.services.filing import Filing, file_facts
from groundrules.services.nights.rows import Row
from tests.kept import Kept, anew
from tests.web import harbor_books
from tests.web.test_query_counts import EVENING, NIGHT, more_changes

PAGE = "/servers/HARBOR/SRV1/"

pytestmark = pytest.mark.django_db
CASE = "04-rogue-change.yaml"


@pytest.fixture
def told(taken_over: Kept[harbor_books.Books], client: Client) -> harbor_books.Books:
    """The rogue evening, with the technician signed in."""
    client.force_login(harbor_books.person("technician"))
    return replace(taken_over.made, client=anew(taken_over.made.client))


def answer(client: Client, query: str) -> str:
    """The short answer as one text."""
    sentences = client.get(f"{PAGE}?{query}").context["answer"]
    return " ".join("".join(phrase.text for phrase in sentence) for sentence in sentences)


def rows(client: Client, query: str) -> tuple[Row, ...]:
    """The rows of the table."""
    return tuple(one.told for one in client.get(f"{PAGE}?{query}").context["rows"])


class TestShortAnswer:
    def test_tells_the_rogue_evening(self, told: harbor_books.Books, client: Client) -> None:
        """Who, what, when, the failure between two checks, and the cause in the cause page's own words."""
        said = answer(client, NIGHT)

        assert (
            "2 changes by account rogue-svc, 19:58 PST to 20:06 PST, both outside any approved "
            "window: .NET Framework 2.0 removed; .NET Framework 1.0 added." in said
        )
        assert "SharePoint was healthy at 19:56 PST and failing at 20:01 PST." in said
        assert "Likely cause: .NET Framework 2.0 removed." in said

    def test_tells_first_what_lay_outside_any_window(
        self, told: harbor_books.Books, client: Client
    ) -> None:
        """The two changes outside any window come before three hundred packages of somebody else."""
        more_changes(told, 300, hands=1)

        said = answer(client, NIGHT)

        assert said.index("by account rogue-svc") < said.index("300 changes")

    def test_links_each_change_to_its_page(self, told: harbor_books.Books, client: Client) -> None:
        """A phrase about a record opens the record."""
        sentences = client.get(f"{PAGE}?{NIGHT}").context["answer"]
        links = [phrase.href for sentence in sentences for phrase in sentence if phrase.href]

        assert "/changes/HARBOR/CHG-1/" in links
        assert "/incidents/HARBOR/INC-2/" in links

    def test_does_not_call_silence_quiet(self, told: harbor_books.Books, client: Client) -> None:
        """Where no evidence covers the span, nothing is known."""
        said = answer(client, "from=2007-01-10T18:00&to=2007-01-11T08:00")

        assert "not known to have been quiet" in said

    def test_says_where_evidence_is_missing(self, told: harbor_books.Books, client: Client) -> None:
        """A gap is part of the answer, is drawn, and is a row."""
        gap = Gap(
            id=GapId("GAP-9"),
            asset=AssetId("SRV1"),
            kind=GapKind.COLLECTOR_SILENT,
            interval=Interval(EVENING + timedelta(hours=5), EVENING + timedelta(hours=6)),
            source="collector",
            says="The collector was stopped.",
        )
        file_facts([gap], Filing(told.client, harbor_books.KIM, told.at))

        page = client.get(f"{PAGE}?{NIGHT}")

        assert "Evidence is missing or weak" in answer(client, NIGHT)
        assert [r.told.text for r in page.context["rows"] if r.told.mark == "gap"] == [gap.says]
        assert [b.kind for b in page.context["drawing"].lanes[-1].bars] == ["gap"]


class TestTable:
    def test_lists_what_is_drawn(self, told: harbor_books.Books, client: Client) -> None:
        """The table is the accessible truth: every drawn link is a row's link too."""
        page = client.get(f"{PAGE}?{NIGHT}")
        lanes = page.context["drawing"].lanes
        drawn = {item.href for lane in lanes for item in (*lane.bars, *lane.marks) if item.href}

        assert drawn <= {row.href for row in page.context["rows"]}

    def test_carries_a_zone_on_every_time(self, told: harbor_books.Books, client: Client) -> None:
        """No time stands without its zone."""
        listed = rows(client, NIGHT)

        assert listed
        assert all("PST" in row.when for row in listed)

    def test_shows_utc_when_asked(self, told: harbor_books.Books, client: Client) -> None:
        """The same span in UTC, and the way back."""
        page = client.get(f"{PAGE}?from=2007-02-22T02:00&to=2007-02-22T16:00&zone=utc")

        listed = page.context["rows"]
        assert listed
        assert all("UTC" in row.told.when for row in listed)
        assert "zone=utc" not in page.context["zone_href"]

    def test_folds_a_long_run_and_opens_it(self, told: harbor_books.Books, client: Client) -> None:
        """Three hundred packages are not three hundred rows; the folded row leads to each of them."""
        more_changes(told, 300, hands=1)
        listed = client.get(f"{PAGE}?{NIGHT}").context["rows"]
        (folded,) = [row for row in listed if "changes of kind" in row.told.text]

        opened = client.get(folded.href)

        assert folded.told.text.startswith("300 changes of kind package: package-0 ")
        assert len(listed) < 50
        assert opened.context["table"].total == 300

    def test_draws_every_change_also_when_rows_are_cut(
        self, told: harbor_books.Books, client: Client
    ) -> None:
        """What the table cannot list is still counted in the lanes, and the page says so."""
        more_changes(told, 1000)
        page = client.get(f"{PAGE}?{NIGHT}")
        marks = page.context["drawing"].lanes[2].marks

        assert sum(mark.count for mark in marks) == 1002
        assert page.context["hidden"] > 0
        assert "not listed here" in page.content.decode()


class TestSpan:
    def test_starts_around_the_latest_change(
        self, told: harbor_books.Books, client: Client
    ) -> None:
        """Opening a server shows where something happened, not an empty night years later."""
        assert ".NET Framework 2.0 removed" in answer(client, "")

    @pytest.mark.parametrize(
        "query",
        [
            "from=yesterday&to=today",
            "from=2007-02-22T08:00&to=2007-02-21T18:00",
            "from=2007-01-01T00:00&to=2008-01-01T00:00",
            "from=2007-03-11T02:30&to=2007-03-11T05:00",
        ],
    )
    def test_says_what_is_wrong_with_a_span(
        self, told: harbor_books.Books, client: Client, query: str
    ) -> None:
        """A span that cannot be shown is named, and something sensible is shown instead."""
        page = client.get(f"{PAGE}?{query}")

        assert page.status_code == 200
        assert "was not used" in page.context["span"].problem

    def test_has_a_link_that_shows_the_same_later(
        self, told: harbor_books.Books, client: Client
    ) -> None:
        """The permalink carries absolute instants."""
        page = client.get(f"{PAGE}?{NIGHT}")
        again = client.get(PAGE + page.context["permalink"])

        assert again.context["span"].period == page.context["span"].period
        assert page.context["span"].period.start == datetime(2007, 2, 22, 2, 0, tzinfo=UTC)
