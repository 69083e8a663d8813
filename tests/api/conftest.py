"""What the tests of the interface share: a data folder of their own, Harbor Dental, and an enrolled collector."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client as Browser
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from groundrules.records import models as books
from groundrules.services.agents import make_token
from groundrules.services.case_import import keep_cards
from groundrules.services.cases import run_case
from tests.cast import OLGA, TARIQ
from tests.kept import Kept, anew, kept
from tests.sender import ENROL, Sender

CASE = Path(__file__).parents[1] / "cases" / "01-drive-array-recovery.yaml"


@pytest.fixture(autouse=True)
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """This fixture will give each test a data folder of its own."""
    monkeypatch.setattr(settings, "GROUNDRULES_DATA", tmp_path)
    return tmp_path


@pytest.fixture(scope="module")
def cards(
    django_db_setup: None,  # noqa: ARG001 - there must be a database
    django_db_blocker: DjangoDbBlocker,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Kept[books.Client]]:
    """This fixture will keep the cards of Harbor Dental and publish its agreement, once for a module."""
    world = run_case(CASE.read_bytes(), CASE).case.world
    folder = tmp_path_factory.mktemp("cards")
    with kept(django_db_blocker, folder, lambda: keep_cards(world, actor=OLGA)) as made:
        yield made


@pytest.fixture
def harbor(cards: Kept[books.Client], db: None) -> books.Client:  # noqa: ARG001 - pytest opens the database by this name
    """This fixture will give Harbor Dental with its agreement."""
    return anew(cards.made)


@pytest.fixture
def token(harbor: books.Client) -> str:
    """This fixture will make a token for Harbor's server."""
    return make_token(
        harbor.assets.get(code="SRV1"), actor=TARIQ, at=timezone.now() - timedelta(minutes=1)
    )


@pytest.fixture
def program() -> Browser:
    """This fixture will give a client that follows CSRF rules, as a browser would meet them."""
    return Browser(enforce_csrf_checks=True)


@pytest.fixture
def sender(token: str, program: Browser) -> Sender:
    """This fixture will enrol a collector."""
    sender = Sender()
    answer = program.post(
        ENROL, json.dumps(sender.enrolment(token)), content_type="application/json"
    )
    said = answer.json()
    assert answer.status_code == 201, said
    sender.agent, sender.stream = said["agent"], said["stream"]
    return sender
