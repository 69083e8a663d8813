"""The one table: filters, order, columns and page are separate parts of the URL, and the CSV is the screen."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime
from urllib.parse import parse_qs, urljoin, urlsplit

import pytest
from django.http import HttpResponseBase, StreamingHttpResponse
from django.test import Client, RequestFactory

from groundrules.records import models as books
from groundrules.web.tables.kit import TableView, paged
from tests.web import harbor_books

BEGAN = datetime(2007, 2, 1, 16, 0, tzinfo=UTC)


@pytest.fixture
def page(client: Client) -> Client:
    """The owner, signed in, over sixty clients."""
    client.force_login(harbor_books.people(BEGAN)["owner"])
    for number in range(60):
        books.Client.objects.create(
            code=f"C{number:02}",
            name=f"Client {number:02}",
            zone="UTC" if number % 2 else "Asia/Kolkata",
            currency="USD",
            notice_email=f"c{number}@client.example",
        )
    return client


def table(client: Client, address: str) -> TableView:
    """What the table shows under an address."""
    shown: TableView = client.get(urljoin("/clients/", address)).context["table"]
    return shown


def names(shown: TableView) -> list[str]:
    """The first cell of each row."""
    return [row[0].text for row in shown.rows]


def lines(answer: HttpResponseBase) -> list[list[str]]:
    """The rows of a streamed CSV."""
    assert isinstance(answer, StreamingHttpResponse)
    text = b"".join(answer).decode()
    return list(csv.reader(io.StringIO(text)))


@pytest.mark.django_db
class TestTable:
    def test_filters_by_what_the_url_says(self, page: Client) -> None:
        """A link to a filtered list shows the same rows to somebody else."""
        assert names(table(page, "/clients/?name=client+07")) == ["Client 07"]

    def test_turns_the_order_around_on_the_second_click(self, page: Client) -> None:
        """A heading sorts up, then down."""
        up = table(page, "/clients/?sort=client")
        down = table(page, up.headings[0].href)

        assert (up.headings[0].sorted, down.headings[0].sorted) == ("ascending", "descending")
        assert names(down)[0] == "Client 59"

    def test_changes_columns_without_touching_the_filter(self, page: Client) -> None:
        """Choosing columns keeps filter and order; sorting keeps the columns."""
        shown = table(page, "/clients/?name=client&sort=-client&cols=client&cols=notice")
        heading = parse_qs(urlsplit(shown.headings[0].href).query)

        assert [h.label for h in shown.headings] == ["Client", "Notices go to"]
        assert names(shown)[0] == "Client 59"
        assert heading["name"] == ["client"]
        assert heading["cols"] == ["client,notice"]

    def test_ignores_an_order_or_column_it_does_not_have(self, page: Client) -> None:
        """A mistyped link shows the table as it is."""
        shown = table(page, "/clients/?sort=password&cols=secret&page=999")

        assert [h.label for h in shown.headings] == ["Client", "Servers", "Time zone", "Currency"]
        assert shown.total == 60

    def test_shows_fifty_rows_and_leads_to_the_rest(self, page: Client) -> None:
        """The second page keeps the filter."""
        first = table(page, "/clients/?name=client")
        second = table(page, first.next_href)

        assert (len(first.rows), len(second.rows)) == (50, 10)
        assert second.previous_href
        assert "name=client" in first.next_href

    def test_says_that_the_filter_hides_everything(self, page: Client) -> None:
        """Empty because of a filter is not the same as empty."""
        text = page.get("/clients/?name=nobody").content.decode()

        assert "No row matches the filter." in text

    def test_answers_a_fragment_with_only_the_table(self, page: Client) -> None:
        """What asks for the table gets the table, without the frame of the page."""
        asked = {"HX-Request": "true", "HX-Target": "table-clients"}

        text = page.get("/clients/?name=07", headers=asked).content.decode()

        assert text.lstrip().startswith('<div id="table-clients"')
        assert "<html" not in text

    def test_answers_a_fragment_for_something_else_with_the_page(self, page: Client) -> None:
        """Another part of a page never gets half a table."""
        asked = {"HX-Request": "true", "HX-Target": "main"}

        assert "<html" in page.get("/clients/", headers=asked).content.decode()


class TestPaged:
    def test_shows_the_page_that_is_asked_for_or_has_a_row(self) -> None:
        """Fifty rows each, by the address; after a refusal the page with the row it is about."""
        asked = RequestFactory().get("/?rows=3")

        pages = [paged(asked, range(120), "rows"), paged(asked, range(120), "rows", 75)]

        assert [list(page) for page in pages] == [list(range(100, 120)), list(range(50, 100))]


@pytest.mark.django_db
class TestCsv:
    def test_holds_every_row_and_the_columns_on_the_screen(self, page: Client) -> None:
        """All pages of the list, in the order shown, with the same columns."""
        address = "/clients/?name=client&sort=-client&cols=client,zone"
        shown = table(page, address)
        sheet = lines(page.get(f"{address}&format=csv"))

        assert sheet[0] == [h.label for h in shown.headings]
        assert sheet[1:51] == [[cell.text for cell in row] for row in shown.rows]
        assert len(sheet) == 61

    def test_comes_as_a_file(self, page: Client) -> None:
        """A browser saves it under the table's name."""
        answer = page.get("/clients/?format=csv")

        assert answer.headers["Content-Disposition"] == 'attachment; filename="clients.csv"'

    def test_defuses_a_name_that_is_a_formula(self, page: Client) -> None:
        """What a client calls itself never runs in somebody's spreadsheet."""
        books.Client.objects.create(code="X", name='=cmd|"/c calc"!A1', zone="UTC", currency="USD")

        sheet = lines(page.get("/clients/?name=cmd&format=csv"))

        assert sheet[1][0] == '\'=cmd|"/c calc"!A1'


@pytest.mark.django_db
class TestServersOfAClient:
    def test_are_shown_fifty_at_a_time(self, page: Client) -> None:
        """A client with thousands of servers opens at once; each of them stands on one of the pages."""
        owner = books.Client.objects.get(code="C00")
        for number in range(120):
            books.Asset.objects.create(
                client=owner, code=f"S{number:03}", name=f"Server {number:03}"
            )

        shown = [page.get(f"/clients/C00/?servers={number}") for number in (1, 2, 3)]
        found = [row.asset.code for one in shown for row in one.context["servers"]]

        assert found == [f"S{number:03}" for number in range(120)]
        assert "Page 3 of 3" in shown[2].content.decode()
        assert "Search all 120 servers" in shown[0].content.decode()
