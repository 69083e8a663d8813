"""The turn of a Windows host, as a program sends it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client as Browser
from django.utils import timezone

from groundrules.core.ids import AssetId
from groundrules.core.parties import Account, Party, PartyKind
from groundrules.records import models as books
from groundrules.services import cards
from groundrules.services.gate import add_windows_host
from tests.cast import OLGA

TURN = "/api/v1/gate/turn"


@pytest.fixture
def token(harbor: books.Client) -> str:
    """This fixture will set SRV1 up and return its token."""
    now = timezone.now()
    party = Party(PartyKind.VENDOR, "V1", "Rogue")
    account = Account("rae", party, host=AssetId("SRV1"), person="Rae Rogue")
    cards.keep(account, actor=OLGA, at=now, client=harbor)
    _, text = add_windows_host(harbor.assets.get(code="SRV1"), actor=OLGA, at=now)
    held: str = json.loads(text)["token"]
    return held


def send(program: Browser, token: str, body: object) -> tuple[int, dict[str, Any]]:
    """This function will send one turn."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    answer = program.post(
        TURN, raw, content_type="application/json", headers={"authorization": f"Bearer {token}"}
    )
    return answer.status_code, answer.json()


class TestTurn:
    """What is answered."""

    def test_tells_a_known_host_what_is_due(self, token: str, program: Browser) -> None:
        """Nothing is due; that it called is on its card."""
        assert send(program, token, {"answers": []}) == (200, {"actions": []})
        assert books.ActionHost.objects.get().heard_at is not None

    @pytest.mark.parametrize(
        "body",
        [
            b"",
            b"[]",
            b"\xff",
            {"answers": [1]},
            {"answers": [{"sequence": "1"}]},
            {"answers": [{"sequence": 10**30}]},
            {"answers": [{"sequence": 1, "facts": {str(n): "" for n in range(99)}}]},
            b"[" * 60_000,
            b" " * 70_000,
        ],
    )
    def test_refuses_what_no_host_sends(self, token: str, program: Browser, body: object) -> None:
        """In words, and with nothing written."""
        status, said = send(program, token, body)

        assert (status, said["code"]) == (400, "malformed")
        assert not books.GateActionAnswer.objects.exists()

    def test_is_for_known_hosts_only(self, token: str, program: Browser) -> None:
        """A wrong token, none, and another method."""
        assert send(program, token[:-1], {"answers": []})[1]["code"] == "not-trusted"
        assert program.post(TURN).status_code == 401
        assert program.get(TURN).status_code == 405
