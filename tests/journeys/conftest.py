"""The demo as a newcomer runs it: its own pipeline fills a fresh folder, its command serves it, a browser opens it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, StorageState, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
WIDE = (1440, 900)
NARROW = (360, 780)
_COMMAND = Path(sys.executable).with_name("groundrules")
_LINK = re.compile(r"(http://127\.0\.0\.1:\d+)(/sign-in/\S+/)")
_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@dataclass(frozen=True, slots=True)
class Served:
    """Where the demo is served, and the link that signs its owner in once."""

    address: str
    link: str


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


def _environment(folder: Path) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("GROUNDRULES_", "DJANGO_"))}
    return kept | {"GROUNDRULES_DATA": str(folder), "PYTHONUNBUFFERED": "1"}


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The tale walked by `groundrules demo`, served on a free port of loopback."""
    folder = tmp_path_factory.mktemp("demo")
    environment = _environment(folder)
    with (folder / "served.log").open("w+") as log:
        serving = subprocess.Popen(
            [_COMMAND, "demo", "--port", "0"],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
        try:
            yield _announced(serving, folder / "served.log")
        finally:
            serving.terminate()
            serving.communicate(timeout=20)


def _announced(serving: subprocess.Popen[str], log: Path) -> Served:
    assert serving.stdout is not None
    for line in serving.stdout:
        found = _LINK.search(line)
        if found:
            return Served(found[1], found[2])
    pytest.fail(f"the demo ended without a sign-in link:\n{log.read_text()}")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A headless Chromium: the one named, or the one scripts/chromium-program finds."""
    program = os.environ.get("GROUNDRULES_CHROMIUM") or _program()
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=program, args=list(_FLAGS))
        yield chromium
        chromium.close()


def _program() -> str:
    found = subprocess.run(
        [ROOT / "scripts" / "chromium-program"], capture_output=True, text=True, check=False
    )
    if found.returncode:
        pytest.fail(found.stderr)
    return found.stdout.strip()


@pytest.fixture(scope="session")
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
    context.set_default_timeout(10_000)
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
