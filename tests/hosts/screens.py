"""A headless browser with two people in it: the provider's at a desk, the vendor's on a phone."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.hosts.lab import ROOT
from tests.patience import PATIENCE_MILLISECONDS

_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@contextmanager
def chromium() -> Iterator[Browser]:
    """This function will start the Chromium that is named, or that scripts/chromium-program finds."""
    program = os.environ.get("GROUNDRULES_CHROMIUM") or _program()
    # Playwright leaves a loop running in this thread, and Django takes that for a program that is asynchronous; no
    # test is, so one that runs after it may ask the database as before.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    expect.set_options(timeout=PATIENCE_MILLISECONDS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=list(_FLAGS))
        yield browser
        browser.close()


def _program() -> str:
    found = subprocess.run(
        [ROOT / "scripts" / "chromium-program"], capture_output=True, text=True, check=False
    )
    if found.returncode:
        pytest.fail(found.stderr)
    return found.stdout.strip()


@contextmanager
def wide_of(browser: Browser) -> Iterator[Page]:
    """This function will open a page at a desk."""
    yield from _page(browser, (1440, 900))


@contextmanager
def phone_of(browser: Browser) -> Iterator[Page]:
    """This function will open a page as narrow as a small phone, with cookies of its own."""
    yield from _page(browser, (360, 780))


def _page(browser: Browser, size: tuple[int, int]) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": size[0], "height": size[1]})
    context.set_default_timeout(PATIENCE_MILLISECONDS)
    yield context.new_page()
    context.close()
