"""What supervisors and monitoring ask, what the log says of a request, and the installation's page."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.http import HttpResponse
from django.test import Client, RequestFactory, override_settings
from django.utils import timezone

from groundrules.config.logs import JsonLines, TextLines, UnknownLogging, logging_of
from groundrules.records.models import LongRun, Pulse, Role
from groundrules.services import long_runs, metrics, pulses
from groundrules.services.actor import NotAllowed
from groundrules.services.doctor import Health, examine, machine, running
from groundrules.services.doctor.examination import examine as looked
from groundrules.services.long_runs import watched
from groundrules.services.request_ids import current
from groundrules.services.users import make_first_owner
from groundrules.web.requests import tracked
from tests.cast import OLGA, TESSA

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
PAGE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "metrics.md"
TOKEN = "only-for-this-test-0001"


@pytest.fixture
def data(tmp_path: Path) -> Iterator[Path]:
    """This fixture will give a test a data folder of its own."""
    with override_settings(GROUNDRULES_DATA=tmp_path):
        yield tmp_path


@pytest.mark.django_db
class TestProbes:
    def test_say_no_more_than_they_are_asked(
        self, client: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Alive needs no database; ready says whether it is there and whole, in one word, without a session."""
        monkeypatch.setattr("groundrules.web.operating.probes.not_ready", lambda: "")
        well = [client.get(path) for path in ("/healthz", "/readyz")]
        monkeypatch.setattr("groundrules.web.operating.probes.not_ready", lambda: "secret reason")
        waiting = client.get("/readyz")

        assert [(one.status_code, one.content) for one in well] == [
            (200, b"alive\n"),
            (200, b"ready\n"),
        ]
        assert (waiting.status_code, waiting.content) == (503, b"not ready\n")
        assert not any(one.cookies for one in (*well, waiting))

    def test_say_why_nothing_can_be_written(
        self, client: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A proxy sends nobody to a process that must refuse every change; whoever looks reads why."""
        monkeypatch.setattr("groundrules.web.operating.probes.not_ready", lambda: "")
        why = "nothing can be written to the data folder: the disk is full"
        monkeypatch.setattr("groundrules.web.operating.probes.unwritable", lambda _now: why)

        full = client.get("/readyz")

        assert full.status_code == 503
        assert full.content.decode() == f"not ready: {why}. What to do: groundrules doctor\n"
        assert client.get("/healthz").status_code == 200

    def test_metrics_need_the_token(self, client: Client) -> None:
        """Without a token set there is no such page; with one, only who sends it reads them; a short one is none."""
        without = client.get("/metrics").status_code
        with override_settings(GROUNDRULES_METRICS_TOKEN="short"):
            short = client.get("/metrics", headers={"Authorization": "Bearer short"}).status_code
        with override_settings(GROUNDRULES_METRICS_TOKEN=TOKEN):
            wrong = client.get("/metrics", headers={"Authorization": "Bearer ünknown"}).status_code
            right = client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})

        assert (without, short, wrong, right.status_code) == (404, 404, 401, 200)
        assert b"groundrules_books_guarded 1\n" in right.content


@pytest.mark.django_db
class TestMetrics:
    def test_are_all_described(self, data: Path) -> None:
        """Each has its row on the page, and none of the page is missing."""
        told = metrics.measured(NOW)

        names = set(re.findall(r"^# TYPE (\S+)", told, re.MULTILINE))
        assert names == set(re.findall(r"^\| `(groundrules_\w+)`", PAGE.read_text(), re.MULTILINE))

    def test_are_lines_a_monitoring_program_reads(self, data: Path) -> None:
        """A name, labels in quotes, a number; nothing else."""
        pulses.beat("worker", {'a "job"\n': {"well": False}}, at=NOW)

        told = metrics.measured(NOW + timedelta(seconds=5))

        line = re.compile(r'[a-z_]+(\{([a-z_]+="([^"\\\n]|\\["\\n])*",?)*\})? [-+.0-9eInf]+')
        assert [
            one for one in told.splitlines() if not one.startswith("#") and not line.fullmatch(one)
        ] == []
        assert 'groundrules_jobs_failing{job="a \\"job\\"\\n"} 1' in told
        assert "groundrules_worker_beat_age_seconds 5\n" in told


class TestRequests:
    def _answered(self, path: str, said: str = "") -> tuple[HttpResponse, str]:
        seen = []

        def view(_request: object) -> HttpResponse:
            seen.append(current.get())
            return HttpResponse()

        wrapped: Callable[..., HttpResponse] = tracked(view)  # type: ignore[assignment]
        answer = wrapped(RequestFactory().get(path, headers={"X-Request-ID": said}))
        return answer, seen[0]

    def test_keep_an_id_in_its_form_and_make_one_otherwise(self) -> None:
        """What the proxy gave is said again; a line break in it is not."""
        kept, seen = self._answered("/", "proxy-0123456789")
        made, _ = self._answered("/", "evil\nline 0123456")

        assert kept.headers["X-Request-ID"] == seen == "proxy-0123456789"
        assert re.fullmatch(r"[0-9a-f]{24}", made.headers["X-Request-ID"])
        assert not current.get()

    @pytest.mark.django_db
    def test_log_no_token_of_an_address(
        self, client: Client, caplog: pytest.LogCaptureFixture
    ) -> None:
        """A personal link is a secret: its pattern is logged, never itself."""
        with caplog.at_level(logging.INFO, "groundrules.requests"):
            client.get("/sign-in/my-secret-token/")

        (record,) = caplog.records
        assert record.__dict__["route"] == "/sign-in/<str:token>/"
        assert "my-secret-token" not in JsonLines().format(record)


class TestLines:
    @staticmethod
    def _record(says: str) -> logging.LogRecord:
        return logging.LogRecord("groundrules.x", logging.WARNING, "x.py", 1, "%s", (says,), None)

    def test_are_one_line_whatever_was_sent(self) -> None:
        """A stranger's line break makes no line of its own, in either form."""
        record = self._record("a\nERROR forged\r\x1b[31m")

        assert TextLines().format(record).count("\n") == 0
        assert "\\n" in TextLines().format(record)
        assert json.loads(JsonLines().format(record))["says"] == "a\nERROR forged\r\x1b[31m"
        assert JsonLines().format(record).count("\n") == 0

    def test_keep_a_strangers_words_in_a_traceback_in_their_line(self) -> None:
        """What an error quotes is escaped as what the line quotes."""
        record = self._record("broken")
        wrong = ValueError("no such name: \x1b[2Jx")
        record.exc_info = (ValueError, wrong, None)

        told = TextLines().format(record)

        assert "\\x1b[2Jx" in told
        assert "\x1b" not in told

    @pytest.mark.parametrize("form", [TextLines, JsonLines])
    def test_take_one_line_for_a_host_that_is_not_ours(self, form: type[logging.Formatter]) -> None:
        """Whoever scans for hosts cannot fill the log with tracebacks of ours."""
        record = self._record("Invalid HTTP_HOST header: 'evil.example'")
        record.name = "django.security.DisallowedHost"
        record.exc_info = (ValueError, ValueError("what Django raised"), None)

        told = form().format(record)

        assert "evil.example" in told
        assert "what Django raised" not in told
        assert "\n" not in told

    def test_carry_the_request(self) -> None:
        """Whatever is logged while a request is answered has its id."""
        token = current.set("abcdefgh")
        told = json.loads(JsonLines().format(self._record("well")))
        current.reset(token)

        assert told["request"] == "abcdefgh"

    def test_refuse_a_form_nobody_knows(self) -> None:
        """A typing mistake is said, not guessed at."""
        with pytest.raises(UnknownLogging, match="write text or json"):
            logging_of("yaml", "INFO")


@pytest.mark.django_db
class TestDoctor:
    @pytest.fixture(autouse=True)
    def _ready(self, data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("groundrules.services.doctor.examination.not_ready", lambda: "")

    def test_names_what_mends_each_thing(self, data: Path) -> None:
        """A fresh installation: no worker, no owner, no backup; each with a command."""
        found = {one.name: one for one in examine(NOW)}

        wrong = [one for one in found.values() if one.health in {Health.BROKEN, Health.WARNING}]
        assert {"worker", "people", "backup", "restore", "mail out"} <= {one.name for one in wrong}
        assert all(one.mend for one in wrong)

    def test_is_content_when_all_is_well(self, data: Path) -> None:
        """A living worker and an owner."""
        make_first_owner(email="olga@castle-it.example", name="Olga", at=NOW)
        pulses.beat("worker", {"reading": {"well": True}}, at=NOW)

        found = {one.name: one.health for one in examine(NOW)}

        assert (found["worker"], found["people"]) == (Health.FINE, Health.FINE)

    def test_sees_a_worker_that_fell_silent_and_one_whose_job_fails(self, data: Path) -> None:
        """Three minutes without a sign are too many; a job that does not go well is named."""
        pulses.beat("worker", {"taking mail in": {"well": False}}, at=NOW)

        soon, later = (running.look_at_worker(NOW + timedelta(minutes=m)) for m in (1, 4))

        assert (soon.health, "taking mail in" in soon.says) == (Health.WARNING, True)
        assert later.health is Health.BROKEN

    def test_finds_a_key_that_others_can_read(self, data: Path) -> None:
        """And gives the command that shuts it."""
        key = data / "keys" / "one.pem"
        key.parent.mkdir()
        key.write_text("a key")
        key.chmod(0o644)

        found = machine.look_at_files(NOW)

        assert (found.health, found.mend) == (Health.BROKEN, f"chmod 600 {key}")

    def test_finds_a_password_of_keys_that_others_can_read(self, data: Path) -> None:
        """Encrypting keys with it would keep them from nobody on this machine."""
        password = data / "password"
        password.write_text("a long one")
        password.chmod(0o644)

        with override_settings(GROUNDRULES_KEYS_PASSWORD_FILE=str(password)):
            found = machine.look_at_files(NOW)

        assert (found.health, found.mend) == (Health.BROKEN, f"chmod 600 {password}")

    def test_finds_a_clock_that_went_back(self, data: Path) -> None:
        """An entry from the future is a clock that was put back."""
        make_first_owner(email="olga@castle-it.example", name="Olga", at=NOW + timedelta(hours=1))

        found = {one.name: one for one in examine(NOW)}

        assert (found["clock"].health, found["clock"].mend) == (
            Health.BROKEN,
            "timedatectl set-ntp true",
        )

    def test_goes_on_when_one_look_fails(self, data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """What cannot be looked at is a finding of its own."""

        def fail(*_: object) -> object:
            raise OSError(5, "Input/output error")

        monkeypatch.setattr("groundrules.services.doctor.machine.shutil.disk_usage", fail)

        found = {one.name: one for one in looked(NOW)}

        assert "could not be looked at" in found["disk"].says
        assert "guards" in found


@pytest.mark.django_db
class TestLongRuns:
    def test_stop_at_the_next_step_when_somebody_asks(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Who asked is said, and how it ended is on record."""
        monkeypatch.setattr(watched, "_EVERY_SECONDS", 0.0)

        with (  # noqa: PT012 - the block is what is stopped
            pytest.raises(long_runs.RunStopped, match=r"olga@castle-it\.example stopped it"),
            long_runs.long_run("export", actor=OLGA, at=NOW, tell=lambda *_: None) as tell,
        ):  # fmt: skip
            tell(1, "rows")
            long_runs.ask_to_stop(LongRun.objects.get().pk, actor=OLGA, at=NOW)
            tell(2, "rows")

        run = LongRun.objects.get()
        assert (run.outcome, run.done, run.says) == ("stopped", 2, "rows")

    def test_one_that_was_cut_off_is_over_when_it_is_stopped(self) -> None:
        """A killed run says nothing more: asking it to stop ends it on record."""
        run = LongRun.objects.create(what="backup", by="olga", began_at=NOW, beat_at=NOW)

        long_runs.ask_to_stop(run.pk, actor=OLGA, at=NOW + timedelta(hours=1))

        run.refresh_from_db()
        assert (run.outcome, run.problem) == ("failed", "cut off")
        with pytest.raises(long_runs.RunIsOver):
            long_runs.ask_to_stop(run.pk, actor=OLGA, at=NOW)

    def test_are_stopped_by_owners_only(self) -> None:
        """A technician asks an owner."""
        run = LongRun.objects.create(what="backup", by="olga", began_at=NOW, beat_at=NOW)

        with pytest.raises(NotAllowed):
            long_runs.ask_to_stop(run.pk, actor=TESSA, at=NOW)


@pytest.mark.django_db
class TestPage:
    def test_shows_what_needs_care_and_stops_a_run(self, client: Client, data: Path) -> None:
        """The worst first; a run that is on can be stopped from here."""
        owner = make_first_owner(email="olga@castle-it.example", name="Olga", at=timezone.now())
        assert owner.role == Role.OWNER
        client.force_login(owner)
        now = timezone.now()
        run = LongRun.objects.create(what="backup one", by="olga", began_at=now, beat_at=now)
        Pulse.objects.all().delete()

        page = client.get("/installation/").content.decode()
        client.post(f"/installation/runs/{run.pk}/stop/")

        run.refresh_from_db()
        assert page.index("Broken") < page.index("Needs care")
        assert "Stop backup one" in page
        assert run.stop_asked_by == "olga@castle-it.example"
