"""A passkey in a real browser, whose authenticator is Chromium's own virtual one."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Page, expect

from tests.journeys.conftest import Watch
from tests.journeys.serving import Served, new_link
from tests.patience import PATIENCE_MILLISECONDS


def _named(demo: Served) -> str:
    """The same pages by their name, which is what a passkey belongs to."""
    return f"http://localhost:{urlsplit(demo.address).port}"


def _with_authenticator(page: Page) -> None:
    told = page.context.new_cdp_session(page)
    told.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    told.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def test_signs_in_without_typing(demo: Served, browser: Browser) -> None:
    """The owner adds a passkey, signs out, signs in by it alone, and takes it away again."""
    context = browser.new_context(base_url=_named(demo), viewport={"width": 360, "height": 780})
    context.set_default_timeout(PATIENCE_MILLISECONDS)
    watch = Watch()
    watch.over(context, _named(demo))
    page = context.new_page()
    _with_authenticator(page)
    page.goto(new_link(demo, "kim@greenway.example"))
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("/")
    page.goto("/account/")
    page.get_by_label("What you call it").fill("my telephone")

    page.get_by_role("button", name="Add a passkey").click()
    expect(page.get_by_text("Shown this once")).to_be_visible()
    expect(page.locator("ul.codes li")).to_have_count(10)
    _sign_out(page)
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url("/")
    page.goto("/account/")

    expect(page.get_by_role("row", name=re.compile("passkey.*this one"))).to_be_visible()
    page.get_by_role("button", name="Take my telephone away").click()
    expect(page.get_by_text("my telephone opens nothing any more.")).to_be_visible()
    _sign_out(page)
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_text("No user who may sign in has this passkey")).to_be_visible()
    context.close()
    assert watch.elsewhere == []
    assert [one for one in watch.complaints if "422" not in one] == []


def _sign_out(page: Page) -> None:
    page.locator(".user-menu summary").click()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("/sign-in/")
