"""What every test shares: repeatable examples, no network but loopback, and the marker that says database."""

from __future__ import annotations

import gc
import ipaddress
import os
import socket
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from django.test import TransactionTestCase
from playwright.sync_api import Page
from pytest_django import DjangoDbBlocker
from xdist.remote import Producer

from tests.kept import Kept, kept
from tests.turns import Turns
from tests.web import harbor_books

ROOT = Path(__file__).resolve().parents[1]
_DATABASE_FIXTURES = {
    "db",
    "transactional_db",
    "django_db_reset_sequences",
    "live_server",
    "client",
}
_DATABASE_FIXTURES |= {"admin_client", "admin_user", "django_assert_num_queries"}
# Not collected for PostgreSQL (scripts/test), so no test in there may ask the database.
_WITHOUT_DATABASE = tuple(
    ROOT / "tests" / folder
    for folder in (
        *("cases", "collector", "core", "fuzz", "gateways", "independent", "journeys"),
        *("readers", "renderers", "replay", "windows", "wire"),
    )
)
_LOCAL_NAMES = {"localhost", ""}

# The same examples on every run: a test that fails for some and not for others would be a fault of ours.
hypothesis.settings.register_profile("house", derandomize=True, deadline=None, database=None)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "house"))

# Thousands of tests are collected without leaving anything behind: looking for what is left took a seventh of it.
gc.disable()


class NetworkRefused(RuntimeError):
    """A test tried to reach something other than this machine."""


def _is_local(family: int, address: Any) -> bool:  # noqa: ANN401 (as the socket module has it)
    if family not in {socket.AF_INET, socket.AF_INET6}:
        return True
    host = str(address[0]).partition("%")[0]
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host in _LOCAL_NAMES


@pytest.fixture(autouse=True, scope="session")
def _loopback_only() -> Iterator[None]:
    """This fixture will refuse every connection that leaves the machine."""
    connect: Callable[[socket.socket, Any], None] = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:  # noqa: ANN401 (as the socket module has it)
        if not _is_local(self.family, address):
            message = f"a test tried to connect to {address}; tests talk to loopback only"
            raise NetworkRefused(message)
        connect(self, address)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", guarded)
        yield


def _touches_database(item: pytest.Item) -> bool:
    kind = getattr(item, "cls", None)
    return (
        item.get_closest_marker("django_db") is not None
        or bool(_DATABASE_FIXTURES & set(getattr(item, "fixturenames", ())))
        or (isinstance(kind, type) and issubclass(kind, TransactionTestCase))
    )


def _refuse_where_none_is(item: pytest.Item) -> None:
    if any(item.path.is_relative_to(folder) for folder in _WITHOUT_DATABASE):
        message = f"{item.nodeid} asks the database; that is for tests/services and above, which also run on PostgreSQL"
        raise pytest.UsageError(message)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """This function will mark what touches the database, and set aside what only PostgreSQL can answer."""
    on_postgres = "GROUNDRULES_TEST_DATABASE_URL" in os.environ
    for item in items:
        if _touches_database(item):
            _refuse_where_none_is(item)
            item.add_marker(pytest.mark.database)
        if item.get_closest_marker("postgres") and not on_postgres:
            item.add_marker(pytest.mark.skip(reason="means something only on PostgreSQL"))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Turns:
    """This function will give whole modules to workers, in an order that leaves none idle."""
    config.option.loadscopereorder = False
    return Turns(config, log)


def pytest_collection_finish() -> None:
    """This function will let Python look for what is left behind again, and no more through what stays to the end."""
    gc.enable()
    gc.freeze()


def pytest_unconfigure() -> None:
    """This function will let go of what was to stay, so that libraries which count find nothing missing."""
    gc.unfreeze()


@pytest.fixture(scope="module")
def taken_over(
    request: pytest.FixtureRequest,
    django_db_setup: None,  # noqa: ARG001 - there must be a database
    django_db_blocker: DjangoDbBlocker,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Kept[harbor_books.Books]]:
    """This fixture will take the scenario over that a module names as CASE, with its people, once for the module."""
    folder = tmp_path_factory.mktemp("books")
    make = partial(harbor_books.with_people, request.module.CASE)
    with kept(django_db_blocker, folder, make) as made:
        yield made


@pytest.fixture(scope="session")
def samples() -> Path:
    """This fixture will find the captured samples, skip when they are absent, and fail when they are absent in CI."""
    folder = Path(os.environ.get("GROUNDRULES_SAMPLES", ROOT.parent / "shared" / "data"))
    if folder.is_dir():
        return folder
    reason = f"no captured samples at {folder}; name their folder in GROUNDRULES_SAMPLES"
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def keep_picture() -> Callable[[Page, str], None]:
    """This fixture will keep a page's picture for docs/ under a name, when `make screenshots` asks for pictures."""
    folder = os.environ.get("GROUNDRULES_TEST_SCREENSHOTS", "")

    def keep(page: Page, name: str) -> None:
        if folder:
            target = ROOT / folder / f"{name}.png"
            target.parent.mkdir(parents=True, exist_ok=True)
            page.screenshot(path=target, full_page=True, animations="disabled")

    return keep
