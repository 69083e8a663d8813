"""Webhooks: in the outbox with the act, delivered in order, tried again, and never lost by a crash."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client as Browser

from groundrules.cli.main import main
from groundrules.gateways.webhooks import AddressRefused, Replied, signed
from groundrules.records import models as books
from groundrules.records.models import User, Webhook, WebhookDelivery
from groundrules.services import audit, webhooks
from groundrules.services.actor import NotAllowed
from tests.cast import OLGA, TARIQ

pytestmark = pytest.mark.django_db
AT = datetime(2026, 3, 5, 12, 0, tzinfo=UTC)
URL = "https://hooks.example.com/groundrules"


class Receivers:
    """A poster that keeps what it is given; hosts in `down` do not answer."""

    def __init__(self) -> None:
        self.got: list[tuple[str, bytes, Mapping[str, str]]] = []
        self.down: set[str] = set()

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Replied:
        """Keep it."""
        self.got.append((url, body, headers))
        return Replied(503 if url in self.down else 200, "", 1)

    def subjects(self, url: str = URL) -> list[str]:
        """What one address was told about, in order."""
        return [json.loads(body)["data"]["subject"] for to, body, _ in self.got if to == url]


@pytest.fixture(autouse=True)
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder of its own, for the key that seals secrets."""
    monkeypatch.setattr(settings, "GROUNDRULES_DATA", tmp_path)
    return tmp_path


@pytest.fixture
def door() -> Receivers:
    """The receivers."""
    return Receivers()


def hook(name: str = "chat", url: str = URL, **wanted: list[str]) -> tuple[Webhook, str]:
    """A webhook."""
    return webhooks.add(webhooks.Wanted(name, url, **wanted), actor=OLGA, at=AT)


def happen(subject: str, verb: str = "invoices.issue", client: books.Client | None = None) -> None:
    """An act that programs are told of."""
    entry = audit.Entry(verb, subject, f"{subject} happened", client)
    audit.record(entry, actor=TARIQ, at=AT)


class TestAnnounce:
    """What goes into the outbox."""

    def test_tells_what_happened_and_no_more(self, door: Receivers) -> None:
        """Kind, time, client and record: no sentence, no amount; signed so that the receiver can check."""
        client = books.Client.objects.create(code="HARBOR", name="H", zone="UTC", currency="USD")
        _, secret = hook()
        happen("INV-00001", client=client)

        webhooks.deliver_due(AT + timedelta(seconds=1), door)

        _, body, headers = door.got[0]
        assert json.loads(body) == {
            "type": "document.issued",
            "timestamp": "2026-03-05T12:00:00Z",
            "data": {"client": "HARBOR", "subject": "INV-00001"},
        }
        key, uid = webhooks.secret_bytes(secret), headers["webhook-id"]
        expected = signed([key], uid, int(headers["webhook-timestamp"]), body)
        assert headers["webhook-signature"] == expected["webhook-signature"]

    def test_asks_who_wants_it(self, door: Receivers) -> None:
        """By kind and by client; acts nobody is told of make no event."""
        client = books.Client.objects.create(code="HARBOR", name="H", zone="UTC", currency="USD")
        hook("letters", URL + "/l", events=["letter.sent"])
        hook("harbor", URL + "/h", clients=["HARBOR"])
        happen("INV-1", client=client)
        happen("LTR-1", "letters.send")
        happen("x", "users.set_password", client)

        webhooks.deliver_due(AT, door)

        assert door.subjects(URL + "/l") == ["LTR-1"]
        assert door.subjects(URL + "/h") == ["INV-1"]
        assert books.WebhookEvent.objects.count() == 2

    def test_is_undone_with_the_act(self, door: Receivers) -> None:
        """An act that did not happen is told to nobody."""
        hook()

        def cut_short() -> None:
            happen("INV-1")
            message = "the power went"
            raise RuntimeError(message)

        with pytest.raises(RuntimeError), transaction.atomic():
            cut_short()

        assert webhooks.deliver_due(AT, door) == 0
        assert not books.WebhookEvent.objects.exists()

    def test_costs_nothing_without_webhooks(self) -> None:
        """No event is written where nobody listens."""
        happen("INV-1")

        assert not books.WebhookEvent.objects.exists()


