"""The demo as a newcomer runs it: its own pipeline fills a fresh folder, its command serves it, a browser opens it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, StorageState

from tests.hosts.screens import chromium
from tests.journeys.serving import Served, served
from tests.patience import PATIENCE_MILLISECONDS

ROOT = Path(__file__).resolve().parents[2]
WIDE = (1440, 900)
NARROW = (360, 780)


@dataclass(slots=True)
class Watch:
    """What a browser complained about, and which other hosts a page asked for."""

    complaints: list[str] = field(default_factory=list)
    elsewhere: list[str] = field(default_factory=list)

    def over(self, context: BrowserContext, address: str) -> None:
        """Listen to every page of a context."""
        host = urlsplit(address).netloc
        context.on("console", lambda said: self._hear(said.type, said.text))
        context.on("weberror", lambda error: self.complaints.append(str(error.error)))
        context.on("request", lambda request: self._ask(request.url, host))

    def _hear(self, kind: str, text: str) -> None:
        if kind in {"error", "warning"}:
            self.complaints.append(f"{kind}: {text}")

    def _ask(self, url: str, host: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in {"data", "blob"} and parts.netloc != host:
            self.elsewhere.append(url)


@pytest.fixture(scope="package")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The tale walked by `groundrules demo`, served on a free port of loopback."""
    with served(tmp_path_factory.mktemp("demo"), "demo") as where:
        yield where


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """A headless Chromium, the same for all journeys; while it runs, no other loop may run in this thread."""
    with chromium() as found:
        yield found


@pytest.fixture(scope="package")
def signed_in(demo: Served, browser: Browser) -> StorageState:
    """The session of the owner, who pressed the button of the link once."""
    context = browser.new_context(base_url=demo.address)
    page = context.new_page()
    page.goto(demo.link)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("/")
    state = context.storage_state()
    context.close()
    return state


def _open(demo: Served, browser: Browser, state: StorageState, size: tuple[int, int]) -> Page:
    width, height = size
    context = browser.new_context(
        base_url=demo.address,
        storage_state=state,
        viewport={"width": width, "height": height},
        reduced_motion="reduce",
    )
    context.set_default_timeout(PATIENCE_MILLISECONDS)
    return context.new_page()


@pytest.fixture
def watch() -> Iterator[Watch]:
    """Nothing may complain, and no page may ask another host, whatever the journey does."""
    seen = Watch()
    yield seen

    assert seen.complaints == []
    assert seen.elsewhere == []


@pytest.fixture
def page(demo: Served, browser: Browser, signed_in: StorageState, watch: Watch) -> Iterator[Page]:
    """A wide page, signed in as the owner."""
    opened = _open(demo, browser, signed_in, WIDE)
    watch.over(opened.context, demo.address)
    yield opened
    opened.context.close()


@pytest.fixture
def phone(demo: Served, browser: Browser, signed_in: StorageState, watch: Watch) -> Iterator[Page]:
    """A page as narrow as a small phone."""
    opened = _open(demo, browser, signed_in, NARROW)
    watch.over(opened.context, demo.address)
    yield opened
    opened.context.close()
