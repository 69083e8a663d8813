"""Version 1 as a program meets it: pages, tags, what the answers say, and writing once."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from django.db import transaction
from django.test import Client as Browser
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, DjangoDbBlocker
from pytest_django.fixtures import DjangoCaptureOnCommitCallbacks

from groundrules.records import models as books
from groundrules.services import answered, tokens
from groundrules.services.actor import Actor
from groundrules.services.answered import Answer, Asked, KeyReused, forget_old, once
from tests.api import v1_books
from tests.api.v1_books import V1, as_, get
from tests.kept import Kept, kept
from tests.web import harbor_books

pytestmark = pytest.mark.django_db
WORK = {
    "client": "HARBOR",
    "asset": "SRV1",
    "started_at": "2007-03-20T18:00:00Z",
    "ended_at": "2007-03-20T18:45:00Z",
    "issue": "Printer",
}


@pytest.fixture(scope="module")
def made(
    django_db_setup: None,  # noqa: ARG001 - there must be a database
    django_db_blocker: DjangoDbBlocker,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Kept[V1]]:
    """The books, once for the module."""
    folder = tmp_path_factory.mktemp("books")
    with kept(django_db_blocker, folder, v1_books.make) as found:
        yield found


@pytest.fixture
def v1(made: Kept[V1], data: Path, db: None) -> V1:  # noqa: ARG001 - pytest opens the database by this name
    """The books, with their files."""
    return made.lay_out(data)


def post(browser: Browser, path: str, body: object, token: str, **more: str) -> Any:  # noqa: ANN401 - a test's answer
    """Write something."""
    return browser.post(f"/api/v1/{path}", body, "application/json", **as_(token, **more))


class TestPages:
    """Lists by cursor."""

    @pytest.mark.parametrize("newest_first", ["false", "true"])
    def test_give_every_row_once(self, v1: V1, client: Browser, newest_first: str) -> None:
        """Page by page to the end, in both directions, and a row that comes meanwhile shifts nothing."""
        seen: list[str] = []
        cursor = ""
        while True:
            address = f"/changes?limit=2&cursor={cursor}&newest_first={newest_first}"
            page = get(client, address, v1.tokens["owner"]).json()
            seen += [row["ref"] for row in page["items"]]
            cursor = page["next"]
            if cursor is None:
                break

        rows = books.Change.objects.current().order_by("pk" if newest_first == "false" else "-pk")
        assert seen == list(rows.values_list("ref", flat=True))
        assert len(seen) > 2

    @pytest.mark.parametrize("cursor", ["nonsense", "YQ", "ZDE3", "////"])
    def test_refuse_a_cursor_that_none_gave(self, v1: V1, client: Browser, cursor: str) -> None:
        """Also one of the other direction."""
        answer = get(client, f"/changes?cursor={cursor}", v1.tokens["owner"])

        assert (answer.status_code, answer.json()["code"]) == (400, "cursor")

    def test_cost_the_same_for_any_number(
        self, v1: V1, client: Browser, django_assert_max_num_queries: DjangoAssertNumQueries
    ) -> None:
        """A page of fifty asks no more of the database than a page of one."""
        for path in ("changes", "incidents", "time-entries", "decisions", "documents", "windows"):
            with django_assert_max_num_queries(4):
                get(client, f"/{path}?limit=50", v1.tokens["owner"])

    def test_filter_as_asked(self, v1: V1, client: Browser) -> None:
        """Client, time and kind narrow; an instant without zone is refused."""
        token = v1.tokens["owner"]

        none = get(client, "/changes?client=OTHER", token).json()
        some = get(client, "/changes?client=HARBOR&until=2007-02-23T00:00:00Z", token).json()
        refused = get(client, "/changes?since=2007-02-23T00:00:00", token)

        assert none["items"] == []
        assert {row["ref"] for row in some["items"]} <= {"CHG-1", "CHG-2", "CHG-3"}
        assert refused.status_code == 422
        assert "timezone" in refused.json()["detail"]


class TestTags:
    """What a program has already is not sent again."""

    def test_say_that_nothing_is_new(self, v1: V1, client: Browser) -> None:
        """The same tag is an empty 304; a PDF has one too."""
        for address in ("/clients/HARBOR", f"/documents/{v1.refs['document']}/pdf"):
            first = get(client, address, v1.tokens["owner"])
            again = get(client, address, v1.tokens["owner"], If_None_Match=first.headers["ETag"])

            assert (first.status_code, again.status_code, again.content) == (200, 304, b"")


class TestAnswers:
    """What the books say, and what they keep to themselves."""

    def test_name_who_made_a_change_with_every_hypothesis(self, v1: V1, client: Browser) -> None:
        """The strength, the party, and why each other candidate was rejected."""
        told = get(client, "/changes/HARBOR/CHG-1", v1.tokens["technician"]).json()

        answer = told["attribution"]
        assert answer["strength"] == told["strength"]
        assert all(one["reasons"] for one in answer["hypotheses"] if one["rejected"])

    def test_say_how_a_server_is_covered_at_an_instant(self, v1: V1, client: Browser) -> None:
        """Covered in January 2007, and in no agreement before there was one; nobody else's server has a state."""
        at = "/assets/HARBOR/SRV1/coverage?at="
        states = [
            get(client, at + day, v1.tokens["accountant"]).json()["state"]
            for day in ("2007-01-15T12:00:00Z", "2005-03-15T12:00:00Z")
        ]

        assert states == ["covered", "not_in_agreement"]

    def test_keep_what_was_superseded(self, v1: V1, client: Browser) -> None:
        """Every decision ever made, or those that stand, narrowed alike; a replaced one names its successor."""
        token = v1.tokens["owner"]
        stand = get(client, "/decisions?limit=200&asset=SRV1", token).json()["items"]
        ever = get(client, "/decisions?limit=200&asset=SRV1&superseded=true", token).json()["items"]

        rows = books.Decision.objects.filter(asset__code="SRV1")
        assert len(ever) == rows.count()
        assert {d["number"] for d in stand} == {d["number"] for d in ever if not d["superseded_by"]}
        assert not get(client, "/decisions?asset=NONE&superseded=true", token).json()["items"]

    def test_keep_cost_out(self, v1: V1, client: Browser) -> None:
        """What work cost us is in no answer but the profit report's own."""
        number = v1.refs["decision"]
        for path in (f"/decisions/{number}", "/decisions", "/time-entries"):
            assert '"cost"' not in get(client, path, v1.tokens["technician"]).content.decode()

    def test_agree_with_the_ledger_of_documents(self, v1: V1, client: Browser) -> None:
        """The total is what the document says, to the cent, and its lines add up to it with the tax."""
        told = get(client, f"/documents/{v1.refs['document']}", v1.tokens["accountant"]).json()

        lines = sum(Decimal(line["amount"]["amount"]) for line in told["lines"])
        assert lines + Decimal(told["tax"]["amount"]) == Decimal(told["total"]["amount"])

    def test_report_value_and_profit(self, v1: V1, client: Browser) -> None:
        """As the pages do."""
        value = get(
            client,
            "/reports/value?client=HARBOR&first=2007-02-01&end=2007-04-01",
            v1.tokens["owner"],
        ).json()
        profit = get(
            client,
            "/reports/profit?client=HARBOR&first_month=2007-02&last_month=2007-03",
            v1.tokens["owner"],
        ).json()

        assert value["short"]
        assert profit["says"]


