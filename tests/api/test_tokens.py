"""Tokens: made once, shown once, never for more than their owner may do, and dead when they should be."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.test import Client as Browser
from django.utils import timezone

from groundrules.cli.main import main
from groundrules.records import models as books
from groundrules.records.models import ApiToken, AuditEntry, Role, User
from groundrules.services import calendar_links, tokens, users
from groundrules.services.actor import Actor, NotAllowed
from groundrules.services.audit import Entry, record
from groundrules.services.signin import admission

pytestmark = pytest.mark.django_db
HERE = "/api/v1/whoami"


@pytest.fixture
def tariq() -> User:
    """A technician."""
    return User.objects.create(email="tariq@castle-it.example", name="Tariq", role="technician")


@pytest.fixture
def olga() -> User:
    """An owner."""
    return User.objects.create(email="olga@castle-it.example", name="Olga", role="owner")


def token_of(user: User, *scopes: str, name: str = "dashboard", days: int = 90) -> str:
    """A token of theirs."""
    wanted = tokens.Wanted(name, scopes or ("clients:read",), days)
    return tokens.make(wanted, user=user, actor=Actor.of(user), at=timezone.now())[1]


def status(browser: Browser, token: str, address: str = HERE) -> int:
    """What the door answers."""
    return browser.get(address, headers={"Authorization": f"Bearer {token}"}).status_code


class TestMake:
    """Only for oneself, only what the role reaches."""

    def test_keeps_a_digest_only(self, tariq: User, client: Browser) -> None:
        """The text opens the door and stands nowhere in the database."""
        text = token_of(tariq)

        row = ApiToken.objects.get()

        assert status(client, text) == 200
        assert text.startswith("grt_")
        assert text not in json.dumps(list(ApiToken.objects.values()), default=str)
        assert row.token_digest not in text
        assert AuditEntry.objects.get(verb="tokens.make").subject == "dashboard"

    def test_refuses_somebody_elses(self, tariq: User, olga: User) -> None:
        """An owner of the installation makes no token of a technician: it would act under their name."""
        wanted = tokens.Wanted("theirs", ["clients:read"])

        with pytest.raises(NotAllowed):
            tokens.make(wanted, user=tariq, actor=Actor.of(olga), at=timezone.now())

    def test_refuses_what_the_role_does_not_reach(self, tariq: User) -> None:
        """A technician reads no invoices, so neither does their token."""
        with pytest.raises(NotAllowed, match="invoices:read"):
            token_of(tariq, "invoices:read")

    def test_lets_no_token_make_another(self, tariq: User) -> None:
        """A program that holds a token cannot prolong itself."""
        program = Actor(tariq.email, Role.TECHNICIAN, "dashboard")

        with pytest.raises(NotAllowed):
            tokens.make(
                tokens.Wanted("more", ["clients:read"]),
                user=tariq,
                actor=program,
                at=timezone.now(),
            )

    @pytest.mark.parametrize(
        ("wanted", "says"),
        [
            (tokens.Wanted(" ", ["clients:read"]), "give the token a name"),
            (tokens.Wanted("x", []), "at least one scope"),
            (tokens.Wanted("x", ["clients:write"]), "no scope"),
            (tokens.Wanted("x", ["clients:read"], 0), "1 to 366 days"),
            (tokens.Wanted("x", ["clients:read"], 90, ["NOBODY"]), "no client NOBODY"),
        ],
    )
    def test_says_what_is_wrong(self, tariq: User, wanted: tokens.Wanted, says: str) -> None:
        """Name, scopes, days and clients are looked at."""
        with pytest.raises(ValueError, match=says):
            tokens.make(wanted, user=tariq, actor=Actor.of(tariq), at=timezone.now())

    def test_uses_a_name_once(self, tariq: User) -> None:
        """Also after the first was revoked: the audit book tells tokens apart by name."""
        token_of(tariq)
        tokens.revoke(ApiToken.objects.get(), actor=Actor.of(tariq), at=timezone.now())

        with pytest.raises(tokens.NameTaken):
            token_of(tariq)


class TestDoor:
    """Who gets in, and who no longer does."""

    def test_says_who_is_there(self, tariq: User, client: Browser) -> None:
        """The owner, the role and what it opens; use is noted."""
        text = token_of(tariq, "time:write", "clients:read")

        told = client.get(HERE, headers={"Authorization": f"Bearer {text}"}).json()

        assert told["acts_for"] == tariq.email
        assert told["scopes"] == ["clients:read", "time:write"]
        assert ApiToken.objects.get().last_used_from == "127.0.0.1"

    @pytest.mark.parametrize("header", ["", "Bearer", "Bearer  ", "Bearer grt_x", "Basic eDp5"])
    def test_refuses_strangers(self, client: Browser, header: str) -> None:
        """Without a good token there is a problem document, and the way in is named."""
        answer = client.get(HERE, headers={"Authorization": header} if header else {})

        assert answer.status_code == 401
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")

    def test_closes_when_revoked_expired_or_shut_out(self, tariq: User, client: Browser) -> None:
        """At once, each."""
        kept, ended, short = (
            token_of(tariq, name=name, days=1) for name in ("kept", "ended", "short")
        )
        tokens.revoke(ApiToken.objects.get(name="ended"), actor=Actor.of(tariq), at=timezone.now())
        ApiToken.objects.filter(name="short").update(
            made_at=timezone.now() - timedelta(days=2),
            expires_at=timezone.now() - timedelta(seconds=1),
        )

        assert [status(client, one) for one in (kept, ended, short)] == [200, 401, 401]
        User.objects.update(is_active=False)
        assert status(client, kept) == 401

    def test_shrinks_with_the_role(self, olga: User, client: Browser) -> None:
        """A scope the owner's role no longer reaches opens nothing, without anybody touching the token."""
        text = token_of(olga, "profit:read", "clients:read")
        User.objects.filter(pk=olga.pk).update(role="technician")

        told = client.get(HERE, headers={"Authorization": f"Bearer {text}"}).json()

        assert told["scopes"] == ["clients:read"]

    def test_asks_for_the_scope(self, tariq: User, client: Browser) -> None:
        """A good token for something else is told which scope is missing."""
        text = token_of(tariq, "time:write")

        answer = client.get("/api/v1/clients", headers={"Authorization": f"Bearer {text}"})

        assert answer.status_code == 403
        assert answer.json()["code"] == "scope"
        assert "clients:read" in answer.json()["detail"]

    def test_ignores_a_session(self, olga: User, client: Browser) -> None:
        """Whoever is signed in with a browser still needs a token, so no page elsewhere can use their session."""
        client.force_login(olga)

        assert client.get("/api/v1/clients").status_code == 401

    def test_signs_the_audit_book(self, tariq: User) -> None:
        """What a program does stands under its owner and the token's name."""
        actor = Actor(tariq.email, Role.TECHNICIAN, "dashboard")

        record(Entry("x.y", "Z", "done"), actor=actor, at=timezone.now())

        assert AuditEntry.objects.get(verb="x.y").recorded_by == f"{tariq.email} (token dashboard)"


