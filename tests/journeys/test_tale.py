"""The tale in a real browser: from "what happened last night?" to the bytes behind an invoice line."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.journeys.pages import PAGES, find, settle

pytestmark = pytest.mark.browser
Keep = Callable[[Page, str], None]

EVENING = "/servers/HARBOR/SRV1/?from=2007-02-21T18:00&to=2007-02-22T09:00"
EDITOR = "/clients/HARBOR/agreements/MSA-HARBOR/next/"
_GRAVE = {"serious", "critical"}
_EVERYTHING: dict[str, object] = {"resultTypes": ["violations"]}
# Dark differs from light in its colours only.
COLOURS: dict[str, object] = {"resultTypes": ["violations"], "runOnly": ["color-contrast"]}
_SPOIL = """
() => {
  document.querySelector("h1").style.color = "#ddd";
  document.querySelector("main").append(new Image(10, 10));
}
"""
_TOO_WIDE = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


class TestTheTale:
    def test_leads_from_last_night_to_the_work(self, page: Page, keep_picture: Keep) -> None:
        """Today, the server's evening, the change, its incident, and the decision about the work it made."""
        page.goto("/")
        expect(page.get_by_role("heading", name="Today", exact=True)).to_be_visible()
        keep_picture(page, "today")

        page.get_by_role("link", name="Servers", exact=True).click()
        page.get_by_role("link", name="SRV1", exact=True).click()
        page.get_by_text("Another span").click()
        page.get_by_label("From (America/Los_Angeles)").fill("2007-02-21T18:00")
        page.get_by_label("To (America/Los_Angeles)").fill("2007-02-22T09:00")
        page.get_by_role("button", name="Show span").click()
        answer = page.get_by_role("region", name="Short answer")
        expect(answer).to_contain_text("both outside any approved window")
        expect(answer).to_contain_text("Likely cause: .NET Framework 2.0")
        keep_picture(page, "timeline")

        answer.get_by_role("link", name=".NET Framework 2.0").first.click()
        expect(page.get_by_text("Rogue Dental Software").first).to_be_visible()
        expect(page.get_by_text("Grade A")).to_be_visible()
        keep_picture(page, "change")

        page.get_by_role("link", name="SharePoint stopped working").first.click()
        expect(page.locator("#cause").get_by_text("Likely change")).to_be_visible()
        keep_picture(page, "incident")

        page.get_by_role("link", name="Recovery fallout on SharePoint").first.click()
        expect(page.get_by_text("Would change it").first).to_be_visible()
        expect(page.get_by_text("forgone $975.00")).to_be_visible()
        keep_picture(page, "decision")

    def test_leads_to_the_letter_as_it_was_sent(self, page: Page, keep_picture: Keep) -> None:
        """The suspension, its pages as pictures, and the very PDF that left the house."""
        page.goto("/")
        page.get_by_role("link", name="Letters", exact=True).click()
        page.get_by_role("link", name="SRV1: managed service stops").click()
        settle(page)
        keep_picture(page, "letter")
        pdf = page.request.get(
            page.get_by_role("link", name="Open the PDF").get_attribute("href") or ""
        )
        assert pdf.body().startswith(b"%PDF-")

    def test_leads_from_a_cent_to_the_bytes(self, page: Page, keep_picture: Keep) -> None:
        """An invoice line opens its decision; its chain ends in raw evidence with a record number and a digest."""
        page.goto("/invoices/INV-00002/")
        settle(page)
        keep_picture(page, "invoice")

        line = page.get_by_role("row").filter(has_text="SHAREPOINT")
        line.get_by_role("link", name="DEC-").click()
        expect(page.get_by_role("link", name="Walk the chain")).to_be_visible()
        page.go_back()
        line.get_by_role("link", name="chain to the evidence").click()
        expect(page.get_by_role("heading", name="From the cent to the byte")).to_be_visible()
        keep_picture(page, "chain")

        raw = page.locator(".link-raw-evidence a").first
        digest = (raw.text_content() or "").strip("…")
        raw.click()
        expect(page.get_by_text(digest).first).to_be_visible()
        expect(page.get_by_role("region", name="Records by type").first).to_be_visible()
        keep_picture(page, "evidence")

    def test_fits_a_phone(self, phone: Page, keep_picture: Keep) -> None:
        """The evening on a small phone: the answer first, the lanes where something happened, rows as cards."""
        phone.goto(EVENING)

        expect(phone.get_by_role("region", name="Short answer")).to_be_in_viewport()
        phone.wait_for_function("() => document.querySelector('.lanes-wrap').scrollLeft > 0")
        keep_picture(phone, "timeline-phone")
        phone.goto("/")
        keep_picture(phone, "today-phone")
        phone.goto(find(phone, "decision"))
        expect(phone.get_by_text("Would change it").first).to_be_visible()
        keep_picture(phone, "decision-phone")
        phone.goto(EDITOR)
        expect(phone.get_by_text("Proven", exact=True)).to_be_visible()
        keep_picture(phone, "editor-phone")

    def test_shows_sentences_beside_their_proof(self, page: Page, keep_picture: Keep) -> None:
        """The next version of the agreement: sentences on one side, the proof and the forms on the other."""
        page.goto(EDITOR)

        expect(page.get_by_text("Proven", exact=True)).to_be_visible()
        expect(page.get_by_label("Sentences, one to a line")).to_contain_text("Clause 4.2")
        keep_picture(page, "editor")

    def test_is_dark_when_asked(self, page: Page, keep_picture: Keep) -> None:
        """The reader's choice outlives the page, and the system's is followed without one."""
        page.emulate_media(color_scheme="dark")
        page.goto(EVENING)
        keep_picture(page, "timeline-dark")
        dark = page.evaluate("() => getComputedStyle(document.documentElement).backgroundColor")

        page.get_by_text("Kim Green").click()
        with page.expect_navigation():
            page.get_by_role("button", name="Light").click()
        light = page.evaluate("() => getComputedStyle(document.documentElement).backgroundColor")

        assert page.url.endswith(EVENING)
        assert (dark, light) == ("rgb(15, 18, 22)", "rgb(255, 255, 255)")


