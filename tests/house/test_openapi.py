"""The check that keeps the interface's promise: what breaks programs is seen, what only adds is not."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest

from scripts.openapi_changes import breaks
from tests.house.sources import ROOT

PROMISED: dict[str, Any] = json.loads((ROOT / "docs" / "reference" / "openapi.json").read_text())
ASSETS = "/api/v1/assets"


def _without_path(new: dict[str, Any]) -> None:
    del new["paths"][ASSETS]


def _without_field(new: dict[str, Any]) -> None:
    del new["components"]["schemas"]["AssetShape"]["properties"]["kind"]


def _not_always(new: dict[str, Any]) -> None:
    new["components"]["schemas"]["AssetShape"]["required"].remove("kind")


def _perhaps_nothing(new: dict[str, Any]) -> None:
    kind = new["components"]["schemas"]["AssetShape"]["properties"]["kind"]
    kind["anyOf"] = [{"type": kind.pop("type")}, {"type": "null"}]


def _tighter(new: dict[str, Any]) -> None:
    limit = next(p for p in new["paths"][ASSETS]["get"]["parameters"] if p["name"] == "limit")
    limit["schema"]["maximum"] = 100


def _needed(new: dict[str, Any]) -> None:
    new["paths"][ASSETS]["get"]["parameters"][0]["required"] = True


def _other_scope(new: dict[str, Any]) -> None:
    new["paths"][ASSETS]["get"]["x-scope"] = "evidence:read"


def _wider(new: dict[str, Any]) -> None:
    _tighter(new)
    limit = next(p for p in new["paths"][ASSETS]["get"]["parameters"] if p["name"] == "limit")
    limit["schema"]["maximum"] = 500
    new["paths"]["/api/v1/more"] = new["paths"][ASSETS]
    new["components"]["schemas"]["AssetShape"]["properties"]["more"] = {"type": "string"}


class TestBreaks:
    """What a program written against the old description would trip over."""

    @pytest.mark.parametrize(
        ("change", "says"),
        [
            (_without_path, "GET /api/v1/assets is gone"),
            (_without_field, "kind is gone"),
            (_not_always, "kind is no longer always there"),
            (_perhaps_nothing, "may now be null"),
            (_tighter, "limit: maximum is now 100"),
            (_needed, "now needs cursor"),
            (_other_scope, "needs another scope"),
        ],
    )
    def test_sees(self, change: Callable[[dict[str, Any]], None], says: str) -> None:
        """Each kind of break is said by name."""
        new = copy.deepcopy(PROMISED)
        change(new)

        found = breaks(PROMISED, new)

        assert any(says in one for one in found), found

    def test_lets_more_through(self) -> None:
        """A new address, a new field and a wider limit break nobody."""
        new = copy.deepcopy(PROMISED)
        _wider(new)

        assert breaks(PROMISED, new) == []
        assert breaks(PROMISED, PROMISED) == []
