"""`groundrules user`: let in, given a link, taken away at once, and never the last owner."""

from __future__ import annotations

import json

import pytest
from django.test import Client

from groundrules.cli.main import main
from groundrules.records.models import AuditEntry, User

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def olga() -> User:
    """The first owner."""
    return User.objects.create(email="olga@castle-it.example", name="Olga", role="owner")


class TestUser:
    """The whole life of somebody's access."""

    def test_from_first_day_to_last(
        self, capsys: pytest.CaptureFixture[str], client: Client
    ) -> None:
        """Added, signed in by a link, shut out while signed in, and let in again."""
        tariq = "tariq@castle-it.example"
        assert (
            main(
                [
                    "user",
                    "add",
                    "Tariq@castle-it.example",
                    "--name",
                    "Tariq",
                    "--role",
                    "technician",
                ]
            )
            == 0
        )
        capsys.readouterr()
        assert main(["user", "link", tariq, "--json"]) == 0
        address = json.loads(capsys.readouterr().out)["address"]
        client.post(address)
        assert client.get("/").status_code == 200
        assert main(["user", "end", tariq]) == 0
        assert client.get("/").status_code == 302
        assert main(["user", "list"]) == 0
        assert "Tariq  technician  (may not sign in)" in capsys.readouterr().out
        assert main(["user", "readmit", tariq]) == 0
        assert User.objects.get(email=tariq).is_active
        verbs = ["users.let_in", "users.deactivate", "users.readmit"]
        assert AuditEntry.objects.filter(verb__in=verbs).count() == 3

    @pytest.mark.parametrize(
        ("words", "number", "says"),
        [
            (["end", "olga@castle-it.example"], 5, "last owner"),
            (["add", "olga@castle-it.example", "--name", "O", "--role", "owner"], 5, "already"),
            (["add", "not an address", "--name", "N", "--role", "owner"], 8, "valid email"),
            (["end", "nobody@x.example"], 3, "no user here"),
            (
                ["add", "a@b.example", "--name", "A", "--role", "technician", "--technician", "ZZ"],
                3,
                "ZZ",
            ),
            (
                ["add", "a@b.example", "--name", "A\nroot  owner", "--role", "technician"],
                8,
                "on one line",
            ),
        ],
    )
    def test_refusals(
        self, capsys: pytest.CaptureFixture[str], words: list[str], number: int, says: str
    ) -> None:
        """Each in words, and nothing changed."""
        assert main(["user", *words]) == number
        assert says in capsys.readouterr().err
        assert User.objects.filter(is_active=True).count() == 1