class TestRecordTime:
    """Time through the interface."""

    def test_is_decided_at_once_and_audited(self, v1: V1, client: Browser) -> None:
        """The entry, its decision, and the token's name in the audit book."""
        answer = post(client, "time-entries", WORK, v1.tokens["technician"], Idempotency_Key="a")

        told = answer.json()
        assert answer.status_code == 201, told
        assert told["entry"]["technician"]
        assert told["decision"]["outcomes"]
        entry = books.AuditEntry.objects.get(verb="work.record_time", subject=told["entry"]["ref"])
        assert entry.recorded_by == "alex@greenway.example (token program)"

    def test_is_done_once(self, v1: V1, client: Browser) -> None:
        """The same again is answered the same; another body under the key is refused."""
        token = v1.tokens["technician"]
        first = post(client, "time-entries", WORK, token, Idempotency_Key="a")
        again = post(client, "time-entries", WORK, token, Idempotency_Key="a")
        other = post(client, "time-entries", {**WORK, "issue": "Phone"}, token, Idempotency_Key="a")

        assert (first.content, again.headers["Idempotency-Replayed"]) == (again.content, "true")
        assert (other.status_code, other.json()["code"]) == (409, "key-reused")
        assert books.TimeEntry.objects.filter(issue__in=["Printer", "Phone"]).count() == 1

    def test_needs_a_key(self, v1: V1, client: Browser) -> None:
        """Without one, a network that breaks would let it happen twice."""
        answer = post(client, "time-entries", WORK, v1.tokens["technician"])

        assert answer.status_code == 422
        assert "idempotency-key" in answer.json()["detail"].lower()

    @pytest.mark.parametrize(
        ("change", "status"),
        [
            ({"ended_at": "2007-03-20T17:00:00Z"}, 422),
            ({"ended_at": "2007-03-23T17:00:00Z"}, 422),
            ({"started_at": "2199-03-20T17:00:00Z", "ended_at": "2199-03-20T18:00:00Z"}, 422),
            ({"asset": "NONE"}, 422),
            ({"incident": "INC-404"}, 422),
            ({"technician": "NOBODY"}, 422),
            ({"client": "NONE"}, 404),
            ({"isue": "typo"}, 422),
            ({"issue": "a\0b"}, 422),
            ({"issue": "Printer\nTotal: 0.00"}, 422),
            ({"issue": "Printer\u202e"}, 422),
        ],
    )
    def test_refuses_what_cannot_be(
        self, v1: V1, client: Browser, change: dict[str, str], status: int
    ) -> None:
        """In words, and the key stays free for the corrected request."""
        token = v1.tokens["technician"]

        refused = post(client, "time-entries", {**WORK, **change}, token, Idempotency_Key="a")

        assert refused.status_code == status, refused.content
        assert refused.json()["detail"]
        assert post(client, "time-entries", WORK, token, Idempotency_Key="a").status_code == 201

    def test_lets_nobody_write_anothers(self, v1: V1, client: Browser) -> None:
        """A technician's token writes their own time; an owner's anybody's."""
        other = books.Technician.objects.create(code="SAM", name="Sam")
        body = {**WORK, "technician": other.code}

        refused = post(client, "time-entries", body, v1.tokens["technician"], Idempotency_Key="a")
        taken = post(client, "time-entries", body, v1.tokens["owner"], Idempotency_Key="a")

        assert (refused.status_code, taken.status_code) == (403, 201)


