"""What the tests of services share: a data folder of their own, and Harbor Dental with its agreement."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import settings

from groundrules.records.models import Client
from groundrules.services.case_import import keep_cards
from groundrules.services.cases import run_case
from tests.cast import OLGA

CASES = Path(__file__).parents[1] / "cases"


@pytest.fixture(autouse=True)
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """This fixture will give each test a data folder of its own."""
    monkeypatch.setattr(settings, "GROUNDRULES_DATA", tmp_path)
    return tmp_path


@pytest.fixture
def harbor(db: None) -> Client:  # noqa: ARG001 - pytest opens the database by this name
    """This fixture will keep the cards of Harbor Dental and publish its agreement."""
    path = CASES / "01-drive-array-recovery.yaml"
    return keep_cards(run_case(path.read_bytes(), path).case.world, actor=OLGA)
