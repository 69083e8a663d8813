"""Time in two taps: what a line would come to, saved once however often sent, timers, suggestions, a phone's queue."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from groundrules.core.evidence import Session
from groundrules.core.ids import AssetId, SessionId
from groundrules.core.periods import Period
from groundrules.core.remote import OwnShell
from groundrules.core.work import WorkPlace
from groundrules.records import models as books
from groundrules.records.models import RunningTimer, User
from groundrules.services.filing import Filing, file_facts
from tests.kept import Kept, anew
from tests.web import harbor_books

WORK = "45m SRV1 patching for INC-2 2007-03-14 10:00"


pytestmark = pytest.mark.django_db
CASE = "04-rogue-change.yaml"


@pytest.fixture
def told(taken_over: Kept[harbor_books.Books], client: Client) -> harbor_books.Books:
    """Scenario 4's books, with Alex signed in as the technician he is."""
    user = harbor_books.person("technician")
    User.objects.filter(pk=user.pk).update(
        technician=books.Technician.objects.get(name="Alex"), name="Alex"
    )
    client.force_login(User.objects.get(pk=user.pk))
    return replace(taken_over.made, client=anew(taken_over.made.client))


def preview(client: Client, line: str) -> str:
    return client.get("/time/preview/", {"line": line}).content.decode()


def kept(client: Client, line: str, typed: datetime, key: str = "k1") -> tuple[int, dict[str, str]]:
    """Send one line a phone kept, as its script does."""
    body = json.dumps({"line": line, "key": key, "typed_at": typed.isoformat()})
    answer = client.post("/time/queue/", body, content_type="application/json")
    return answer.status_code, answer.json()


class TestPreview:
    def test_says_what_work_would_come_to_before_it_is_done(
        self, told: harbor_books.Books, client: Client
    ) -> None:
        """A server alone asks about the next hour: verdict, clause, value and charge."""
        shown = preview(client, "SRV1")

        assert "If you worked the next hour" in shown
        assert "Charged to the client" in shown

    def test_names_the_clause_and_the_value(self, told: harbor_books.Books, client: Client) -> None:
        """Covered work has its value and is charged nothing."""
        shown = preview(client, "45m SRV1 patching 2007-03-14 10:00 on site")

        assert "covered</span> under 3.2" in shown
        assert "maintenance, on site" in shown
        assert "value $112.50, charged nothing" in shown
        assert "$0.00" in shown

    def test_asks_where_it_would_guess(self, told: harbor_books.Books, client: Client) -> None:
        """A bare digit is offered both ways."""
        shown = preview(client, "8 SRV1 restart")

        assert 'data-line="8m SRV1 restart"' in shown
        assert 'data-line="8h SRV1 restart"' in shown

    def test_writes_nothing(self, told: harbor_books.Books, client: Client) -> None:
        """Asking is free."""
        before = books.TimeEntry.objects.count()

        preview(client, WORK)

        assert books.TimeEntry.objects.count() == before


class TestSaving:
    def test_is_once_however_often_it_is_sent(
        self, told: harbor_books.Books, client: Client
    ) -> None:
        """Two presses of the button are one entry, decided."""
        for _ in range(2):
            said = {"line": WORK, "key": "abc", "place": "on_site"}
            answer = client.post("/time/", said, follow=True)

        rows = books.TimeEntry.objects.filter(note="patching")
        assert rows.count() == 1
        assert rows[0].issue == "INC-2"
        assert rows[0].work_type == "remediation"
        assert rows[0].to_core().place is WorkPlace.ON_SITE
        assert books.Decision.objects.filter(ref=rows[0].ref).exists()
        assert "Saved: 45 min on SRV1" in answer.content.decode()

    def test_says_verdict_and_hours_in_words(
        self, told: harbor_books.Books, client: Client
    ) -> None:
        """An evening nobody asked for is "not billable", in the list and on the decision's page, and "after hours"."""
        said = {"line": "45m SRV1 patching 2007-03-14 19:00", "key": "abc"}

        saved = client.post("/time/", said, follow=True).content.decode()
        number = books.Decision.objects.get(entry__note="patching").number
        page = client.get(f"/work/{number}/").content.decode()

        assert ">not billable</span>" in saved
        assert "· after hours ·" in page

    def test_keeps_what_was_typed_when_it_is_refused(
        self, told: harbor_books.Books, client: Client
    ) -> None:
        """A refusal says why, and nothing typed is lost."""
        answer = client.post("/time/", {"line": "45m patching", "key": "abc"})

        assert answer.status_code == 422
        assert 'value="45m patching"' in answer.content.decode()
        assert "say which server" in answer.content.decode()


