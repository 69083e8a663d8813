"""How often programs may ask: by token and by address, with an answer that says when to come again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client as Browser
from django.utils import timezone
from pytest_django import Settings

from groundrules.records.models import User
from groundrules.services import rates, tokens
from groundrules.services.actor import Actor

HERE = "/api/v1/whoami"
AT = datetime(2007, 3, 1, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def anew() -> Iterator[None]:
    """What other tests asked is not counted here, and the other way round."""
    rates.forget_all()
    yield
    rates.forget_all()


def waits(at: datetime, key: str = "k", per_minute: int = 60) -> int:
    """For how long a request is told to wait; nothing when it is counted."""
    try:
        rates.count(key, "it", per_minute, at)
    except rates.TooManyRequests as refused:
        return refused.retry_after
    return 0


class TestCount:
    """The rate itself."""

    def test_lets_a_minutes_worth_through_at_once_and_then_a_steady_pace(self) -> None:
        """After the burst each second earns one more; what is refused costs nothing."""
        burst = [waits(AT) for _ in range(60)]
        refused = [waits(AT) for _ in range(100)]
        later = [waits(AT + timedelta(seconds=2)) for _ in range(3)]
        rested = [waits(AT + timedelta(minutes=5)) for _ in range(61)]

        assert burst == [0] * 60
        assert set(refused) == {1}
        assert later == [0, 0, 1]
        assert rested == [*[0] * 60, 1]

    def test_counts_each_key_for_itself(self) -> None:
        """One who asks too often takes nothing from the others."""
        assert [waits(AT, "a", 1), waits(AT, "a", 1), waits(AT, "b", 1)] == [0, 60, 0]

    def test_remembers_no_more_keys_than_it_has_room_for(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Changing the address again and again fills no memory; who paid is forgotten first."""
        monkeypatch.setattr(rates, "_MOST_KEYS", 100)

        told = [waits(AT, f"address {number}", 1) for number in range(1000)]

        assert set(told) == {0}
        assert len(rates._COUNTED.paid_at) <= 100  # noqa: SLF001 - the memory is what this is about


@pytest.mark.django_db
class TestInterface:
    """What programs are told."""

    def _token(self, name: str) -> str:
        email = "tariq@castle-it.example"
        user, _ = User.objects.get_or_create(email=email, name="Tariq", role="technician")
        wanted = tokens.Wanted(name, ["clients:read"])
        return tokens.make(wanted, user=user, actor=Actor.of(user), at=timezone.now())[1]

    def test_refuses_a_token_that_asks_too_often(self, client: Browser, settings: Settings) -> None:
        """429 as problem details with Retry-After; another token goes on."""
        settings.GROUNDRULES_API_TOKEN_RATE = 2
        busy, calm = ({"Authorization": f"Bearer {self._token(name)}"} for name in ("busy", "calm"))

        told = [client.get(HERE, headers=busy) for _ in range(3)]
        other = client.get(HERE, headers=calm)

        assert [one.status_code for one in told] == [200, 200, 429]
        assert other.status_code == 200
        refused = told[-1]
        assert refused.headers["Content-Type"] == "application/problem+json"
        assert refused.json()["code"] == "rate"
        assert "the token busy asked more than 2 times a minute" in refused.json()["detail"]
        assert 1 <= int(refused.headers["Retry-After"]) <= 30

    @pytest.mark.parametrize("page", [HERE, "/mcp"])
    def test_refuses_an_address_before_it_looks_anything_up(
        self, page: str, client: Browser, settings: Settings
    ) -> None:
        """Guessing tokens costs no database; pages of people from there go on."""
        settings.GROUNDRULES_API_ADDRESS_RATE = 1
        guess = {"Authorization": "Bearer grt_guess"}

        told = [client.post(page, headers=guess).status_code for _ in range(3)]

        assert told[1:] == [429, 429]
        assert client.get("/sign-in/").status_code == 200
