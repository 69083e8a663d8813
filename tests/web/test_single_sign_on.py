"""Single sign-on against a small provider of our own on loopback: what opens, and everything that must not."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from django.test import Client, override_settings

from groundrules.records.models import AuditEntry, OutsideIdentity, SignIn, User
from groundrules.services import users
from groundrules.services.signin import admission
from tests.web import harbor_books

MADE_AT = datetime(2007, 2, 1, 16, 0, tzinfo=UTC)
SECRET = "known to both"

pytestmark = pytest.mark.django_db


@dataclass
class Provider:
    """A service that signs what the test tells it to, and keeps what it was asked."""

    address: str
    key: ec.EllipticCurvePrivateKey
    token: str = ""
    asked: list[dict[str, list[str]]] = field(default_factory=list)
    proven: list[str | None] = field(default_factory=list)
    takes: tuple[str, ...] | None = ("client_secret_basic", "client_secret_post")
    called: str = ""

    def described(self) -> dict[str, object]:
        """What it says of itself."""
        takes = {} if self.takes is None else {"token_endpoint_auth_methods_supported": self.takes}
        return takes | {
            "issuer": self.called or self.address,
            "authorization_endpoint": f"{self.address}/authorize",
            "token_endpoint": f"{self.address}/token",
            "jwks_uri": f"{self.address}/keys",
        }

    def keys(self) -> dict[str, object]:
        """The public half of its key."""
        public = json.loads(jwt.algorithms.ECAlgorithm.to_jwk(self.key.public_key()))
        return {"keys": [public | {"kid": "k1", "alg": "ES256"}]}

    def sign(self, asked_nonce: str, **other: object) -> None:
        """Sign who somebody is, with whatever a test makes different."""
        now = datetime.now(tz=UTC)
        told: dict[str, object] = {
            "iss": self.address,
            "aud": "groundrules",
            "sub": "kim-7061",
            "iat": now,
            "exp": now + timedelta(minutes=5),
            "nonce": asked_nonce,
            "email": "Kim@greenway.example",
            "email_verified": True,
        }
        kept = {name: value for name, value in (told | other).items() if value is not None}
        self.token = jwt.encode(kept, self.key, algorithm="ES256", headers={"kid": "k1"})


@pytest.fixture(scope="module")
def listening() -> Iterator[Provider]:
    """The provider, answering on a free port of loopback."""
    provider = Provider("", ec.generate_private_key(ec.SECP256R1()))
    answers: dict[str, Callable[[], object]] = {
        "/.well-known/openid-configuration": provider.described,
        "/keys": provider.keys,
        "/token": lambda: {"id_token": provider.token, "token_type": "Bearer"},
    }

    class Answering(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            """Describe, or show keys."""
            self._say(answers[self.path]())

        def do_POST(self) -> None:
            """Redeem a code."""
            length = int(self.headers["Content-Length"])
            provider.proven.append(self.headers["Authorization"])
            provider.asked.append(parse_qs(self.rfile.read(length).decode()))
            self._say(answers[self.path]())

        def _say(self, told: object) -> None:
            body = json.dumps(told).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    provider.address = f"http://127.0.0.1:{server.server_port}"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield provider
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def provider(listening: Provider) -> Iterator[Provider]:
    """The provider is set as the installation's service, and Kim is an owner here."""
    harbor_books.people(MADE_AT)
    listening.called, listening.token = "", ""
    listening.takes = ("client_secret_basic", "client_secret_post")
    listening.asked.clear()
    listening.proven.clear()
    with override_settings(
        GROUNDRULES_OIDC_ISSUER=listening.address,
        GROUNDRULES_OIDC_CLIENT_ID="groundrules",
        GROUNDRULES_OIDC_CLIENT_SECRET=SECRET,
    ):
        yield listening


def go(client: Client) -> dict[str, str]:
    """To the service, as the link on the sign-in page leads; what it was asked."""
    led = client.get("/sign-in/sso/?next=/clients/")
    return {name: one[0] for name, one in parse_qs(urlsplit(led.headers["Location"]).query).items()}


def come_back(client: Client, asked: dict[str, str]) -> tuple[int, str]:
    """Back from the service; the status, and where it leads or what the page says."""
    answer = client.get("/sign-in/sso/back/", {"code": "c-1", "state": asked["state"]})
    return answer.status_code, answer.headers.get("Location") or answer.content.decode()