class TestDeliver:
    """Over the counter, or again later."""

    def test_survives_a_worker_that_dies(self, door: Receivers) -> None:
        """Whoever claimed and was killed leaves a claim that ends: told then, under the same identity."""
        hook()
        happen("INV-1")
        [claimed] = webhooks._claimed(AT)  # noqa: SLF001 - the moment the worker is killed

        assert webhooks.deliver_due(AT + timedelta(seconds=30), door) == 0
        assert webhooks.deliver_due(AT + timedelta(minutes=3), door) == 1
        assert door.got[0][2]["webhook-id"] == claimed.event.uid

    def test_waits_longer_each_time_and_keeps_the_order(self, door: Receivers) -> None:
        """While a receiver is away only its oldest event is tried; once it is back all follow in order."""
        hook()
        for subject in ("INV-1", "INV-2", "INV-3"):
            happen(subject)
        door.down = {URL}
        at = AT
        for _ in range(3):
            webhooks.deliver_due(at, door)
            at = Webhook.objects.get().paused_until or at

        assert set(door.subjects()) == {"INV-1"}
        assert at - AT == timedelta(seconds=5 + 30 + 120)
        door.down = set()
        for _ in range(2):
            webhooks.deliver_due(at, door)
        assert door.subjects()[-3:] == ["INV-1", "INV-2", "INV-3"]
        assert Webhook.objects.get().failures == 0
        attempts = books.WebhookAttempt.objects.filter(delivery__event__subject="INV-1")
        assert list(attempts.order_by("pk").values_list("status", flat=True)) == [503] * 3 + [200]

    def test_does_not_let_one_receiver_hold_up_another(self, door: Receivers) -> None:
        """A dead one pauses; the others hear at once."""
        hook("dead", URL + "/dead")
        hook("well", URL + "/well")
        door.down = {URL + "/dead"}
        for number in range(30):
            happen(f"INV-{number:02}")
        at = AT
        for _ in range(10):
            webhooks.deliver_due(at, door)
            at += timedelta(seconds=1)

        assert door.subjects(URL + "/well") == [f"INV-{n:02}" for n in range(30)]
        assert len(door.subjects(URL + "/dead")) <= 3

    def test_hides_nothing_behind_a_long_queue(self, door: Receivers) -> None:
        """One that is told of everything after a big month does not keep the others waiting."""
        hook("all", URL + "/all")
        hook("few", URL + "/few", events=["letter.sent"])
        for number in range(100):
            happen(f"INV-{number:03}")
        happen("LTR-1", "letters.send")

        webhooks.deliver_due(AT, door)

        assert door.subjects(URL + "/few") == ["LTR-1"]
        assert door.subjects(URL + "/all") == [f"INV-{n:03}" for n in range(8)]

    def test_gives_up_after_three_days(self, door: Receivers) -> None:
        """Also what waits behind; each can be told again by hand."""
        row, _ = hook()
        happen("INV-1")
        happen("INV-2")
        door.down = {URL}
        late = AT + timedelta(days=3)

        webhooks.deliver_due(late, door)

        states = WebhookDelivery.objects.values_list("state", flat=True)
        assert set(states) == {WebhookDelivery.GAVE_UP}
        door.down = set()
        delivery = webhooks.lately(row)[0]
        webhooks.replay(delivery, actor=OLGA, at=late)
        assert webhooks.deliver_due(late, door) == 1
        assert door.got[-1][2]["webhook-id"] == delivery.event.uid

    def test_signs_with_both_secrets_for_a_day(self, door: Receivers) -> None:
        """A receiver changes its secret without missing anything."""
        row, _ = hook()
        webhooks.replace_secret(row, actor=OLGA, at=AT)
        happen("INV-1")
        webhooks.deliver_due(AT, door)
        happen("INV-2")
        webhooks.deliver_due(AT + timedelta(days=2), door)

        assert [len(h["webhook-signature"].split(" ")) for _, _, h in door.got] == [2, 1]

    def test_tells_an_ended_one_nothing(self, door: Receivers) -> None:
        """Not even what was on its way."""
        row, _ = hook()
        happen("INV-1")
        webhooks.end(row, actor=OLGA, at=AT)
        happen("INV-2")

        assert webhooks.deliver_due(AT, door) == 0
        assert door.got == []