class TestCorrectTime:
    """A correction over a known state."""

    def put(self, browser: Browser, ref: str, token: str, **more: str) -> Any:  # noqa: ANN401 - a test's answer
        """Correct the issue."""
        body = {key: value for key, value in WORK.items() if key != "client"}
        body |= {"issue": "Scanner", "why": "wrong device"}
        headers = as_(token, Idempotency_Key="fix", **more)
        return browser.put(
            f"/api/v1/time-entries/HARBOR/{ref}", body, "application/json", **headers
        )

    def test_supersedes_what_was_read(self, v1: V1, client: Browser) -> None:
        """With the tag of what was read; with an old one, or none, nothing is changed."""
        token = v1.tokens["technician"]
        made = post(client, "time-entries", WORK, token, Idempotency_Key="a").json()
        ref = made["entry"]["ref"]
        tag = get(client, f"/time-entries/HARBOR/{ref}", token).headers["ETag"]

        assert self.put(client, ref, token).status_code == 428
        assert self.put(client, ref, token, If_Match='"old"').status_code == 412
        done = self.put(client, ref, token, If_Match=tag)
        assert (done.status_code, done.json()["entry"]["issue"]) == (200, "Scanner")
        assert books.TimeEntry.objects.filter(ref=ref).count() == 2
        assert self.put(client, ref, token, If_Match=tag).content == done.content


