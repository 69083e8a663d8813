"""Four incidents in a real browser: a vendor's change, our own patch, no change at all, and an honest unknown."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.journeys.conftest import NARROW, ROOT, WIDE, Watch
from tests.journeys.serving import Served, command, served

pytestmark = pytest.mark.browser
Keep = Callable[[Page, str], None]

CASE = ROOT / "tests" / "cases" / "22-four-incidents-explained.yaml"
INCIDENTS = {
    "explained-vendor": ("INC-VENDOR", "Rogue Dental Software (recorded)", "Outside"),
    "explained-our-patch": ("INC-PATCH", "Greenway IT Services (recorded)", "Inside"),
    "explained-no-change": ("INC-NOTHING", "Not asked", "Not asked"),
    "explained-unknown": ("INC-OPEN", "Not asked", "Not asked"),
}
# What `groundrules-collector needs` reports, as its own tests hold it.
REPORT = {
    "groundrules-needs": 1,
    "application": "LEDGER",
    "host": "SRV1",
    "began": "2007-02-01T10:00:00+00:00",
    "ended": "2007-02-01T10:01:00+00:00",
    "looks": 60,
    "edges": [
        {"component": "sa", "grade": "observed", "how": "connected to sqlservr"},
        {"component": "SQL Server 2005", "grade": "observed", "how": "connected to sqlservr"},
        {"component": "C:\\Ledger\\bridge.ini", "grade": "observed", "how": "held open"},
        {"component": "ODBC driver", "grade": "declared", "how": "settings"},
    ],
}
_TOO_WIDE = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
_GRAVE = {"serious", "critical"}


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A new installation that has taken the case over, as an owner would do it."""
    folder = tmp_path_factory.mktemp("explained")
    command(folder, "init", "--email", "kim@greenway.example", "--name", "Kim Green")
    command(folder, "import", str(CASE))
    report = folder / "needs.json"
    report.write_text(json.dumps(REPORT))
    command(folder, "dependencies", "take", str(report))
    with served(folder, "serve") as where:
        yield where


@pytest.fixture(scope="module")
def reader(installation: Served, browser: Browser) -> Iterator[Page]:
    """The owner, signed in by the link."""
    context = browser.new_context(base_url=installation.address, reduced_motion="reduce")
    context.set_default_timeout(10_000)
    page = context.new_page()
    page.goto(installation.link)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("/")
    yield page
    context.close()


class TestExplanations:
    @pytest.mark.parametrize("name", INCIDENTS)
    def test_keep_four_answers_apart(
        self, reader: Page, installation: Served, watch: Watch, name: str, keep_picture: Keep
    ) -> None:
        """Actor and authority each say their own; the page fits a desk and a phone, and axe finds nothing grave."""
        ref, actor, authority = INCIDENTS[name]
        watch.over(reader.context, installation.address)
        reader.set_viewport_size({"width": WIDE[0], "height": WIDE[1]})

        reader.goto(f"/incidents/HARBOR/{ref}/")

        expect(reader.locator("#actor .verdict")).to_have_text(actor)
        expect(reader.locator("#authority .verdict")).to_have_text(authority)
        expect(reader.locator("#proof")).to_contain_text("Not tested")
        keep_picture(reader, name)
        found = Axe().run(reader, options={"resultTypes": ["violations"]}).response["violations"]
        assert [one["id"] for one in found if one["impact"] in _GRAVE] == []
        reader.set_viewport_size({"width": NARROW[0], "height": NARROW[1]})
        assert reader.evaluate(_TOO_WIDE) <= 0
        keep_picture(reader, f"{name}-phone")


class TestMap:
    def test_shows_the_same_edges_drawn_and_listed(
        self, reader: Page, installation: Served, watch: Watch, keep_picture: Keep
    ) -> None:
        """From the incident to its application's map and to the whole server's, at a desk and on a phone."""
        watch.over(reader.context, installation.address)
        reader.set_viewport_size({"width": WIDE[0], "height": WIDE[1]})
        reader.goto("/incidents/HARBOR/INC-OPEN/")
        reader.get_by_role("link", name="Ledger Bridge", exact=True).click()
        assert reader.locator("svg.map path").count() == 4
        assert reader.locator("tbody tr").count() == 4

        reader.get_by_role("link", name="All applications").click()
        keep_picture(reader, "dependencies")

        found = Axe().run(reader, options={"resultTypes": ["violations"]}).response["violations"]
        assert [one["id"] for one in found if one["impact"] in _GRAVE] == []
        reader.set_viewport_size({"width": NARROW[0], "height": NARROW[1]})
        assert reader.evaluate(_TOO_WIDE) <= 0
        keep_picture(reader, "dependencies-phone")