class TestTheKeyboard:
    def test_is_enough_to_reach_a_change(self, page: Page) -> None:
        """Keys alone: go to servers, down the rows, open; the zone turns to UTC and back."""
        page.goto("/")
        page.keyboard.press("g")
        page.keyboard.press("s")
        page.wait_for_url("/servers/")
        page.keyboard.press("j")
        page.keyboard.press("Enter")
        page.wait_for_url("/servers/HARBOR/SRV1/")

        page.keyboard.press("z")
        expect(page.get_by_text("Times in UTC")).to_be_visible()
        page.keyboard.press("z")
        expect(page.get_by_text("Times in America/Los_Angeles")).to_be_visible()
        page.keyboard.press("j")
        page.keyboard.press("Enter")
        page.wait_for_url(lambda url: "/servers/" not in url)

    def test_searches_and_jumps(self, page: Page) -> None:
        """A slash, a reference, Enter."""
        page.goto("/")
        page.keyboard.press("/")
        page.keyboard.type("inv-00002")
        page.keyboard.press("Enter")

        page.wait_for_url("/invoices/INV-00002/")

    def test_types_letters_in_a_field_as_letters(self, page: Page) -> None:
        """A shortcut never fires while somebody writes."""
        page.goto("/clients/")
        page.get_by_role("textbox", name="Client").click()
        page.keyboard.type("g s?")

        assert page.url.endswith("/clients/")
        expect(page.get_by_role("dialog")).to_be_hidden()

    def test_is_explained(self, page: Page) -> None:
        """A question mark shows the keys; Escape closes."""
        page.goto("/")
        page.keyboard.press("?")
        expect(page.get_by_role("dialog")).to_be_visible()
        page.keyboard.press("Escape")

        expect(page.get_by_role("dialog")).to_be_hidden()

    def test_skips_to_the_content(self, page: Page) -> None:
        """The first Tab offers to skip the navigation."""
        page.goto("/work/")
        page.keyboard.press("Tab")
        expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
        page.keyboard.press("Enter")

        expect(page.locator("#main")).to_be_focused()


class TestTheTable:
    def test_filters_in_place_and_in_the_address(self, page: Page) -> None:
        """A changed filter swaps only the table, and the address shows the same to somebody else."""
        page.goto("/work/")
        page.get_by_label("Issue").fill("SHAREPOINT")
        page.get_by_role("button", name="Filter").click()

        expect(page.get_by_text("1 row", exact=True)).to_be_visible()
        page.wait_for_url(lambda url: "issue=SHAREPOINT" in url)
        page.reload()
        expect(page.get_by_text("1 row", exact=True)).to_be_visible()


class TestEveryPage:
    @pytest.mark.parametrize("name", PAGES)
    def test_has_nothing_grave_and_fits(self, page: Page, name: str) -> None:
        """No serious finding of axe in light and dark, wide and narrow; nothing scrolls sideways."""
        page.goto(find(page, name))
        page.evaluate(Axe().axe_script)
        found = []
        for width in (1440, 360):
            page.set_viewport_size({"width": width, "height": 900})
            too_wide = page.evaluate(_TOO_WIDE)
            found += [f"{width}: {too_wide} pixels too wide"] if too_wide > 0 else []
            page.emulate_media(color_scheme="light")
            found += [f"{width} light: {told}" for told in grave(page, _EVERYTHING)]
            page.emulate_media(color_scheme="dark")
            found += [f"{width} dark: {told}" for told in grave(page, COLOURS)]

        assert found == []

    def test_would_be_caught(self, page: Page) -> None:
        """The check itself bites: grey on grey and a picture without words are found."""
        page.goto("/clients/")
        page.evaluate(Axe().axe_script)
        page.evaluate(_SPOIL)

        found = " ".join(grave(page, _EVERYTHING))

        assert "image-alt" in found
        assert "color-contrast" in found


def grave(page: Page, options: dict[str, object]) -> list[str]:
    """What axe (already in the page) calls serious or critical, with the first element it names."""
    violations = Axe(axe_script="").run(page, options=options).response["violations"]
    return [
        f"{v['id']}: {v['help']} ({v['nodes'][0]['html'][:160]})"
        for v in violations
        if v["impact"] in _GRAVE
    ]