class TestSites:
    """Sites by program."""

    def test_are_added_replaced_and_moved_to(self, v1: V1, client: Browser) -> None:
        """Once per key, over the state that was read; what cannot be is refused in words, and nothing changes."""
        token = v1.tokens["technician"]
        new = {"client": "HARBOR", "code": "HILL", "name": "Hill", "zone": "America/Denver"}
        made = post(client, "sites", new, token, Idempotency_Key="a")
        again = post(client, "sites", new, token, Idempotency_Key="b")
        secret = {**new, "code": "X", "notes": "password: hunter2"}
        refused = post(client, "sites", secret, token, Idempotency_Key="c")
        moved = post(
            client, "assets/HARBOR/SRV1/moves", {"site": "HILL"}, token, Idempotency_Key="d"
        )
        nowhere = post(
            client, "assets/HARBOR/SRV1/moves", {"site": "X"}, token, Idempotency_Key="e"
        )

        assert [one.status_code for one in (made, again, refused)] == [201, 409, 422]
        assert "looks like a password" in refused.json()["detail"]
        assert (moved.status_code, nowhere.status_code) == (201, 422)
        assert moved.json() == {"client": "HARBOR", "asset": "SRV1", "site": "HILL", "moves": []}
        assert get(client, "/assets?site=HILL", token).json()["items"][0]["code"] == "SRV1"
        read = get(client, "/sites/HARBOR/HILL", token)
        assert read.json()["assets"] == ["SRV1"]
        tags: tuple[dict[str, str], ...]
        tags = ({}, {"If_Match": made.headers["ETag"]}, {"If_Match": read.headers["ETag"]})
        body = {"name": "Hill branch", "phone": "+1 555 0100"}
        answers = [
            client.put(
                "/api/v1/sites/HARBOR/HILL",
                body,
                "application/json",
                **as_(token, Idempotency_Key=f"p{number}", **tag),
            )
            for number, tag in enumerate(tags)
        ]
        assert [one.status_code for one in answers] == [428, 412, 200]
        done = answers[-1].json()
        assert (done["name"], done["zone"]) == ("Hill branch", "America/Los_Angeles")