class TestSignOn:
    def test_opens_for_who_was_let_in_here(self, provider: Provider, client: Client) -> None:
        """There and back with a proof key; linked by verified address once, by the service's own name from then on."""
        asked = go(client)
        provider.sign(asked["nonce"])
        first = come_back(client, asked)

        again = Client()
        asked_again = go(again)
        provider.sign(asked_again["nonce"], email="kim@new-name.example")
        second = come_back(again, asked_again)

        assert (first, second) == ((302, "/clients/"), (302, "/clients/"))
        assert asked["code_challenge_method"] == "S256"
        assert len(provider.asked[0]["code_verifier"][0]) >= 43
        assert provider.asked[0]["client_secret"] == [SECRET]
        assert OutsideIdentity.objects.get().user.email == "kim@greenway.example"
        assert {row.how for row in SignIn.objects.all()} == {"single sign-on"}
        assert AuditEntry.objects.filter(verb="single_sign_on.link").count() == 1

    @pytest.mark.parametrize("takes", [None, ("client_secret_basic",)])
    def test_says_who_it_is_as_the_service_takes_it(
        self, provider: Provider, client: Client, takes: tuple[str, ...] | None
    ) -> None:
        """In the header, quoted, where the form is not offered; what says nothing takes the header."""
        provider.takes = takes
        asked = go(client)
        provider.sign(asked["nonce"])

        came = come_back(client, asked)

        assert came == (302, "/clients/")
        assert provider.proven == ["Basic Z3JvdW5kcnVsZXM6a25vd24rdG8rYm90aA=="]
        assert not {"client_id", "client_secret"} & set(provider.asked[0])

    @pytest.mark.parametrize(
        ("signed", "says"),
        [
            ({"nonce": "another"}, "another question"),
            ({"aud": "another-program"}, "does not hold"),
            ({"azp": "another-program"}, "another program"),
            ({"iss": "https://elsewhere.example"}, "does not hold"),
            ({"exp": datetime(2007, 1, 1, tzinfo=UTC)}, "does not hold"),
            ({"exp": None}, "does not hold"),
            ({"email_verified": False}, "was not verified"),
            ({"email_verified": None}, "was not verified"),
            ({"email": "nobody@greenway.example"}, "is no user here"),
        ],
    )
    def test_opens_for_nothing_else(
        self, provider: Provider, client: Client, signed: dict[str, object], says: str
    ) -> None:
        """Whatever does not hold is refused with its reason, and nobody is signed in."""
        asked = go(client)
        provider.sign(asked["nonce"], **signed)

        status, page = come_back(client, asked)

        assert status == 422
        assert says in page
        assert client.get("/clients/").status_code == 302

    def test_takes_nothing_unsigned_or_signed_by_a_shared_word(
        self, provider: Provider, client: Client
    ) -> None:
        """Neither no signature, nor one made with what both sides know, nor another's key."""
        other = ec.generate_private_key(ec.SECP256R1())
        for key, algorithm in (("", "none"), (SECRET * 3, "HS256"), (other, "ES256")):
            asked = go(client)
            told = {
                "iss": provider.address,
                "aud": "groundrules",
                "sub": "kim",
                "nonce": asked["nonce"],
            }
            when = {"iat": datetime.now(tz=UTC), "exp": datetime.now(tz=UTC) + timedelta(minutes=5)}
            provider.token = jwt.encode(told | when, key, algorithm, headers={"kid": "k1"})

            status, page = come_back(client, asked)

            assert (status, "does not hold" in page) == (422, True), algorithm

    def test_is_one_way_of_one_browser(self, provider: Provider, client: Client) -> None:
        """Another browser's answer, a made-up state and a second use of the same one open nothing."""
        asked = go(client)
        provider.sign(asked["nonce"])

        elsewhere = come_back(Client(), asked)
        guessed = come_back(client, asked | {"state": "guessed"})
        spent = come_back(client, asked)

        assert [elsewhere[0], guessed[0], spent[0]] == [422, 422, 422]
        assert "Begin again" in spent[1]

    def test_opens_nothing_for_who_was_shut_out(self, provider: Provider, client: Client) -> None:
        """Access that was taken away here is not had by way of the service."""
        second = "second@greenway.example"
        actor = harbor_books.KIM
        users.let_in(email=second, name="Second", role="owner", actor=actor, at=MADE_AT)
        admission.deactivate(
            User.objects.get(email="kim@greenway.example"), actor=actor, at=MADE_AT
        )
        asked = go(client)
        provider.sign(asked["nonce"])

        status, page = come_back(client, asked)

        assert (status, "may no longer sign in" in page) == (422, True)

    def test_gives_an_address_to_nobody_new(self, provider: Provider, client: Client) -> None:
        """Who inherits Kim's address at the service does not become Kim."""
        asked = go(client)
        provider.sign(asked["nonce"])
        come_back(client, asked)
        asked = go(client)
        provider.sign(asked["nonce"], sub="somebody-else")

        status, page = come_back(client, asked)

        assert (status, "belongs to somebody else" in page) == (422, True)

    def test_says_what_is_wrong_with_the_service(self, provider: Provider, client: Client) -> None:
        """One that calls itself otherwise, one that is away and one without https are named on the page."""
        provider.called = "https://elsewhere.example"
        otherwise = client.get("/sign-in/sso/").content.decode()
        with override_settings(GROUNDRULES_OIDC_ISSUER="http://127.0.0.1:9"):
            away = client.get("/sign-in/sso/").content.decode()
        with override_settings(GROUNDRULES_OIDC_ISSUER="http://sso.example"):
            plain = client.get("/sign-in/sso/").content.decode()

        assert "calls itself" in otherwise
        assert "cannot be asked" in away
        assert "by https only" in plain
        assert "Sign in with single sign-on" in client.get("/sign-in/").content.decode()