class TestKeep:
    """Who keeps webhooks, and how their secrets rest."""

    def test_seals_the_secret(self, data: Path) -> None:
        """The database alone does not hold it."""
        row, secret = hook()

        assert webhooks.secret_bytes(secret).hex() not in row.secret
        assert secret.removeprefix("whsec_") not in row.secret
        assert list(data.rglob("*.pem"))

    def test_is_for_owners(self) -> None:
        """A webhook carries data away."""
        with pytest.raises(NotAllowed):
            webhooks.add(webhooks.Wanted("x", URL), actor=TARIQ, at=AT)

    @pytest.mark.parametrize(
        ("wanted", "says"),
        [
            (webhooks.Wanted("", URL), "1 to 40"),
            (webhooks.Wanted("x", URL, ["everything"]), "no kind of event"),
            (webhooks.Wanted("x", URL, (), ["NOBODY"]), "no client"),
        ],
    )
    def test_says_what_is_wrong(self, wanted: webhooks.Wanted, says: str) -> None:
        """In words."""
        with pytest.raises(webhooks.WebhookMalformed, match=says):
            webhooks.add(wanted, actor=OLGA, at=AT)

    def test_refuses_a_bad_address_at_once(self) -> None:
        """Not only when the first event leaves."""
        with pytest.raises(AddressRefused):
            hook(url="http://hooks.example.com/")


class TestCommand:
    """`groundrules webhook`, from kept to ended."""

    def test_whole_life(self, capsys: pytest.CaptureFixture[str], door: Receivers) -> None:
        """Kept, tried out, looked at, told again, ended."""
        User.objects.create(email=OLGA.label, name="Olga", role="owner")
        assert main(["webhook", "add", "chat", URL, "--event", "letter.sent"]) == 0
        assert capsys.readouterr().out.startswith("whsec_")
        assert main(["webhook", "test", "chat"]) == 0
        webhooks.deliver_due(datetime.now(UTC) + timedelta(seconds=1), door)
        capsys.readouterr()

        assert main(["webhook", "log", "chat", "--json"]) == 0
        [told] = json.loads(capsys.readouterr().out)
        assert (told["kind"], told["state"]) == ("webhook.test", "delivered")
        assert main(["webhook", "replay", "chat", told["event"]]) == 0
        assert webhooks.deliver_due(datetime.now(UTC) + timedelta(seconds=1), door) == 1
        assert main(["webhook", "end", "chat"]) == 0
        assert main(["webhook", "log", "chat"]) == 3
        assert main(["webhook", "add", "inner", "http://10.0.0.1/"]) == 8


class TestPage:
    """Webhooks in the browser, for owners."""

    def test_keeps_tries_and_ends(self, client: Browser) -> None:
        """The secret is shown once, in the answer to the form."""
        client.force_login(User.objects.create(email=OLGA.label, name="Olga", role="owner"))

        page = client.post("/connect/webhooks/", {"name": "chat", "url": URL}).content.decode()
        row = Webhook.objects.get()
        assert "whsec_" in page
        assert "whsec_" not in client.get("/connect/webhooks/").content.decode()
        assert client.post(f"/connect/webhooks/{row.pk}/act/", {"act": "test"}).status_code == 302
        assert "webhook.test" in client.get(f"/connect/webhooks/{row.pk}/").content.decode()
        delivery = WebhookDelivery.objects.get()
        client.post(f"/connect/webhooks/{row.pk}/act/", {"act": f"replay:{delivery.pk}"})
        client.post(f"/connect/webhooks/{row.pk}/act/", {"act": "end"})
        assert Webhook.objects.get().ended_at is not None

    def test_says_what_is_wrong(self, client: Browser) -> None:
        """A refused form comes back filled in."""
        client.force_login(User.objects.create(email=OLGA.label, name="Olga", role="owner"))

        answer = client.post("/connect/webhooks/", {"name": "chat", "url": "http://x"})

        assert answer.status_code == 422
        assert 'value="http://x"' in answer.content.decode()
