"""Harbor Dental with one server, Rogue's engineer with a personal link, and an outbox of the test's own."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import settings
from django.db import transaction

from tests.portal.harbor import Harbor


@pytest.fixture
def outbox(db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:  # noqa: ARG001 - opens the database
    """This fixture will give a test its own data folder. Mails leave at once: a test never commits."""
    monkeypatch.setattr(settings, "GROUNDRULES_DATA", tmp_path)
    monkeypatch.setattr(settings, "GROUNDRULES_MAIL", "outbox")
    monkeypatch.setattr(transaction, "on_commit", lambda send, **_: send())
    return tmp_path


@pytest.fixture
def harbor(outbox: Path) -> Harbor:
    """This fixture will keep the cards as of March 2026, and invite the engineer."""
    return Harbor(outbox)
