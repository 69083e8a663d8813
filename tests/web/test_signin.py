"""Signing in: by password, and by a link that works once and only when a person presses the button."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.contrib.auth.hashers import identify_hasher
from django.test import Client, override_settings
from django.utils import timezone

from groundrules.config import settings as real
from groundrules.records.models import SignInLink, User
from groundrules.services import users
from groundrules.services.signin import admission
from tests.web import harbor_books

MADE_AT = datetime(2007, 2, 1, 16, 0, tzinfo=UTC)

pytestmark = pytest.mark.django_db


@pytest.fixture
def kim() -> User:
    """The owner."""
    return harbor_books.people(MADE_AT)["owner"]


def link_of(user: User) -> str:
    """A fresh link's address."""
    actor = harbor_books.KIM
    return f"/sign-in/{users.make_sign_in_link(user, actor=actor, at=timezone.now())}/"


class TestPassword:
    def test_opens_today(self, kim: User, client: Client) -> None:
        """The right password leads to Today, however the address is written."""
        answer = client.post(
            "/sign-in/", {"email": "KIM@greenway.example ", "password": harbor_books.PASSWORD}
        )

        assert answer.headers["Location"] == "/"
        assert client.get("/").status_code == 200

    def test_refuses_a_wrong_one_without_saying_which_part(self, kim: User, client: Client) -> None:
        """A stranger doesn't learn who is a user."""
        wrong = client.post("/sign-in/", {"email": kim.email, "password": "guess"})
        nobody = client.post("/sign-in/", {"email": "x@greenway.example", "password": "guess"})

        assert (wrong.status_code, nobody.status_code) == (422, 422)
        assert wrong.context["problem"] == nobody.context["problem"]

    def test_refuses_someone_whose_access_ended(self, kim: User, client: Client) -> None:
        """A user who was deactivated may not sign in."""
        second = "second@greenway.example"
        users.let_in(email=second, name="Second", role="owner", actor=harbor_books.KIM, at=MADE_AT)
        admission.deactivate(kim, actor=harbor_books.KIM, at=MADE_AT)

        answer = client.post("/sign-in/", {"email": kim.email, "password": harbor_books.PASSWORD})

        assert answer.status_code == 422

    @pytest.mark.parametrize(
        "elsewhere",
        ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)"],
    )
    def test_leads_to_no_other_site(self, kim: User, client: Client, elsewhere: str) -> None:
        """`next` is only ever an address of our own."""
        form = {"email": kim.email, "password": harbor_books.PASSWORD, "next": elsewhere}

        answer = client.post("/sign-in/", form)

        assert answer.headers["Location"] == "/"

    def test_leads_back_to_the_page_that_was_asked_for(self, kim: User, client: Client) -> None:
        """Whoever opened a link from a mail lands on it."""
        form = {
            "email": kim.email,
            "password": harbor_books.PASSWORD,
            "next": "/servers/?sort=name",
        }

        answer = client.post("/sign-in/", form)

        assert answer.headers["Location"] == "/servers/?sort=name"

    def test_is_kept_by_argon2(self, kim: User) -> None:
        """An installation hashes passwords with Argon2 and nothing else."""
        with override_settings(PASSWORD_HASHERS=real.PASSWORD_HASHERS):
            users.set_password(kim, "another quiet harbor", actor=harbor_books.KIM, at=MADE_AT)

            assert identify_hasher(kim.password).algorithm == "argon2"

    def test_needs_the_form_that_we_sent(self, kim: User) -> None:
        """A form from elsewhere has no token and is refused."""
        strict = Client(enforce_csrf_checks=True)

        answer = strict.post("/sign-in/", {"email": kim.email, "password": harbor_books.PASSWORD})

        assert answer.status_code == 403


class TestLink:
    def test_is_not_used_up_by_looking_at_it(self, kim: User, client: Client) -> None:
        """A mail scanner opens links by GET and HEAD; that changes nothing and signs nobody in."""
        address = link_of(kim)

        statuses = [client.get(address).status_code, client.head(address).status_code]

        assert statuses == [200, 200]
        assert SignInLink.objects.filter(used_at__isnull=False).count() == 0
        assert client.get("/").status_code == 302

    def test_signs_in_once(self, kim: User, client: Client) -> None:
        """Pressing the button signs in; pressing it again elsewhere does not."""
        address = link_of(kim)

        first = client.post(address)
        again = Client().post(address)

        assert first.headers["Location"] == "/"
        assert client.get("/").status_code == 200
        assert again.status_code == 410
        assert "was used or has expired" in again.content.decode()

    def test_refuses_an_unknown_one(self, kim: User, client: Client) -> None:
        """A guessed token is refused like any other."""
        assert client.post("/sign-in/abc/").status_code == 410


class TestSession:
    def test_ends_by_a_button_only(self, kim: User, client: Client) -> None:
        """A picture on another site cannot sign anybody out."""
        client.force_login(kim)

        looked = client.get("/sign-out/")
        still = client.get("/")
        left = client.post("/sign-out/")

        assert (looked.status_code, still.status_code) == (405, 200)
        assert left.headers["Location"] == "/sign-in/"
        assert client.get("/").status_code == 302

    def test_remembers_the_colours_and_returns_to_the_page(self, kim: User, client: Client) -> None:
        """Dark is dark from the first paint on."""
        client.force_login(kim)

        answer = client.post("/preferences/", {"theme": "dark", "next": "/clients/"})

        assert answer.headers["Location"] == "/clients/"
        assert 'data-theme="dark"' in client.get("/clients/").content.decode()

    def test_takes_no_colours_it_does_not_know(self, kim: User, client: Client) -> None:
        """A made-up theme falls back to the system's."""
        client.force_login(kim)
        client.cookies["theme"] = '"><script>'

        page = client.get("/").content.decode()

        assert "data-theme" not in page