class TestTimer:
    def test_outlives_the_page_and_stops_into_the_form(
        self, told: harbor_books.Books, client: Client
    ) -> None:
        """Start, come back later, stop, save: the measured time is recorded and the timer gone."""
        client.post("/time/timer/", {"act": "start", "line": "SRV1 rebuild"})
        RunningTimer.objects.update(started_at=timezone.now() - timedelta(minutes=30))
        assert "Stop timer" in client.get("/time/").content.decode()

        form = client.post("/time/timer/", {"act": "stop"}, follow=True)
        values = {k: form.context["values"][k] for k in ("line", "began", "ended")}
        assert RunningTimer.objects.exists()
        client.post("/time/", {**values, "timer": "1"})

        row = books.TimeEntry.objects.get(note="rebuild")
        assert row.ended_at - row.started_at >= timedelta(minutes=30)
        assert not RunningTimer.objects.exists()

    def test_can_be_thrown_away(self, told: harbor_books.Books, client: Client) -> None:
        """Nothing is recorded."""
        before = books.TimeEntry.objects.count()
        client.post("/time/timer/", {"act": "start", "line": ""})

        client.post("/time/timer/", {"act": "discard"})

        assert not RunningTimer.objects.exists()
        assert books.TimeEntry.objects.count() == before


class TestSuggestions:
    def test_come_from_own_logins_until_logged_or_set_aside(
        self, told: harbor_books.Books, client: Client
    ) -> None:
        """A login of Alex's account of an hour ago is offered; saying it was no work ends that."""
        now = timezone.now()
        session = Session(
            id=SessionId("SES-OWN"),
            asset=AssetId("SRV1"),
            account="alex",
            started=now - timedelta(minutes=60),
            ended=now - timedelta(minutes=12),
        )
        file_facts([session], Filing(told.client, harbor_books.KIM, now))

        assert "48 min" in client.get("/time/").content.decode()
        row = books.Session.objects.get(ref="SES-OWN")
        other = books.Session.objects.exclude(account="alex").first()
        assert other is not None
        refused = client.post(f"/time/aside/{other.pk}/", {"reason": "no work"}, follow=True)
        client.post(f"/time/aside/{row.pk}/", {"reason": "looked around"})

        assert "48 min" not in client.get("/time/").content.decode()
        assert "is no account of yours" in refused.content.decode()
        assert [s.session for s in books.SessionSetAside.objects.all()] == [row]
        assert books.AuditEntry.objects.filter(verb="timers.set_aside").count() == 1


class TestOwnWork:
    def test_is_suggested_with_its_length_and_logged_once(
        self, told: harbor_books.Books, client: Client
    ) -> None:
        """A shell of Alex's is offered; a wrong length is refused in words; logged, it says how it was decided."""
        now = timezone.now()
        period = Period(now - timedelta(minutes=20), now - timedelta(minutes=6))
        shell = OwnShell("SHL-1", AssetId("SRV1"), harbor_books.ALEX.label, "disk full", period)
        file_facts((shell, shell.run), Filing(told.client, harbor_books.ALEX, now))

        page = client.get("/time/").content.decode()
        odd = client.post("/time/own/SHL-1/", {"minutes": "ten", "measured": "14"}, follow=True)
        saved = client.post("/time/own/SHL-1/", {"minutes": "30", "measured": "14"}, follow=True)
        again = client.post("/time/own/SHL-1/", {"act": "aside"}, follow=True)

        assert "Suggested: 14 min" in page
        assert "disk full" in page
        assert "is no number of minutes" in odd.content.decode()
        assert "Saved: 30 min on SRV1, " in saved.content.decode()
        assert "no time of yours is suggested from SHL-1" in again.content.decode()
        assert books.TimeEntry.objects.get(ref="T-SHL-1").ended_at == period.end


class TestTheQueueOfAPhone:
    def test_is_taken_once(self, told: harbor_books.Books, client: Client) -> None:
        """A line sent twice, for an answer that was lost on the way, is one entry, at the time it was typed."""
        typed = timezone.now() - timedelta(hours=5)

        first, again = (kept(client, "20m SRV1 checked", typed) for _ in range(2))

        assert (first[0], again[0]) == (200, 200)
        row = books.TimeEntry.objects.get(note="checked")
        assert row.ended_at == typed.replace(second=0, microsecond=0)

    def test_is_refused_in_words(self, told: harbor_books.Books, client: Client) -> None:
        """A line without a server stays on the phone, with the reason."""
        status, said = kept(client, "20m checked", timezone.now())

        assert status == 422
        assert "say which server" in said["problem"]

    @pytest.mark.parametrize(
        "body", ["", "[]", "{}", '{"line": "x", "key": "k", "typed_at": "no"}']
    )
    def test_takes_nothing_else(self, told: harbor_books.Books, client: Client, body: str) -> None:
        """What is no kept entry is refused and nothing written."""
        assert client.post("/time/queue/", body, content_type="application/json").status_code == 400

    def test_leaves_nothing_of_a_client_on_the_phone(
        self, told: harbor_books.Books, client: Client
    ) -> None:
        """The page kept for offline names no client, server or user."""
        page = client.get("/time/offline/").content.decode()

        assert "Harbor" not in page
        assert "Alex" not in page
