"""From proven changes to a notice and a suspension letter, and from a server that is off to its return, in a browser.

The office manager stands at the client's door on a small phone; the owner sits at a desk.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.journeys.conftest import Watch
from tests.journeys.serving import Served, command, commands, environment, served
from tests.journeys.test_tale import COLOURS, grave
from tests.nowadays import move
from tests.patience import PATIENCE_MILLISECONDS

pytestmark = pytest.mark.browser
Keep = Callable[[Page, str], None]

_TOO_WIDE = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
_LINK = re.compile(r"/c/([\w-]+)/")
_VENDORS_LINK = re.compile(r"/v/([\w-]+)/")
_CODE = re.compile(r"code is (\d{6})")
_PASS = """
import django
django.setup()
from django.utils import timezone
from groundrules.cli.main import main
from groundrules.records.models import LetterDraft
LetterDraft.objects.filter(leaves_at__isnull=False).update(leaves_at=timezone.now())
raise SystemExit(main(["worker", "--once"]))
"""
# Every press of a pointer, whatever page it falls on; a key or a script presses nothing.
_COUNT = """
addEventListener("pointerdown", () => {
  localStorage.pressed = Number(localStorage.pressed || 0) + 1;
}, true);
"""
_CLICKS_TO_REVIEW = 4
_OTHER = {"Harbor Dental": "Quay Dental", "harbor.example": "quay.example", "HARBOR": "QUAY"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two clients this week: Harbor's SRV1 is off; at Quay the same changes are proven, and nobody has written yet."""
    where = tmp_path_factory.mktemp("coverage")
    imports = []
    for name, told_at, renamed in (
        ("12-the-way-back.yaml", date(2007, 4, 4), {}),
        ("04-rogue-change.yaml", date(2007, 2, 26), _OTHER),
    ):
        cases = where / name.partition(".")[0]
        cases.mkdir()
        left_out = ("version: 2, accepted_by", "condition: fee")
        imports.append(("import", str(move(name, told_at, cases, left_out, renamed))))
    begun = ("init", "--email", "kim@greenway.example", "--name", "Kim Green")
    commands(where, begun, *imports, ("worker", "--once"))
    return where


@pytest.fixture(scope="module")
def pages(folder: Path) -> Iterator[Served]:
    """Its pages."""
    with served(folder, "serve") as where:
        yield where


@pytest.fixture
def opened(pages: Served, browser: Browser, watch: Watch) -> Iterator[Callable[[int], Page]]:
    """Opens a fresh page of a width; nothing may complain on it."""
    contexts = []

    def open_page(width: int) -> Page:
        context = browser.new_context(
            base_url=pages.address,
            viewport={"width": width, "height": 800},
            reduced_motion="reduce",
        )
        context.set_default_timeout(PATIENCE_MILLISECONDS)
        watch.over(context, pages.address)
        contexts.append(context)
        return context.new_page()

    yield open_page
    for context in contexts:
        context.close()


@pytest.fixture(scope="module")
def session(pages: Served, browser: Browser) -> list[dict[str, object]]:
    """The owner's cookies, signed in once."""
    context = browser.new_context(base_url=pages.address)
    page = context.new_page()
    page.goto(pages.link)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("/")
    cookies = [dict(cookie) for cookie in context.cookies()]
    context.close()
    return cookies


def mails(folder: Path) -> list[str]:
    """What was mailed, oldest first, as text without the breaks mail puts into long lines."""
    files = sorted((folder / "outbox").glob("*.eml"), key=lambda f: f.stat().st_mtime_ns)
    return [f.read_text(errors="replace").replace("=\n", "") for f in files]


def last(pattern: re.Pattern[str], folder: Path) -> str:
    """What the newest mail that has it says."""
    found = [match[1] for text in mails(folder) if (match := pattern.search(text))]
    return found[-1]


def pass_the_hold(folder: Path) -> None:
    """As if ten minutes had passed: what waits to leave does so in the worker's next turn."""
    given = environment(folder) | {"DJANGO_SETTINGS_MODULE": "groundrules.config.settings"}
    subprocess.run([sys.executable, "-c", _PASS], env=given, check=True)


def hold_to(page: Page) -> None:
    """Nothing grave for axe in light and dark, nothing too wide."""
    page.evaluate(Axe().axe_script)
    assert page.evaluate(_TOO_WIDE) <= 0
    assert grave(page, {"resultTypes": ["violations"]}) == []
    page.emulate_media(color_scheme="dark")
    assert grave(page, COLOURS) == []
    page.emulate_media(color_scheme="light")