class TestCommand:
    """`groundrules token`."""

    def test_from_made_to_revoked(
        self, olga: User, client: Browser, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """Printed once, listed with its use, and over."""
        assert (
            main(["token", "make", "ci", "--scope", "clients:read", "--days", "7", "--json"]) == 0
        )
        text = json.loads(capsys.readouterr().out)["token"]
        assert status(client, text) == 200

        assert main(["token", "list"]) == 0
        listed = capsys.readouterr().out
        assert "ci  olga@castle-it.example  good until" in listed
        assert text not in listed
        assert main(["token", "revoke", "ci"]) == 0
        assert status(client, text) == 401

    @pytest.mark.parametrize(
        ("arguments", "number"),
        [
            (["make", "x", "--scope", "everything"], 8),
            (["make", "x", "--scope", "clients:read", "--days", "4000"], 8),
            (["revoke", "nobody's"], 3),
        ],
    )
    def test_refuses_in_words(
        self, olga: User, capsys: pytest.CaptureFixture[str], arguments: list[str], number: int
    ) -> None:
        """With the exit number that says so."""
        assert main(["token", *arguments]) == number
        assert capsys.readouterr().err.startswith("groundrules: ")


class TestPage:
    """Tokens in the browser."""

    def test_shows_a_new_one_once(self, tariq: User, client: Browser) -> None:
        """In the answer to the form, and never again."""
        client.force_login(tariq)

        page = client.post(
            "/connect/tokens/", {"name": "till", "scope": ["clients:read"], "days": "30"}
        ).content.decode()

        text = page.split('<code class="secret" tabindex="0">')[1].split("<")[0]
        assert status(client, text) == 200
        assert text not in client.get("/connect/tokens/").content.decode()

    def test_shows_and_ends_only_ones_own(self, tariq: User, olga: User, client: Browser) -> None:
        """A technician sees no token of an owner; an owner sees and ends anybody's."""
        token_of(olga, name="owners")
        mine = token_of(tariq, name="mine")
        client.force_login(tariq)

        assert "owners" not in client.get("/connect/tokens/").content.decode()
        pk = ApiToken.objects.get(name="owners").pk
        assert client.post(f"/connect/tokens/{pk}/revoke/").status_code == 404
        client.force_login(olga)
        client.post(f"/connect/tokens/{ApiToken.objects.get(name='mine').pk}/revoke/")
        assert status(client, mine) == 401

    def test_says_what_is_wrong_and_keeps_what_was_typed(
        self, tariq: User, client: Browser
    ) -> None:
        """A refused form comes back filled in."""
        client.force_login(tariq)

        answer = client.post(
            "/connect/tokens/", {"name": "till", "scope": ["clients:read"], "days": "x"}
        )

        assert answer.status_code == 422
        assert 'value="till"' in answer.content.decode()
        assert not books.ApiToken.objects.exists()


class TestReadmission:
    """Whoever comes back brings nothing along."""

    def test_brings_no_token_back(self, tariq: User, olga: User, client: Browser) -> None:
        """A token of somebody let go opens nothing, also when they are let in again; nor do calendar and link."""
        now, owner = timezone.now(), Actor.of(olga)
        text = token_of(tariq)
        wanted = calendar_links.Wanted("mine", ["windows"])
        calendar = calendar_links.make(wanted, user=tariq, at=now)[1]
        link = users.make_sign_in_link(tariq, actor=owner, at=now)
        client.force_login(tariq)

        admission.deactivate(tariq, actor=owner, at=now)
        gone = status(client, text)
        admission.readmit(tariq, actor=owner, at=now)

        assert (gone, status(client, text)) == (401, 401)
        assert client.get(f"/calendar/{calendar}.ics").status_code == 404
        with pytest.raises(users.SignInLinkRefused):
            users.use_sign_in_link(token=link, at=now)
        assert status(client, token_of(tariq, name="anew")) == 200

    def test_ends_what_an_older_version_left_open(
        self, tariq: User, olga: User, client: Browser
    ) -> None:
        """Access taken away before tokens were revoked with it ends them as the person comes back."""
        text = token_of(tariq)
        User.objects.filter(pk=tariq.pk).update(is_active=False)

        admission.readmit(User.objects.get(pk=tariq.pk), actor=Actor.of(olga), at=timezone.now())

        assert status(client, text) == 401
        assert AuditEntry.objects.filter(verb="tokens.revoke").count() == 1