class TestAsk:
    """What a program asks people for, and hands in."""

    def test_asks_for_a_window_that_a_person_decides(
        self,
        v1: V1,
        client: Browser,
        django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
    ) -> None:
        """It stands as asked; on-call is told after the commit, and the asker is the token's owner."""
        body = {
            "client": "HARBOR",
            "asset": "SRV1",
            "vendor": "V1",
            "starts_at": "2199-03-20T18:00:00Z",
            "ends_at": "2199-03-20T19:00:00Z",
            "plan": "Update",
        }
        with django_capture_on_commit_callbacks() as told:
            answer = post(client, "windows", body, v1.tokens["technician"], Idempotency_Key="w")

        assert (answer.status_code, answer.json()["state"]) == (201, "asked")
        assert answer.json()["approved_at"] is None
        assert len(told) == 1
        late = {**body, "starts_at": "2007-01-01T00:00:00Z", "ends_at": "2007-01-01T01:00:00Z"}
        refused = post(client, "windows", late, v1.tokens["technician"], Idempotency_Key="x")
        assert "over" in refused.json()["detail"]

    def test_says_how_a_server_stands(self, v1: V1, client: Browser) -> None:
        """As its Health page: what nobody looked at is not known, and the server no better than that."""
        answer = client.get(
            "/api/v1/assets/HARBOR/SRV1/health", **as_(v1.tokens["technician"])
        ).json()

        disk = next(row for row in answer["rows"] if row["what"] == "disk")
        assert (answer["asset"], answer["level"]) == ("SRV1", "not known")
        assert (disk["state"], disk["looked_at"]) == ("not known", None)

    def test_stars_evidence_into_the_owners_tray(self, v1: V1, client: Browser) -> None:
        """What a program starred is in its owner's tray, and in nobody else's; what is not on record is refused."""
        star = {"client": "HARBOR", "kind": "change", "ref": "CHG-1"}
        token = v1.tokens["technician"]

        made = post(client, "tray", star, token, Idempotency_Key="s")
        again = post(client, "tray", star, token, Idempotency_Key="t")
        none = post(client, "tray", {**star, "ref": "CHG-NONE"}, token, Idempotency_Key="u")

        listed = client.get("/api/v1/tray", **as_(token)).json()["things"]
        assert (made.status_code, again.status_code, none.status_code) == (201, 201, 404)
        assert [(one["ref"], one["strength"]) for one in listed] == [("CHG-1", "recorded")]
        assert ".NET Framework 2.0" in listed[0]["says"]
        assert client.get("/api/v1/tray", **as_(v1.tokens["owner"])).json() == {"things": []}

    def test_takes_a_star_away_again(self, v1: V1, client: Browser) -> None:
        """Only the owner's own star, and once: the second time says that there was none."""
        star = {"client": "HARBOR", "kind": "change", "ref": "CHG-1"}
        token, other = v1.tokens["technician"], v1.tokens["owner"]
        for key, whose in (("s", token), ("s", other)):
            post(client, "tray", star, whose, Idempotency_Key=key)
        address = f"/api/v1/tray?{urlencode(star)}"

        gone, again = (
            client.delete(address, **as_(token, Idempotency_Key=key)) for key in ("u", "v")
        )

        assert gone.json() == {**star, "was_starred": True}
        assert again.json() == {**star, "was_starred": False}
        assert client.get("/api/v1/tray", **as_(token)).json() == {"things": []}
        assert len(client.get("/api/v1/tray", **as_(other)).json()["things"]) == 1

    def test_shows_a_token_no_more_of_the_tray_than_it_may_read(
        self, v1: V1, client: Browser
    ) -> None:
        """An invoice line starred by its owner stays hidden from a token without invoices, and can't be starred."""
        person = harbor_books.person("owner")
        line = f"{books.Issued.objects.order_by('pk')[0].ref}/1"
        star = {"client": "HARBOR", "kind": "invoice line", "ref": line}
        owner = v1.tokens["owner"]
        wanted = tokens.Wanted("star only", ["evidence:read", "drafts:write"])
        narrow = tokens.make(wanted, user=person, actor=Actor.of(person), at=timezone.now())[1]

        made = post(client, "tray", star, owner, Idempotency_Key="s")
        refused = post(client, "tray", star, narrow, Idempotency_Key="s")

        assert (made.status_code, refused.status_code) == (201, 403)
        assert "invoices:read" in refused.json()["detail"]
        assert [
            one["ref"] for one in client.get("/api/v1/tray", **as_(owner)).json()["things"]
        ] == [line]
        assert client.get("/api/v1/tray", **as_(narrow)).json() == {"things": []}

    def test_reports_health_and_logs_a_call(self, v1: V1, client: Browser) -> None:
        """Both stand in their books under the token's name."""
        application = books.Application.objects.order_by("pk")[0]
        seen = {
            "client": "HARBOR",
            "application": application.code,
            "healthy": False,
            "seen_at": "2007-03-20T18:00:00Z",
            "signature": "HTTP 500",
        }
        said = {
            "client": "HARBOR",
            "says": "It is slow.",
            "said_at": "2007-03-20T18:00:00Z",
            "contact": "PAT",
        }
        token = v1.tokens["technician"]

        look = post(client, "health-checks", seen, token, Idempotency_Key="h")
        call = post(client, "messages", said, token, Idempotency_Key="m")

        assert (look.status_code, look.json()["healthy"]) == (201, False)
        assert (call.status_code, call.json()["sender"]) == (201, "Pat Reyes") or call.json()[
            "sender"
        ]
        verbs = books.AuditEntry.objects.filter(recorded_by__endswith="(token program)")
        assert {"health.report"} <= set(verbs.values_list("verb", flat=True))

    def test_hands_a_file_in(self, v1: V1, client: Browser) -> None:
        """The bytes are the body; what does not verify is set aside, and that stands although it was refused."""
        log = (
            b"Mar 20 10:00:01 srv1 sshd[1]: Accepted password for root from 192.0.2.7 port 5 ssh2\n"
        )
        ask = "/api/v1/evidence-files?client=HARBOR&asset=SRV1&name=auth.log&format="
        headers = as_(v1.tokens["technician"], Idempotency_Key="e1")
        answer = client.post(ask + "auth-log", log, "application/octet-stream", **headers)
        headers = as_(v1.tokens["technician"], Idempotency_Key="e2")
        broken = client.post(ask + "envelope", b"not one", "application/octet-stream", **headers)

        assert answer.status_code == 201, answer.content
        assert answer.json()["length"] == len(log)
        assert (broken.status_code, broken.json()["code"]) == (422, "quarantined")
        assert books.Quarantined.objects.count() == 1

    def test_drafts_but_never_sends(self, v1: V1, client: Browser) -> None:
        """Drafts stand as drafted by the token's owner, so that they cannot approve them as somebody else."""
        answer = post(
            client,
            "letter-drafts",
            {"client": "HARBOR"},
            v1.tokens["technician"],
            Idempotency_Key="d",
        )

        assert answer.status_code == 201
        assert {row["drafted_by"] for row in answer.json()["drafts"]} <= {"alex@greenway.example"}
        assert not books.Letter.objects.exists()


