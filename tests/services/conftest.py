"""What the tests of services share: a data folder of their own, and Harbor Dental with its agreement."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from pytest_django import DjangoDbBlocker

from groundrules.records.models import Asset, Client, Technician, User
from groundrules.services.case_import import keep_cards
from groundrules.services.cases import run_case
from groundrules.services.gate import GateTerms, add_gate, make_authority
from tests.cast import BEGINNING, OLGA, TARIQ
from tests.kept import Kept, anew, kept
from tests.services.own_work import HOST_KEY
from tests.services.sealed import Sealed, installation

CASES = Path(__file__).parents[1] / "cases"


@pytest.fixture(autouse=True)
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """This fixture will give each test a data folder of its own."""
    monkeypatch.setattr(settings, "GROUNDRULES_DATA", tmp_path)
    return tmp_path


@pytest.fixture(scope="class")
def installed(
    django_db_setup: None,  # noqa: ARG001 - there must be a database
    django_db_blocker: DjangoDbBlocker,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Kept[Sealed]]:
    """This fixture will fill a small sealed installation, once for a class."""
    with kept(django_db_blocker, tmp_path_factory.mktemp("sealed"), installation) as made:
        yield made


@pytest.fixture(scope="module")
def cards(
    django_db_setup: None,  # noqa: ARG001 - there must be a database
    django_db_blocker: DjangoDbBlocker,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Kept[Client]]:
    """This fixture will keep the cards of Harbor Dental and publish its agreement, once for a module."""
    path = CASES / "01-drive-array-recovery.yaml"
    world = run_case(path.read_bytes(), path).case.world
    folder = tmp_path_factory.mktemp("cards")
    with kept(django_db_blocker, folder, lambda: keep_cards(world, actor=OLGA)) as made:
        yield made


@pytest.fixture
def harbor(cards: Kept[Client], db: None) -> Client:  # noqa: ARG001 - pytest opens the database by this name
    """This fixture will give Harbor Dental with its agreement."""
    return anew(cards.made)


@pytest.fixture
def gated(harbor: Client) -> Client:
    """This fixture will give Harbor's SRV1 a gate, and Tariq a user who is the technician Alex."""
    make_authority(actor=OLGA, at=BEGINNING)
    for code in ("SRV1", "SRV2"):
        asset = Asset.objects.get(client=harbor, code=code)
        add_gate(asset, GateTerms(f"{code}.example", HOST_KEY), actor=OLGA, at=BEGINNING)
    alex = Technician.objects.get(name="Alex")
    people = ((OLGA, "owner", None), (TARIQ, "technician", alex))
    for actor, role, technician in people:
        User.objects.create(
            email=actor.label, name=role, role=role, technician=technician, is_active=True
        )
    return harbor
