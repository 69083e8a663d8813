"""A collector enrols once with a token, and proves itself by its key from then on."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.test import Client as Browser
from django.utils import timezone

from groundrules.records import models as books
from groundrules.services.agents import Terms, make_token, revoke
from tests.cast import TARIQ
from tests.sender import ENROL, Sender

pytestmark = pytest.mark.django_db


def _enrol(program: Browser, body: object) -> tuple[int, dict[str, object]]:
    answer = program.post(ENROL, json.dumps(body), content_type="application/json")
    return answer.status_code, answer.json()


class TestEnrolment:
    def test_gives_name_stream_and_zone(self, token: str, program: Browser) -> None:
        """The answer says who the collector is from now on, where it begins, and its asset's zone."""
        status, said = _enrol(program, Sender().enrolment(token))

        agent = books.Agent.objects.get()
        assert status == 201
        assert said == {
            "agent": agent.code,
            "stream": agent.stream,
            "zone": "America/Los_Angeles",
            "next_sequence": 1,
        }
        assert books.AuditEntry.objects.filter(verb="agents.enrol", subject=agent.code).exists()

    def test_keeps_no_token(self, token: str) -> None:
        """Nothing that is kept about a token lets anybody enrol."""
        kept = books.EnrolmentToken.objects.values().get()

        assert token not in str(kept)

    def test_answers_the_same_collector_again(self, token: str, program: Browser) -> None:
        """When the first answer was lost, the same key gets the same answer and no second agent."""
        first = _enrol(program, Sender().enrolment(token))

        again = _enrol(program, Sender().enrolment(token))

        assert again == first
        assert books.Agent.objects.count() == 1

    def test_refuses_a_used_token_to_another(self, token: str, program: Browser) -> None:
        """Whoever comes with a token that was used, and another key, learns that it is spent."""
        _enrol(program, Sender().enrolment(token))
        other = Sender(key=Ed25519PrivateKey.from_private_bytes(b"o" * 32))

        status, said = _enrol(program, other.enrolment(token))

        assert (status, said["code"]) == (403, "token")
        assert "used already" in str(said["detail"])

    def test_refuses_an_expired_token(self, harbor: books.Client, program: Browser) -> None:
        """A token is good until its end and not a moment longer."""
        made_at = timezone.now() - timedelta(hours=2)
        asset = harbor.assets.get(code="SRV1")
        late = make_token(asset, actor=TARIQ, at=made_at, terms=Terms(valid_for=timedelta(hours=2)))

        status, said = _enrol(program, Sender().enrolment(late))

        assert (status, said["code"]) == (403, "token")
        assert not books.Agent.objects.exists()

    def test_refuses_an_unknown_token(self, harbor: books.Client, program: Browser) -> None:
        """A guess is refused, and nothing is written."""
        status, said = _enrol(program, Sender().enrolment("a guess"))

        assert (status, said["code"]) == (403, "token")
        assert not books.Agent.objects.exists()

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("public_key", "not base64!"),
            ("public_key", "c2hvcnQ="),
            ("machine_id_digest", "ABC"),
            ("hostname", ""),
            ("software", 7),
        ],
    )
    def test_refuses_what_is_not_in_its_form(
        self, token: str, program: Browser, field: str, value: object
    ) -> None:
        """A field that is missing or malformed leaves the token unused."""
        status, said = _enrol(program, Sender().enrolment(token) | {field: value})

        assert (status, said["code"]) == (400, "malformed")
        assert books.EnrolmentToken.objects.get().used_at is None

    def test_refuses_what_is_not_an_object(self, program: Browser, db: None) -> None:
        """Anything but an object with the five texts is refused."""
        bodies: list[object] = [[], "text", {}, None]

        statuses = [_enrol(program, body)[0] for body in bodies]

        assert statuses == [400] * 4

    def test_does_not_take_a_revoked_key_back(
        self, sender: Sender, token: str, program: Browser
    ) -> None:
        """The token of a revoked agent does not enrol it again."""
        revoke(sender.agent, reason="laptop stolen", actor=TARIQ, at=timezone.now())

        status, said = _enrol(program, sender.enrolment(token))

        assert (status, said["code"]) == (403, "token")


class TestAddresses:
    def test_answer_programs_with_problems(self, program: Browser, db: None) -> None:
        """An unknown address and a wrong method are refused in the interface's own words, not with a sign-in page."""
        nothing = program.get("/api/v1/nothing")
        two_lines = program.get("/api/v1/no%0Athing")
        wrong = program.get(ENROL)

        assert (nothing.status_code, two_lines.status_code, wrong.status_code) == (404, 404, 405)
        assert wrong.headers["Allow"] == "POST"
        assert {one.headers["Content-Type"] for one in (nothing, two_lines, wrong)} == {
            "application/problem+json"
        }
