"""The overlay backend on a real small Debian: verdicts, isolation, scrubbing, and what it refuses."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from groundrules.core.ids import ChangeId, IncidentId
from groundrules.core.replay.answers import Outcome, ReplayVerdict, State
from groundrules.gateways.replay import (
    Action,
    ActionKind,
    BadSite,
    LinuxReplay,
    NotAReplica,
    ReplaySite,
    read_site,
)
from groundrules.gateways.replay.secrets import secrets_in
from groundrules.services.replaying import carry_out, plan_for
from tests.hosts.lab import ROOT

RUNTIME, NOTE, TIMER = ChangeId("CHG-RUNTIME"), ChangeId("CHG-NOTE"), ChangeId("CHG-TIMER")
ACTIONS = (
    Action(NOTE, ActionKind.SET_CONFIG, "/etc/vendor.conf", "note=hello"),
    Action(RUNTIME, ActionKind.REMOVE_PACKAGE, "procps"),
    Action(TIMER, ActionKind.SET_CONFIG, "/etc/vendor.conf", "timer=60"),
)
APP = """
import http.server, os
class Health(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        well = os.path.exists("/usr/bin/ps")
        self.send_response(200 if well else 503); self.end_headers()
        routes = open("/proc/net/route").read().splitlines()[1:]
        said = "OK" if well else "runtime ps is missing"
        self.wfile.write(f"{said} routes={len(routes)} shadow={open('/etc/shadow').readline().split(':')[1]}".encode())
http.server.HTTPServer(("127.0.0.1", 8080), Health).serve_forever()
"""


@pytest.fixture(scope="module")
def tree() -> Path:
    """This fixture will name the small Debian the tests with real hosts are built on."""
    made = subprocess.run(
        [ROOT / "scripts" / "host-image"], capture_output=True, text=True, check=True
    )
    return Path(made.stdout.strip())


def started(app: str) -> str:
    return f"cat > /tmp/app.py <<'E'\n{app}\nE\npython3 /tmp/app.py >/dev/null 2>&1 &"


@pytest.fixture
def site(tree: Path) -> ReplaySite:
    """This fixture will describe an application that needs one package."""
    return ReplaySite(
        tree, ACTIONS, started(APP), "http://127.0.0.1:8080/", "^200 OK", ("runtime ps is missing",)
    )


@pytest.fixture
def backend() -> Iterator[LinuxReplay]:
    """This fixture will open a backend and see that it leaves nothing behind."""
    opened = LinuxReplay()
    yield opened
    opened.close()
    assert not opened.folder.exists()
    assert str(opened.folder) not in Path("/proc/mounts").read_text()


@pytest.mark.live_host
class TestRealServer:
    def test_proves_the_sole_cause_and_blames_no_innocent(
        self, site: ReplaySite, backend: LinuxReplay
    ) -> None:
        """A package really removed, two innocent changes beside it, three agreeing runs each."""
        result = carry_out(plan_for(site, IncidentId("INC-1")), site, backend).result

        assert result.obstacle == ""
        assert [(f.change, f.verdict) for f in result.findings] == [(RUNTIME, ReplayVerdict.SOLE)]
        assert result.findings[0].running is True

    def test_a_running_copy_goes_on_with_what_it_has_loaded(
        self, site: ReplaySite, backend: LinuxReplay
    ) -> None:
        """The same removal breaks a fresh start of an application that looks once, and spares it while it runs."""
        once = APP.replace("class Health", 'WELL = os.path.exists("/usr/bin/ps")\nclass Health')
        once = once.replace('well = os.path.exists("/usr/bin/ps")', "well = WELL")
        looks_once = replace(site, start=started(once))
        removed = frozenset((RUNTIME,))

        fresh = backend.run(State(removed), looks_once)
        running = backend.run(State(removed, running=True), looks_once)

        assert (fresh.outcome, running.outcome) == (Outcome.SAME_FAILURE, Outcome.PASSES)
        assert "--- made on the running copy" in running.log
        assert "Removing procps" in running.log

    def test_a_running_copy_must_pass_before_it_is_changed(
        self, site: ReplaySite, backend: LinuxReplay
    ) -> None:
        """One that fails anyway, or in which a change can't be made, shows nothing."""
        wrong = replace(site, passes="^299 ")
        broken = Action(NOTE, ActionKind.INSTALL_PACKAGE, "no-such-package")
        made = State(frozenset((NOTE,)), running=True)

        unfit = backend.run(made, wrong)
        unmade = backend.run(made, replace(site, actions=(broken,)))

        assert (unfit.outcome, unmade.outcome) == (Outcome.INVALID, Outcome.INVALID)
        assert "did not pass before" in unfit.signature
        assert "could not be started or changed" in unmade.signature

    def test_the_copy_reaches_nothing_and_holds_no_password(
        self, site: ReplaySite, backend: LinuxReplay
    ) -> None:
        """No route leaves the copy, and its password hashes are locked."""
        seen = backend.run(State(), site)

        assert seen.outcome is Outcome.PASSES
        assert "routes=0 shadow=!" in seen.log

    def test_leaves_the_restored_tree_as_it_was(
        self, site: ReplaySite, backend: LinuxReplay
    ) -> None:
        """Changes are made in overlays only."""
        backend.run(State(frozenset((RUNTIME, NOTE))), site)

        assert (site.tree / "usr/bin/ps").exists()
        assert not (site.tree / "etc/vendor.conf").exists()

    def test_a_run_that_takes_too_long_shows_nothing(
        self, site: ReplaySite, backend: LinuxReplay
    ) -> None:
        """The time limit ends everything in the copy."""
        slow = replace(site, store_start="sleep 60", seconds=1)

        assert backend.run(State(), slow).outcome is Outcome.INVALID

    def test_a_change_that_cannot_be_made_again_shows_nothing(
        self, site: ReplaySite, backend: LinuxReplay
    ) -> None:
        """A failed action is not a failure of the application."""
        broken = Action(NOTE, ActionKind.INSTALL_PACKAGE, "no-such-package")

        seen = backend.run(State(frozenset((NOTE,))), replace(site, actions=(broken,)))

        assert seen.outcome is Outcome.INVALID


class TestRefusals:
    def test_never_touches_the_running_host(self, tmp_path: Path) -> None:
        """The live root is refused, and the sentence says why and what to do."""
        site = ReplaySite(Path("/"), (), ":", "http://127.0.0.1/", "OK", ("x",))
        opened = LinuxReplay()

        with pytest.raises(NotAReplica, match="root of the running host"):
            opened.run(State(), site)
        opened.close()

    def test_refuses_a_copy_of_its_own_machine(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A copy with this machine's id is being replayed on the production host."""
        (tmp_path / "etc").mkdir()
        (tmp_path / "etc/machine-id").write_text("5f0c\n")
        (tmp_path / "ours").write_text("5f0c\n")
        monkeypatch.setattr("groundrules.gateways.replay.linux.MACHINE_ID", tmp_path / "ours")
        opened = LinuxReplay()

        with pytest.raises(NotAReplica, match="same machine-id"):
            opened.run(State(), ReplaySite(tmp_path, (), ":", "http://x/", "OK", ("x",)))
        opened.close()


class TestSecrets:
    def test_finds_them_by_place_name_and_first_line(self, tmp_path: Path) -> None:
        """Shadow, SSH keys, cloud credentials and private keys wherever they lie; ordinary files stay."""
        places = ("etc/shadow", "root/.ssh/id_x", "home/ann/.aws/credentials", "srv/.pgpass")
        for place in (*places, "etc/motd", "opt/tls.key"):
            (tmp_path / place).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / place).write_text("word")
        (tmp_path / "opt/tls.key").write_text("-----BEGIN PRIVATE KEY-----\n")

        assert set(secrets_in(tmp_path)) == {*places, "opt/tls.key"}
        assert "opt/tls.key" not in secrets_in(tmp_path, keep=("opt/*.key",))


UNSURE = json.dumps(
    {"actions": [], "tree": "/srv/x", "start": ":", "url": "http://127.0.0.1/", "passes": "OK"}
    | {"signs": ["x"], "running": "no"}
)


class TestSite:
    @pytest.mark.parametrize(
        ("text", "says"),
        [
            ("{", "not JSON"),
            ("{}", "lacks 'actions'"),
            ('{"surprise": 1}', "unknown keys"),
            ('{"actions": [{"change": "A"}, {"change": "A"}]}', "same change"),
            (UNSURE, "running must be true or false"),
            ('{"actions": [{"change": "A", "kind": "file delta", "target": "x"}]}', "lacks 'tree'"),
        ],
    )
    def test_refuses_a_site_it_cannot_use(self, text: str, says: str) -> None:
        """What is wrong is said before anything is run."""
        with pytest.raises(BadSite, match=says):
            read_site(text)
