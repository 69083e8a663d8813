"""The first run in the browser: who saw the terminal becomes the owner, nobody else, and only once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import Client, override_settings

from groundrules.cli.exits import Exit
from groundrules.cli.main import main
from groundrules.records.models import AuditEntry, Provider, Role, User
from groundrules.records.models import Client as ClientCard
from groundrules.services import first_run, users

pytestmark = pytest.mark.django_db

ANSWER = {
    "name": "Olga Orlova",
    "email": "Olga@Castle-IT.example",
    "password": "correct horse battery staple",
    "again": "correct horse battery staple",
}
COMPANY = {"name": "Castle IT", "zone": "America/Chicago", "email": "", "address": "1 Main St"}


@pytest.fixture(autouse=True)
def _data(tmp_path: Path) -> Iterator[None]:
    with override_settings(GROUNDRULES_DATA=tmp_path):
        yield


class TestWelcome:
    def test_makes_the_owner_and_leads_on(self, client: Client, tmp_path: Path) -> None:
        """Signed in at once, asked for the company, then shown what is next; the link's file is gone."""
        token = first_run.make_link()

        answer = client.post(f"/welcome/{token}/", ANSWER)
        after = client.post("/installation/company/", COMPANY, follow=True).content.decode()

        owner = User.objects.get()
        assert answer.headers["Location"] == "/installation/company/"
        assert (owner.email, owner.role) == ("olga@castle-it.example", Role.OWNER)
        assert owner.check_password(ANSWER["password"])
        assert Provider.objects.get().zone == "America/Chicago"
        assert "1 of 6 done" in after
        assert not (tmp_path / "first-run").exists()
        assert AuditEntry.objects.filter(recorded_by="olga@castle-it.example").exists()

    def test_opens_nothing_by_another_link(self, client: Client, tmp_path: Path) -> None:
        """Guessed, older, or used up: the page says what to do; the file is its owner's only."""
        older = first_run.make_link()
        token = first_run.make_link()
        mode = (tmp_path / "first-run").stat().st_mode & 0o777

        refused = [client.get(f"/welcome/{one}/").status_code for one in ("guess", older)]
        client.post(f"/welcome/{token}/", ANSWER)
        again = Client().post(f"/welcome/{token}/", {**ANSWER, "email": "eve@example.org"})

        assert (refused, again.status_code, mode) == ([410, 410], 410, 0o600)
        assert User.objects.count() == 1

    def test_opens_nothing_where_no_link_was_made(self, client: Client) -> None:
        """An empty database is nobody's to take over the network."""
        assert client.post("/welcome/x/", ANSWER).status_code == 410
        assert not User.objects.exists()

    @pytest.mark.parametrize(
        ("field", "said"),
        [
            ("name", " "),
            ("name", "Eve\nolga"),
            ("email", "no address"),
            ("password", "short"),
            ("again", "another one"),
        ],
    )
    def test_says_what_is_wrong_and_keeps_what_was_typed(
        self, client: Client, field: str, said: str
    ) -> None:
        """The field is marked, nobody was made, and the link still works."""
        token = first_run.make_link()

        page = client.post(f"/welcome/{token}/", {**ANSWER, field: said})

        assert page.status_code == 422
        assert 'role="alert"' in page.content.decode()
        assert ANSWER["password"] not in page.content.decode()
        assert not User.objects.exists()
        first_run.check(token)


class TestInit:
    def test_shows_no_link_where_somebody_is(self) -> None:
        """An owner is there already: the browser is no way around them."""
        main(["init", "--email", "olga@castle-it.example", "--name", "Olga"])

        with pytest.raises(users.OwnerExists):
            first_run.make_link()
        assert main(["init", "--in-browser"]) == Exit.CONFLICT

    def test_wants_one_way_or_the_other(self, capsys: pytest.CaptureFixture[str]) -> None:
        """Without an address and without the browser it says both ways."""
        code = main(["init", "--email", "olga@castle-it.example"])

        assert code == Exit.USAGE
        assert "--in-browser" in capsys.readouterr().err


class TestCompany:
    def test_is_what_a_new_installation_asks_for_on_every_way_in(self, client: Client) -> None:
        """Today leads on until there is a client, and claims nothing of servers nobody has; billing asks who one is."""
        client.post(f"/welcome/{first_run.make_link()}/", ANSWER)

        before = client.get("/").content.decode()
        billing = client.get("/provider/billing/")
        client.post("/installation/company/", COMPANY)
        named = client.get("/").content.decode()
        ClientCard.objects.create(code="C", name="C", zone="UTC", currency="USD")
        then = client.get("/").content.decode()

        assert "say who you are, then add your first client. <a" in before
        assert "Every server in an agreement is covered" not in before
        assert billing.headers["Location"] == "/installation/company/"
        assert "This installation is new: add your first client" in named
        assert "First steps" not in then
        assert "Every server in an agreement is covered" in then

    def test_refuses_a_zone_that_is_none(self, client: Client) -> None:
        """Business hours depend on it."""
        client.post(f"/welcome/{first_run.make_link()}/", ANSWER)

        page = client.post("/installation/company/", {**COMPANY, "zone": "Central"})

        assert page.status_code == 422
        assert "Central is no time zone" in page.content.decode()
        assert not Provider.objects.exists()