class TestOff:
    def test_from_proven_changes_to_the_letters(
        self,
        folder: Path,
        opened: Callable[[int], Page],
        session: list[dict[str, object]],
        keep_picture: Keep,
    ) -> None:
        """Three clicks from a proven change to its letter under review; sent; received; one to the suspension one."""
        page = opened(1440)
        page.context.add_cookies(session)  # type: ignore[arg-type]  # as Playwright gave them
        page.context.add_init_script(_COUNT)
        page.goto("/changes/QUAY/CHG-1/")
        page.get_by_role("link", name="Use in a notice").click()
        expect(page.get_by_text("Clause 6.3 lets us suspend this one server")).to_be_visible()
        expect(page.get_by_text("SRV2 stays covered.")).to_be_visible()
        page.get_by_role("checkbox", name=".NET Framework 1.0 added").check()
        keep_picture(page, "coverage-before-notice")
        hold_to(page)
        page.get_by_role("button", name="Draft the notice").click()
        self._is_under_review(page)

        self._draft_from_stars(page, keep_picture)
        self._is_under_review(page)
        expect(page.locator(".copies .digest")).to_have_count(2)
        copies = page.locator(".copies .digest").all_inner_texts()

        self._send_and_receive(page, folder, keep_picture)

        command(folder, "worker", "--once")
        page.evaluate("() => localStorage.removeItem('pressed')")
        page.goto("/")
        page.get_by_role("link", name="SRV1: managed service stops").click()
        self._is_under_review(page)
        expect(page.locator(".copies .digest")).to_have_text(copies)
        keep_picture(page, "suspension-with-copies")
        hold_to(page)
        self._approve_and_send(page, "SRV1")
        pass_the_hold(folder)
        (sent,) = [mail for mail in mails(folder) if "SRV1: managed service stops" in mail]
        assert all(digest in sent for digest in copies)

    def _send_and_receive(self, page: Page, folder: Path, keep_picture: Keep) -> None:
        """The notice leaves, and a receipt of it is put on record."""
        self._approve_and_send(page, "SRV1")
        pass_the_hold(folder)
        page.goto("/servers/QUAY/SRV1/coverage/")
        expect(page.get_by_text("No receipt is on record")).to_be_visible()
        page.get_by_role("button", name="Record receipt").click()
        expect(page.get_by_text("is suspended from")).to_be_visible()
        keep_picture(page, "coverage-under-notice")

    def _draft_from_stars(self, page: Page, keep_picture: Keep) -> None:
        """Two stars, one of them by key, the tray, and the notice again: the same letter, now with frozen copies."""
        page.goto("/servers/QUAY/SRV1/changes/")
        page.evaluate("() => localStorage.removeItem('pressed')")
        first = page.get_by_role("button", name="Keep CHG-1 as evidence")
        first.click()
        expect(first).to_have_attribute("aria-pressed", "true")
        page.get_by_role("link", name=".NET Framework 1.0 added").focus()
        page.keyboard.press("s")
        tray = page.get_by_role("link", name="2 in your evidence tray")
        expect(tray).to_be_visible()
        tray.click()
        expect(page.get_by_text("account rogue-svc of Rogue Dental Software").first).to_be_visible()
        keep_picture(page, "evidence-tray")
        hold_to(page)
        page.get_by_role("button", name="A notice about SRV1").click()
        expect(page.get_by_role("heading", name="Frozen copies")).to_be_visible()

    def _is_under_review(self, page: Page) -> None:
        """The letter with its effects stands before who approves it, after few clicks."""
        expect(page.get_by_role("heading", name="What it changes")).to_be_visible()
        expect(page.get_by_role("button", name="Approve letter")).to_be_visible()
        clicks = int(page.evaluate("() => localStorage.pressed"))
        assert 0 < clicks <= _CLICKS_TO_REVIEW, clicks

    def _approve_and_send(self, page: Page, name: str) -> None:
        own = page.get_by_label("write SRV1 to approve it")
        if own.count():
            own.fill(name)
        page.get_by_role("button", name="Approve letter").click()
        page.get_by_role("button", name="Send letter").click()
        expect(page.get_by_text("Until then it can be called back.")).to_be_visible()


