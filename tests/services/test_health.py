"""Health, from checks on a real server on loopback to the books, a server's state and a condition that ticks itself."""

from __future__ import annotations

import json
import socket
import ssl
import threading
from collections.abc import Collection, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, wait
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from groundrules.cli.main import main
from groundrules.core.evidence import Citation, Item, ItemKind, Snapshot
from groundrules.core.health import CheckKind, CheckSpec, Found, Level
from groundrules.core.ids import AssetId, EvidenceId
from groundrules.gateways.probing import NetworkProber, NullProber
from groundrules.records import models as books
from groundrules.records.models import Application, Client
from groundrules.services import health
from groundrules.services.actor import NotAllowed
from groundrules.services.filing import Filing, file_facts
from groundrules.services.health import running
from tests.cast import ANNA, TARIQ
from tests.own_certificate import authority
from tests.patience import PATIENCE
from tests.shown_certificates import YEAR, showing, write_shown

NOW = datetime(2026, 11, 28, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


class _Page(BaseHTTPRequestHandler):
    """Answers what the test told it to."""

    def do_GET(self) -> None:
        """Answer with the status of the path (`/503`)."""
        status = int(self.path.strip("/") or 200)
        self.send_response(status)
        self.send_header("Content-Length", "7")
        self.end_headers()
        self.wfile.write(b"all is ")

    def log_message(self, *_words: object) -> None:
        """Say nothing."""


@contextmanager
def served(wrap: ssl.SSLContext | None = None) -> Iterator[int]:
    """A web server on loopback, and its port."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Page)
    if wrap:
        server.socket = wrap.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join(PATIENCE)
        server.server_close()


class TestAsking:
    """The door to the outside, against real sockets."""

    def test_pages(self) -> None:
        """Status and words count; a redirect is not followed; the answer's text is not repeated."""
        with served() as port:
            here = f"http://127.0.0.1:{port}"
            ask = NetworkProber().look
            assert ask(CheckSpec(CheckKind.HTTP, f"{here}/", text="all is"), NOW).passed
            found = ask(CheckSpec(CheckKind.HTTP, f"{here}/503"), NOW)
            assert found == Found(f"{here}/503 answered 503 instead of 200", passed=False)
            assert ask(CheckSpec(CheckKind.HTTP, f"{here}/302", expect=302), NOW).passed
            wanted = ask(CheckSpec(CheckKind.HTTP, f"{here}/", text="well"), NOW)
            assert wanted.passed is False
            assert "all is" not in wanted.says

    def test_ports(self) -> None:
        """A port that takes connections, and one that nobody listens on."""
        with served() as port:
            assert NetworkProber().look(CheckSpec(CheckKind.PORT, f"127.0.0.1:{port}"), NOW).passed
        found = NetworkProber().look(CheckSpec(CheckKind.PORT, f"127.0.0.1:{port}"), NOW)
        assert found == Found(f"127.0.0.1:{port}: connection refused", passed=False)

    @pytest.mark.parametrize(("days", "passed"), [(30, True), (3, False), (-1, False)])
    def test_certificates(self, tmp_path: Path, days: int, passed: bool) -> None:  # noqa: FBT001 - a table
        """How long it is valid is read, however little it is trusted."""
        with served(showing(write_shown(tmp_path, NOW + timedelta(days=days)))) as port:
            spec = CheckSpec(CheckKind.CERTIFICATE, f"127.0.0.1:{port}")
            assert NetworkProber().look(spec, NOW).passed is passed
            page = CheckSpec(CheckKind.HTTP, f"https://127.0.0.1:{port}/")
            assert "not trusted" in NetworkProber().look(page, NOW).says

    def test_certificates_for_whom_and_by_whom(self, tmp_path: Path) -> None:
        """The name that is asked for must be among its names; who signed it is a note; both are asked by its name."""
        shown = write_shown(tmp_path, NOW + YEAR, names=["portal.example"], by=authority())
        with served(showing(shown)) as port:
            place = f"127.0.0.1:{port}"
            ask = NetworkProber().look
            by_address = ask(CheckSpec(CheckKind.CERTIFICATE, place), NOW)
            right = ask(CheckSpec(CheckKind.CERTIFICATE, place, text="portal.example"), NOW)
            wrong = ask(CheckSpec(CheckKind.CERTIFICATE, place, text="mail.example"), NOW)
        assert by_address.passed
        assert "It is not for the address 127.0.0.1. It is for portal.example." in by_address.note
        assert "who signed it is not known here" in by_address.note
        assert right.passed
        assert "address" not in right.note
        says = f"the certificate at {place} is not for mail.example"
        assert wrong == Found(says, passed=False, note="It is for portal.example.")

    def test_server_that_drips(self) -> None:
        """One that sends a byte now and then is cut off as a whole, not step by step."""
        with socket.create_server(("127.0.0.1", 0)) as listening:
            ended = threading.Event()

            def drip() -> None:
                connection, _ = listening.accept()
                with connection:
                    while not ended.wait(0.05):
                        try:
                            connection.send(b"H")
                        except OSError:
                            return

            thread = threading.Thread(target=drip, daemon=True)
            thread.start()
            spec = CheckSpec(CheckKind.HTTP, f"http://127.0.0.1:{listening.getsockname()[1]}/")
            found = NetworkProber(patience=1, whole=0.3).look(spec, NOW)
            ended.set()
            thread.join(PATIENCE)
        assert found.passed is False


@dataclass
class Told:
    """A door that answers what the test says."""

    passed: bool | None = True
    asked: int = field(default=0)

    def look(self, spec: CheckSpec, at: datetime) -> Found:
        """Answer as told."""
        del at
        self.asked += 1
        says = "" if self.passed else f"{spec.target} is down"
        return Found(says, self.passed)


PAGE = CheckSpec(CheckKind.HTTP, "https://portal.example/health")


@pytest.fixture
def application(harbor: Client) -> Application:
    """The first application of Harbor Dental, or one on its first server."""
    found = harbor.applications.select_related("client", "asset").first()
    if found is not None:
        return found
    return Application.objects.create(
        client=harbor, code="PORTAL", name="Portal", asset=harbor.assets.order_by("pk")[0]
    )


def filed(application: Application) -> list[tuple[datetime, bool]]:
    """The looks on record."""
    rows = books.HealthCheck.objects.filter(application=application).order_by("checked_at")
    return list(rows.values_list("checked_at", "healthy"))


@pytest.mark.django_db
class TestLooking:
    """What is due is looked at once, and goes on record when it is news."""

    def test_turns_are_on_record_and_quiet_looks_are_not(self, application: Application) -> None:
        """Six looks in 25 minutes leave the first, and the turn with the look before it."""
        health.set_checks(application, [PAGE], every=5, actor=TARIQ, at=NOW)
        door = Told()
        for number in range(6):
            door.passed = number < 5
            (run,) = health.check_due(at=NOW + number * 5 * MINUTE, prober=door)
            assert run.check is not None
        assert filed(application) == [
            (NOW, True),
            (NOW + 20 * MINUTE, True),
            (NOW + 25 * MINUTE, False),
        ]
        shown = health.application_health(application, NOW + 26 * MINUTE).shown
        assert shown.level is Level.CRITICAL
        assert "https://portal.example/health is down" in shown.sentence

    def test_nothing_is_asked_before_its_turn(self, application: Application) -> None:
        """The second worker, and the next minute, find nothing due."""
        health.set_checks(application, [PAGE], every=5, actor=TARIQ, at=NOW)
        door = Told()
        assert len(health.check_due(at=NOW, prober=door)) == 1
        assert health.check_due(at=NOW, prober=door) == ()
        assert health.check_due(at=NOW + MINUTE, prober=door) == ()
        assert door.asked == 1

    def test_not_knowing_is_no_look(self, application: Application) -> None:
        """Where nobody was asked nothing goes on record, and the page says so."""
        health.set_checks(application, [PAGE], every=5, actor=TARIQ, at=NOW)
        (run,) = health.check_due(at=NOW, prober=NullProber())
        assert run.check is None
        assert filed(application) == []
        stands = health.application_health(application, NOW)
        assert stands.shown.level is Level.UNKNOWN
        assert "was not asked" in stands.problem

    def test_stopped_checks_are_over(self, application: Application) -> None:
        """Nothing is due any more; what was found stays; both acts are in the audit book."""
        health.set_checks(application, [PAGE], every=5, actor=TARIQ, at=NOW)
        health.check_due(at=NOW, prober=Told())
        health.stop_checks(application, actor=TARIQ, at=NOW + MINUTE)
        assert health.check_due(at=NOW + 60 * MINUTE, prober=Told()) == ()
        assert len(filed(application)) == 1
        assert books.AuditEntry.objects.filter(verb="health.set_checks").count() == 2

    def test_servers_that_hang_hold_a_turn_up_for_its_time_only(
        self, application: Application, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """All are asked at once; what is not back in time is unwell by that, and the others' answers count."""
        let_go, all_asked = threading.Event(), threading.Barrier(20, timeout=PATIENCE)
        hanging = [CheckSpec(CheckKind.PORT, f"10.0.0.{n}:80") for n in range(19)]

        class Hanging:
            def look(self, spec: CheckSpec, at: datetime) -> Found:
                del at
                all_asked.wait()
                if spec != PAGE:
                    let_go.wait(PATIENCE)
                return Found("", passed=True)

        def until_one_answered(asked: Collection[Future[Found]], timeout: float) -> None:
            assert timeout <= 10
            wait(asked, timeout=PATIENCE, return_when=FIRST_COMPLETED)

        monkeypatch.setattr(running, "wait", until_one_answered)
        health.set_checks(application, [PAGE, *hanging], every=5, actor=TARIQ, at=NOW)
        (run,) = health.check_due(at=NOW, prober=Hanging())
        let_go.set()

        assert run.check is not None
        assert not run.check.healthy
        assert "10.0.0.0:80: no answer in time" in run.check.signature
        assert PAGE.target not in run.check.signature

    def test_a_note_makes_nothing_unwell(
        self, application: Application, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """It stands beside its check from the newest look on, and is gone with the check."""

        class Noting:
            def look(self, spec: CheckSpec, at: datetime) -> Found:
                del at
                return Found(f"{spec.target} answered", passed=True, note="It signed itself.")

        health.set_checks(application, [PAGE], every=5, actor=TARIQ, at=NOW)
        (run,) = health.check_due(at=NOW, prober=Noting())
        stands = health.application_health(application, NOW)
        assert run.check is not None
        assert run.check.healthy
        assert stands.shown.level is Level.GOOD
        assert stands.found[PAGE.says].note == "It signed itself."
        assert main(["health", "show"]) == 0
        noted = f"    note: {PAGE.target} answered. It signed itself.\n"
        assert noted in capsys.readouterr().out
        other = CheckSpec(CheckKind.PORT, "srv1:443")
        health.set_checks(application, [other], every=5, actor=TARIQ, at=NOW + MINUTE)
        assert main(["health", "show"]) == 0
        assert "signed itself" not in capsys.readouterr().out

    def test_an_accountant_sets_no_checks(self, application: Application) -> None:
        """Checks reach out to servers, which is a technician's business."""
        with pytest.raises(NotAllowed):
            health.set_checks(application, [PAGE], every=5, actor=ANNA, at=NOW)

    def test_services_as_the_collector_lists_them(self, application: Application) -> None:
        """A service check needs no network; a list that is too old says nothing."""
        spec = CheckSpec(CheckKind.SERVICE, "nginx")
        health.set_checks(application, [spec], every=5, actor=TARIQ, at=NOW)
        (run,) = health.check_due(at=NOW, prober=NullProber())
        assert run.check is None
        listed = (Item(ItemKind.SERVICE, "nginx.service", {"running": "failed"}),)
        cited = Citation(EvidenceId("b" * 64), "services", "snapshot/1")
        asset = AssetId(application.asset.code)
        seen = Snapshot(asset, NOW, frozenset({ItemKind.SERVICE}), listed, cited)
        file_facts((seen,), Filing(application.client, TARIQ, NOW))
        (run,) = health.check_due(at=NOW + 5 * MINUTE, prober=NullProber())
        assert run.check is not None
        assert run.check.signature == "service nginx has failed"
        server = health.server_health(application.asset, NOW + 6 * MINUTE)
        assert server.level is Level.CRITICAL
        assert "Service nginx.service has failed." in [part.sentence for part in server.parts]


@pytest.mark.django_db
class TestCommand:
    """`groundrules health`, as somebody types it."""

    def test_from_setting_to_showing(
        self,
        application: Application,
        capsys: pytest.CaptureFixture[str],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        """Set, look, show, stop; each answers in words or data, and refusals have their numbers."""
        books.User.objects.create(email=TARIQ.label, name="Tariq", role=TARIQ.role.value)
        monkeypatch.setenv("GROUNDRULES_ACTOR", "")
        code, me = application.code, ("--as", TARIQ.label)
        with served() as port:
            page = f"http://127.0.0.1:{port}/"
            assert main(["health", "set", code, "--http", page, "--every", "1", *me]) == 0
            assert "every 1 minute:" in capsys.readouterr().out
            assert main(["health", "check", code]) == 0
            answered = f"http://127.0.0.1:{port}/ answered 200"
            assert capsys.readouterr().out == f"{code}: healthy\n  passed: {answered}\n"
        assert main(["health", "check", code]) == 6
        assert "connection refused" in capsys.readouterr().out
        assert main(["health", "show", "--json"]) == 0
        told = json.loads(capsys.readouterr().out)
        (mine,) = [a for one in told for a in one["applications"] if a["application"] == code]
        assert mine["level"] == "critical"
        assert main(["health", "show"]) == 0
        assert "connection refused" in capsys.readouterr().out
        gone = f"postgresql://127.0.0.1:{port}"
        assert main(["health", "set", code, "--database", gone, *me]) == 0
        assert f"127.0.0.1:{port} takes logins (PostgreSQL)" in capsys.readouterr().out
        assert main(["health", "check", code]) == 6
        assert f"{code}: unhealthy: 127.0.0.1:{port}: connection refused" in capsys.readouterr().out
        assert main(["health", "stop", code, *me]) == 0
        assert main(["health", "check", code]) == 3
        assert main(["health", "set", code, "--port", "nowhere", *me]) == 8
        assert main(["health", "set", code, *me]) == 8
        assert main(["health", "set", "NOBODY", "--port", "a:1", *me]) == 3
        assert "host:port" in capsys.readouterr().err