class TestOnce:
    """The key and the act are one transaction."""

    def asked(self, key: str = "k", fingerprint: str = "f") -> Asked:
        """A request."""
        return Asked(books.ApiToken.objects.order_by("pk")[0], key, fingerprint)

    def test_undoes_the_key_with_the_act(self, v1: V1) -> None:
        """A crash in the act leaves nothing, so the program may ask again."""

        def crash() -> Answer:
            books.Client.objects.create(code="HALF", name="Half", zone="UTC", currency="USD")
            message = "the power went"
            raise RuntimeError(message)

        with pytest.raises(RuntimeError), transaction.atomic():
            once(self.asked(), crash, at=timezone.now())

        assert not books.Client.objects.filter(code="HALF").exists()
        assert once(self.asked(), lambda: Answer(201, "done"), at=timezone.now()).body == "done"

    def test_gives_the_loser_of_a_race_the_winners_answer(
        self, v1: V1, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Both looked and saw nothing; the database lets one make the row, the other reads it."""
        once(self.asked(), lambda: Answer(201, "first"), at=timezone.now())
        known, looks = answered._known, iter([True])  # noqa: SLF001 - the moment of the race
        too_early = lambda asked: None if next(looks, False) else known(asked)  # noqa: E731 - one look
        monkeypatch.setattr(answered, "_known", too_early)

        answer = once(self.asked(), lambda: Answer(201, "second"), at=timezone.now())

        assert (answer.body, answer.was_known) == ("first", True)

    def test_keeps_tokens_apart_and_forgets_in_time(self, v1: V1) -> None:
        """Another token's key is another key; after a month an answer is forgotten."""
        first, second = books.ApiToken.objects.order_by("pk")[:2]
        at = timezone.now()
        once(Asked(first, "k", "f"), lambda: Answer(201, "a"), at=at)

        assert once(Asked(second, "k", "g"), lambda: Answer(201, "b"), at=at).body == "b"
        with pytest.raises(KeyReused):
            once(Asked(first, "k", "g"), lambda: Answer(201, "c"), at=at)
        assert forget_old(at) == 0
        assert forget_old(at + 2 * answered.KEPT_FOR) == 2