class TestBack:
    def test_from_the_list_of_things_to_do_to_the_return(
        self,
        folder: Path,
        opened: Callable[[int], Page],
        session: list[dict[str, object]],
        keep_picture: Keep,
    ) -> None:
        """Pat agrees and Rogue accepts, each with a code; the list ticks itself; letter and invoice are drafted."""
        desk = opened(1440)
        desk.context.add_cookies(session)  # type: ignore[arg-type]  # as Playwright gave them
        desk.goto("/clients/HARBOR/")
        pat = desk.get_by_role("listitem").filter(has_text="Pat Owner").first
        pat.get_by_text("Mail a personal link").click()
        pat.get_by_role("button", name="Mail link").click()
        expect(desk.get_by_text("A personal link was mailed to pat@harbor.example")).to_be_visible()

        phone = opened(360)
        self._pat_agrees(phone, folder, keep_picture)

        desk.goto("/servers/HARBOR/SRV1/coverage/")
        expect(desk.get_by_text("6 of 7 done.")).to_be_visible()
        expect(desk.get_by_role("button", name="Record proof")).to_be_hidden()
        keep_picture(desk, "coverage-way-back")
        self._rogue_accepts(desk, opened(360), folder, keep_picture)
        desk.goto("/servers/HARBOR/SRV1/coverage/")
        expect(desk.get_by_text("Everything is done. It is covered again from")).to_be_visible()
        expect(desk.get_by_role("heading", name="The invoice of the return")).to_be_visible()

        command(folder, "worker", "--once")
        desk.goto("/letters/")
        desk.get_by_role("link", name="SRV1 is covered again").click()
        desk.get_by_role("button", name="Approve letter").click()
        desk.get_by_role("button", name="Send letter").click()
        expect(desk.get_by_text("Until then it can be called back.")).to_be_visible()
        pass_the_hold(folder)
        phone.goto(f"/c/{last(_LINK, folder)}/letters/")
        phone.get_by_role("link", name="SRV1 is covered again").click()
        expect(phone.get_by_text("Thank you for your help.")).to_be_visible()

    def _rogue_accepts(self, desk: Page, phone: Page, folder: Path, keep_picture: Keep) -> None:
        """The next version is published, and Ray accepts it by his link without asking for a window."""
        desk.goto("/vendors/HARBOR/V1/")
        desk.get_by_label("Person").fill("Ray at Rogue")
        desk.get_by_label("Mail address").fill("ray@rogue.example")
        desk.get_by_role("button", name="Mail a personal link").click()
        desk.goto("/vendors/HARBOR/V1/rules/")
        desk.get_by_role("checkbox").first.check()
        desk.get_by_role("button", name="Publish").click()
        expect(desk.get_by_text("is published; everyone with a link is told")).to_be_visible()
        phone.goto(f"/v/{last(_VENDORS_LINK, folder)}/")
        phone.get_by_role("checkbox", name="I, Ray at Rogue, accept version 2").check()
        phone.get_by_role("button", name="Mail me a code").click()
        phone.get_by_label("Code", exact=True).fill(last(_CODE, folder))
        keep_picture(phone, "accept-rules-phone")
        hold_to(phone)
        phone.get_by_role("button", name="Only accept the rules").click()
        expect(phone.get_by_text("you accepted version 2 of the rules")).to_be_visible()

    def _pat_agrees(self, phone: Page, folder: Path, keep_picture: Keep) -> None:
        door = f"/c/{last(_LINK, folder)}/"
        phone.goto(door)
        keep_picture(phone, "door-phone")
        hold_to(phone)
        phone.get_by_role("link", name="What we have to do").click()
        expect(phone.get_by_text("5 of 7 done.")).to_be_visible()
        keep_picture(phone, "door-to-do-phone")
        hold_to(phone)
        phone.get_by_role("button", name="Agree to it").click()
        phone.get_by_role("button", name="Mail me a code").click()
        phone.get_by_label("Code").fill(last(_CODE, folder))
        keep_picture(phone, "door-code-phone")
        hold_to(phone)
        phone.get_by_role("button", name="Yes, do it").click()
        expect(phone.get_by_text("Noted: you agree.")).to_be_visible()
        for page in ("work", "requests", "letters", "invoices", "people"):
            phone.goto(f"{door}{page}/")
            hold_to(phone)
