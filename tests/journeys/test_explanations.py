"""Four incidents in a real browser: a vendor's change, our own patch, no change at all, and an honest unknown."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from groundrules.core.ids import IncidentId
from groundrules.core.replay.answers import Outcome, Run, Wanted
from groundrules.core.replay.search import next_step
from groundrules.gateways.replay import read_site, site_digest
from groundrules.services.replaying import plan_for
from tests.journeys.conftest import NARROW, ROOT, WIDE, Watch
from tests.journeys.serving import Served, command, commands, served
from tests.patience import PATIENCE_MILLISECONDS

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
SIGN = ".NET runtime 2.0 not found"
SITE = json.dumps(
    {
        "tree": "/srv/restored",
        "start": ":",
        "url": "http://127.0.0.1/",
        "passes": "OK",
        "signs": [SIGN],
        "actions": [
            {"change": "CHG-1", "kind": "remove package", "target": ".NET Framework 2.0"},
            {"change": "CHG-2", "kind": "install package", "target": ".NET Framework 1.0"},
        ],
    }
)
_TOO_WIDE = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
_GRAVE = {"serious", "critical"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the installation keeps its data."""
    return tmp_path_factory.mktemp("explained")


@pytest.fixture(scope="module")
def installation(folder: Path) -> Iterator[Served]:
    """A new installation that has taken the case over, as an owner would do it."""
    report = folder / "needs.json"
    report.write_text(json.dumps(REPORT))
    begun = ("init", "--email", "kim@greenway.example", "--name", "Kim Green")
    taken = ("dependencies", "take", str(report))
    commands(folder, begun, ("import", str(CASE)), taken)
    with served(folder, "serve") as where:
        yield where


@pytest.fixture(scope="module")
def reader(installation: Served, browser: Browser) -> Iterator[Page]:
    """The owner, signed in by the link."""
    context = browser.new_context(base_url=installation.address, reduced_motion="reduce")
    context.set_default_timeout(PATIENCE_MILLISECONDS)
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


def answers_of(site: str) -> str:
    """What a person notes who walks through the guided replay: only where CHG-1 is made it fails as the client saw."""
    plan = plan_for(read_site(site), IncidentId("INC-VENDOR"))
    runs: list[Run] = []
    rows: list[dict[str, str]] = []
    while isinstance(step := next_step(plan, runs), Wanted):
        made = step.state.changes
        broken = step.state.end_copy or "CHG-1" in made
        saw = SIGN if broken else "200 OK"
        outcome = Outcome.SAME_FAILURE if broken else Outcome.PASSES
        digest = hashlib.sha256(saw.encode()).hexdigest()
        runs.append(Run(len(runs) + 1, step.state, outcome, saw, digest))
        copy = "yes" if step.state.end_copy else "no"
        ran_on = "yes" if step.state.running else "no"
        row = {"made": " ".join(sorted(made)), "end_copy": copy, "running": ran_on, "saw": saw}
        rows.append(row | {"answer": "same" if broken else "passes", "at": "2007-03-01T10:00:00Z"})
    told = {"incident": "INC-VENDOR", "site": site_digest(site), "answers": rows}
    return json.dumps(told)


class TestProof:
    def test_shows_what_was_tested(
        self, reader: Page, installation: Served, folder: Path, watch: Watch, keep_picture: Keep
    ) -> None:
        """A guided replay proves the vendor's change: each run is told; actor and authority stay as they were."""
        (folder / "site.json").write_text(SITE)
        (folder / "answers.json").write_text(answers_of(SITE))
        words = ("replay", "guide", "INC-VENDOR", str(folder / "site.json"))
        command(folder, *words, "--kept", str(folder / "answers.json"))
        watch.over(reader.context, installation.address)
        reader.set_viewport_size({"width": WIDE[0], "height": WIDE[1]})

        reader.goto("/incidents/HARBOR/INC-VENDOR/")

        expect(reader.locator("#cause .verdict")).to_have_text("Proven change")
        expect(reader.locator("#actor .verdict")).to_have_text("Rogue Dental Software (recorded)")
        expect(reader.locator("#authority .verdict")).to_have_text("Outside")
        expect(reader.locator("#proof")).to_contain_text("Proven on a copy")
        keep_picture(reader, "explained-proven")
        reader.set_viewport_size({"width": NARROW[0], "height": NARROW[1]})
        assert reader.evaluate(_TOO_WIDE) <= 0
        keep_picture(reader, "explained-proven-phone")


class TestMap:
    def test_shows_the_same_edges_drawn_and_listed(
        self, reader: Page, installation: Served, watch: Watch, keep_picture: Keep
    ) -> None:
        """From the incident to its application's map and to the whole server's, at a desk and on a phone."""
        watch.over(reader.context, installation.address)
        reader.set_viewport_size({"width": WIDE[0], "height": WIDE[1]})
        reader.goto("/incidents/HARBOR/INC-OPEN/")
        reader.get_by_role("link", name="Ledger Bridge", exact=True).click()
        expect(reader.locator("svg.map path")).to_have_count(4)
        expect(reader.locator("tbody tr")).to_have_count(4)

        reader.get_by_role("link", name="All applications").click()
        everything = reader.get_by_role("link", name="All applications")
        expect(everything).to_have_attribute("aria-current", "true")
        keep_picture(reader, "dependencies")

        found = Axe().run(reader, options={"resultTypes": ["violations"]}).response["violations"]
        assert [one["id"] for one in found if one["impact"] in _GRAVE] == []
        reader.set_viewport_size({"width": NARROW[0], "height": NARROW[1]})
        assert reader.evaluate(_TOO_WIDE) <= 0
        keep_picture(reader, "dependencies-phone")
