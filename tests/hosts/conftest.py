"""What the tests with real hosts share: a data folder of their own."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import settings


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """This fixture will give a test a data folder of its own."""
    monkeypatch.setattr(settings, "GROUNDRULES_DATA", tmp_path)
    return tmp_path
