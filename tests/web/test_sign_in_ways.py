"""Signing in beyond a password: the second step, demanded factors, lock-outs, open sign-ins, and people's pages."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.test import Client, override_settings
from django.utils import timezone

from groundrules.records.models import AuditEntry, SignIn, User
from groundrules.services import users
from groundrules.services.actor import Actor
from groundrules.services.signin import demands, second_factors
from tests.web import harbor_books

MADE_AT = datetime(2007, 2, 1, 16, 0, tzinfo=UTC)

pytestmark = pytest.mark.django_db


@pytest.fixture
def kim(tmp_path: Path) -> User:
    """The owner, whose installation has a folder of its own."""
    with override_settings(GROUNDRULES_DATA=tmp_path):
        return harbor_books.people(MADE_AT)["owner"]


def with_codes(user: User) -> tuple[str, ...]:
    """A user whose second factor is set up, as far as recovery codes go."""
    user.passkeys.create(name="stick", credential_digest="ab", credential="AA==", added_at=MADE_AT)
    return second_factors.make_codes(user, actor=Actor.of(user), at=timezone.now())


def by_password(client: Client, password: str = harbor_books.PASSWORD) -> tuple[int, str]:
    """Kim types address and password; what comes back, and where it leads."""
    form = {"email": "kim@greenway.example", "password": password, "next": "/clients/"}
    answer = client.post("/sign-in/", form)
    return answer.status_code, answer.headers.get("Location", "")


class TestSecondStep:
    def test_stands_between_password_and_pages(self, kim: User, client: Client) -> None:
        """A password alone opens nothing once a second factor is set up."""
        codes = with_codes(kim)

        led = by_password(client)
        between = client.get("/clients/").status_code
        wrong = client.post("/sign-in/second/", {"code": "123456"})
        right = client.post("/sign-in/second/", {"code": codes[0]})

        assert led == (302, "/sign-in/second/")
        assert (between, wrong.status_code) == (302, 422)
        assert right.headers["Location"] == "/clients/"
        assert client.get("/clients/").status_code == 200
        row = SignIn.objects.get()
        assert (row.how, row.strong) == ("password, recovery code", True)

    def test_follows_a_link_too(self, kim: User, client: Client) -> None:
        """Whoever reads the mail of a user is not that user yet."""
        with_codes(kim)
        token = users.make_sign_in_link(kim, actor=harbor_books.KIM, at=timezone.now())

        answer = client.post(f"/sign-in/{token}/")

        assert answer.headers["Location"] == "/sign-in/second/"
        assert client.get("/").status_code == 302

    def test_is_for_who_is_half_way_in(self, kim: User, client: Client) -> None:
        """Nobody guesses codes without the password."""
        codes = with_codes(kim)

        answer = client.post("/sign-in/second/", {"code": codes[0]})

        assert answer.status_code == 422
        assert "begin again" in answer.content.decode()


class TestLockOut:
    def test_comes_after_five_wrong_passwords(self, kim: User, client: Client) -> None:
        """The sixth is not even looked at, right or not; a link of an owner still opens."""
        for _ in range(5):
            assert by_password(client, "guess")[0] == 422

        locked = client.post("/sign-in/", {"email": kim.email, "password": harbor_books.PASSWORD})
        token = users.make_sign_in_link(kim, actor=harbor_books.KIM, at=timezone.now())

        assert locked.status_code == 422
        assert "Too many wrong tries" in locked.content.decode()
        assert client.post(f"/sign-in/{token}/").headers["Location"] == "/"


class TestDemand:
    def test_leads_to_setting_one_up_and_nowhere_else(self, kim: User, client: Client) -> None:
        """Who owes a second factor reaches only the page where it is set up."""
        demands.demand("owner", actor=harbor_books.KIM, at=timezone.now())

        led = by_password(client)
        page = client.get("/account/")

        assert led == (302, "/account/")
        assert client.get("/clients/").headers["Location"] == "/account/"
        assert "signs in with a second factor" in page.content.decode()

    def test_is_made_and_ended_on_the_page_of_roles(self, kim: User, client: Client) -> None:
        """An owner demands it with a button, and ends it with a reason."""
        client.force_login(kim)

        client.post("/people/act/", {"act": "demand", "role_of": "technician"})
        demanded = demands.demanded_roles()
        client.post("/people/act/", {"act": "release", "role_of": "technician"})
        still = demands.demanded_roles()
        client.post("/people/act/", {"act": "release", "role_of": "technician", "reason": "Over"})

        assert demanded == still == frozenset({"technician"})
        assert demands.demanded_roles() == frozenset()
        entry = AuditEntry.objects.get(verb="demands.release")
        assert entry.details["reason"] == "Over"


class TestAccount:
    def test_sets_a_code_app_up_soon_after_signing_in_only(self, kim: User, client: Client) -> None:
        """An open browser that somebody finds does not change how its user signs in."""
        client.force_login(kim)
        found = client.post("/account/act/", {"act": "app-offer"}, follow=True)
        client.logout()
        by_password(client)

        client.post("/account/act/", {"act": "app-offer"})
        page = client.get("/account/").content.decode()
        wrong = client.post("/account/act/", {"act": "app-confirm", "code": "1"})

        assert "Sign out and in again first" in found.content.decode()
        assert 'src="data:image/svg+xml' in page
        assert wrong.status_code == 422
        assert not demands.has_second_factor(kim)

    def test_lists_and_ends_open_sign_ins(self, kim: User, client: Client) -> None:
        """A sign-in that was ended from another browser is out at its next page."""
        other = Client()
        by_password(other)
        by_password(client)

        listed = client.get("/account/").content.decode()
        client.post("/account/act/", {"act": "end-others"})

        assert listed.count("127.0.0.1</td>") == 2
        assert other.get("/clients/").status_code == 302
        assert client.get("/clients/").status_code == 200

    def test_refuses_a_passkey_that_was_not_asked_for(self, kim: User, client: Client) -> None:
        """An answer without a question is no sign-in, and no error."""
        used = client.post("/sign-in/passkey/", {"answer": '{"id": "x"}'})
        by_password(client)
        added = client.post("/account/passkeys/", {"answer": "no json"})

        assert (used.status_code, added.status_code) == (422, 422)
        assert "press the button again" in used.json()["problem"]


class TestPeople:
    def test_are_let_in_with_a_link_and_signed_out(self, kim: User, client: Client) -> None:
        """An owner does all of it on one page."""
        client.force_login(kim)
        new = {"email": "rae@audits.example", "name": "Rae", "role": "auditor"}

        client.post("/people/act/", {"act": "let-in", **new})
        page = client.post("/people/act/", {"act": "link", **new}, follow=True).content.decode()
        address = page.split("http://testserver")[1].split("<")[0].strip()
        theirs = Client()
        theirs.post(address)
        row = SignIn.objects.get(user__email=new["email"])
        reads = [theirs.get(where).status_code for where in ("/invoices/", "/people/audit/")]
        client.post("/people/act/", {"act": "sign-out", "sign_in": row.pk})

        assert reads == [200, 200]
        assert theirs.get("/invoices/").status_code == 302

    def test_are_read_in_the_audit_book_by_filter_and_as_csv(
        self, kim: User, client: Client
    ) -> None:
        """Who did what is found by person, verb and day; the CSV has the same rows."""
        client.force_login(kim)

        page = client.get("/people/audit/?verb=users.let_in&who=kim&since=2007-02-01")
        none = client.get("/people/audit/?since=nonsense").content.decode()
        answer = client.get("/people/audit/?verb=users.let_in&format=csv")
        csv = b"".join(answer.streaming_content).decode()  # type: ignore[attr-defined]  # it streams

        assert "added as technician" in page.content.decode()
        assert "added as technician" not in none
        assert csv.count("added as") == len(harbor_books.people_told())
