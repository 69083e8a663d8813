"""`groundrules patch`, `job` and `inventory` as a newcomer types them: each line says what is, and what comes next."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from groundrules.cli.main import main
from groundrules.gateways.ansible import HostEvent
from groundrules.records import models as books
from groundrules.records.models import ActionHost
from groundrules.services import remote
from groundrules.services.remote import planning, running
from tests.cast import TARIQ
from tests.services.own_work import HOST_KEY, LOOKED, NOON, said

AS_TARIQ = ["--as", TARIQ.label]


@pytest.fixture(autouse=True)
def engine(monkeypatch: pytest.MonkeyPatch) -> remote.NullEngine:
    """This fixture will have the commands reach no host, and hear prepared answers."""
    answers = {
        "look": [said("look", LOOKED), said("look", "no route", "unreachable", "SRV2")],
        "patch": [said("upgrade", "Setting up hello (2.0)")],
        "job": [said("job", "nginx is running\n2 workers")],
    }
    made = remote.NullEngine(answers)
    for room in (planning, running):
        monkeypatch.setattr(room, "AnsibleEngine", lambda: made)
    return made


def says(capsys: pytest.CaptureFixture[str], *words: str, ends: int = 0) -> str:
    """Type a command, which must end with a number; what it printed, on either stream."""
    assert main(list(words)) == ends
    both = capsys.readouterr()
    return both.out + both.err


def policy(capsys: pytest.CaptureFixture[str]) -> str:
    """Set the policy most of these tests want."""
    rings = (
        "--ring",
        "first=SRV1,SRV2",
        "--days",
        "tue,wed",
        "--from",
        "19:00",
        "--until",
        "23:00",
    )
    more = ("--exclude", "postgresql-*", "--rollback", "restore the night before")
    return says(capsys, "patch", "policy", "HARBOR", *rings, *more)


def planned(capsys: pytest.CaptureFixture[str]) -> str:
    """Set a policy and plan by it; the plan's reference."""
    policy(capsys)
    return says(capsys, "patch", "plan", "HARBOR", "first").split(maxsplit=1)[0]


@pytest.mark.usefixtures("gated")
class TestPatchCommand:
    """`groundrules patch`."""

    def test_shows_a_policy_in_words(self, capsys: pytest.CaptureFixture[str]) -> None:
        """What was set is said back; without one, how to set one is."""
        assert "groundrules patch policy HARBOR --ring" in says(
            capsys, "patch", "policy", "HARBOR", ends=3
        )

        shown = policy(capsys)

        assert "Tuesday, Wednesday, 19:00 to 23:00 (America/Los_Angeles)" in shown
        assert "ring first: SRV1, SRV2" in shown
        assert "never touched: postgresql-*" in shown
        assert "if it went wrong: restore the night before" in shown

    def test_leads_from_a_plan_to_its_end(self, capsys: pytest.CaptureFixture[str]) -> None:
        """Planned, refused unapproved, approved with a reason, run, shown in the list and as data."""
        ref = planned(capsys)
        shown = says(capsys, "patch", "show", ref)
        assert "Patches of ring first - to be approved" in shown
        assert "hello 1.0 -> 2.0" in shown
        assert "SRV2: unreachable" in shown
        assert "not approved" in says(capsys, "patch", "run", ref, ends=5)

        approved = says(capsys, "patch", "approve", ref, "--outside-hours", "a hole in use")
        ran = says(capsys, "patch", "run", ref)

        assert "- approved (approved by olga@castle-it.example)" in approved
        assert f"{ref} HARBOR: Patches of ring first - done" in ran
        assert "SRV1: done" in ran
        assert ref in says(capsys, "patch", "show")
        told = json.loads(says(capsys, "patch", "show", ref, "--json"))
        assert (told["standing"], told["attempts"], told["unwell_after"]) == ("done", 1, [])
        assert "is done on every server" in says(capsys, "patch", "retry", ref, ends=5)

    def test_ends_with_a_number_for_each_refusal(
        self, capsys: pytest.CaptureFixture[str], engine: remote.NullEngine
    ) -> None:
        """What is missing, wrong or not theirs has one sentence; a server that fails ends it with 7."""
        assert "there is no client NOBODY" in says(
            capsys, "patch", "plan", "NOBODY", "first", ends=3
        )
        assert "groundrules patch show lists them" in says(capsys, "patch", "run", "PAT-9", ends=3)
        ring = ("--ring", "first=SRV9", "--days", "mon")
        assert "SRV9" in says(capsys, "patch", "policy", "HARBOR", *ring, ends=3)
        odd = ("--ring", "first=SRV1", "--days", "someday")
        assert "--days mon,tue" in says(capsys, "patch", "policy", "HARBOR", *odd, ends=8)
        ref = planned(capsys)
        assert "no ring 'last'" in says(capsys, "patch", "plan", "HARBOR", "last", ends=3)
        assert "needs owner" in says(capsys, "patch", "approve", ref, *AS_TARIQ, ends=4)
        says(capsys, "patch", "approve", ref, "--outside-hours", "now")
        engine.answers = {"patch": [HostEvent("SRV1", "upgrade", "failed", NOON, "E: broken", "1")]}

        failed = says(capsys, "patch", "run", ref, ends=7)

        assert "SRV1: failed - upgrade: 1 E: broken" in failed
        assert "- partly failed" in failed


@pytest.mark.usefixtures("gated")
class TestOwnWindows:
    """`groundrules planning own-window`."""

    def test_permit_runs_outside_the_hours_and_can_be_ended(
        self, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """Agreed by an owner, listed, and ended before its time; without days a run needs one."""
        says(capsys, "patch", "policy", "HARBOR", "--ring", "first=SRV1")
        ref = says(capsys, "patch", "plan", "HARBOR", "first").split(maxsplit=1)[0]
        says(capsys, "patch", "approve", ref)
        span = ("--starts", "2007-01-01T00:00", "--ends", "2099-01-01T00:00")
        agreed = ("planning", "own-window", "--client", "HARBOR", "--reason", "with Dr. Wen")
        assert "outside the hours" in says(capsys, "patch", "run", ref, ends=5)
        over = ("--server", "SRV1", "--starts", span[1], "--ends", "2007-01-02T00:00")
        assert "still to come" in says(capsys, *agreed, *over, ends=8)
        assert "no server 'NAS'" in says(capsys, *agreed, "--server", "NAS", *span, ends=3)
        assert "needs owner" in says(capsys, *agreed, "--server", "SRV1", *span, *AS_TARIQ, ends=4)

        listed = says(capsys, *agreed, "--server", "SRV1", *span)

        assert "WIN-1    window of our own, Mon 2007-01-01 00:00 PST" in listed
        assert "on SRV1 (with Dr. Wen)" in listed
        assert f"{ref} HARBOR: Patches of ring first - done" in says(capsys, "patch", "run", ref)
        ended = says(capsys, "planning", "end-own-window", "WIN-1", "--client", "HARBOR")
        assert "WIN-1" not in ended
        again = ("planning", "end-own-window", "WIN-1", "--client", "HARBOR")
        assert "no window of our own 'WIN-1'" in says(capsys, *again, ends=3)


@pytest.mark.usefixtures("gated")
class TestJobCommand:
    """`groundrules job`."""

    def test_lists_the_library_with_its_arguments(self, capsys: pytest.CaptureFixture[str]) -> None:
        """Each job, what it does, and each argument with what is meant."""
        listed = says(capsys, "job", "list")

        assert "restart-service: Restart a service and say how it stands afterwards." in listed
        assert "--with days=30: older than so many days (1 to 3650)" in listed

    def test_leads_from_a_dry_run_to_its_output(self, capsys: pytest.CaptureFixture[str]) -> None:
        """What the dry run showed, the approval, and what the server printed then, line by line."""
        words = ("restart-service", "--on", "SRV1", "--with", "service=nginx")
        shown = says(capsys, "job", "plan", "HARBOR", *words, *AS_TARIQ)
        ref = shown.split(maxsplit=1)[0]
        assert "    Inst hello [1.0]" in shown

        says(capsys, "job", "approve", ref, *AS_TARIQ)
        ran = says(capsys, "job", "run", ref, *AS_TARIQ)

        assert "  SRV1: done\n    nginx is running\n    2 workers\n" in ran
        assert "Inst hello" not in ran

    @pytest.mark.parametrize(
        ("words", "number", "sentence"),
        [
            (("reboot-all", "--on", "SRV1"), 3, "there are restart-service, collect-logs"),
            (("restart-service", "--on", "SRV1"), 8, "it is missing"),
            (("restart-service", "--on", "SRV1", "--with", "service=a;b"), 8, "'a;b' is not it"),
            (("clean-disk", "--on", "SRV1", "--with", "force=1"), 8, "no argument 'force'"),
            (("clean-disk", "--on", "SRV9"), 3, "SRV9: no gate by SSH on record"),
        ],
        ids=["no such job", "missing", "odd", "unknown", "no gate"],
    )
    def test_refuses_what_is_not_in_the_library(
        self, words: tuple[str, ...], number: int, sentence: str, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """No server is asked anything, and nothing is planned."""
        assert sentence in says(capsys, "job", "plan", "HARBOR", *words, ends=number)
        assert not books.WorkPlan.objects.exists()


@pytest.mark.usefixtures("gated")
class TestInventoryCommand:
    """`groundrules inventory`."""

    def test_answers_as_ansible_asks(self, capsys: pytest.CaptureFixture[str]) -> None:
        """Groups by system and client; no way in is in it; one server's variables by name."""
        listed = json.loads(says(capsys, "inventory", "--list"))

        assert listed["linux"]["hosts"] == ["HARBOR.SRV1", "HARBOR.SRV2"]
        assert listed["client_HARBOR"] == listed["linux"]
        one = json.loads(says(capsys, "inventory", "--host", "HARBOR.SRV1"))
        assert one == listed["_meta"]["hostvars"]["HARBOR.SRV1"]
        assert (one["ansible_host"], one["ansible_user"]) == ("SRV1.example", "groundrules-work")
        assert "ansible_ssh_private_key_file" not in one
        assert "no server NAS" in says(capsys, "inventory", "--host", "NAS", ends=3)

    def test_lays_a_way_in_where_an_owner_asks(
        self, capsys: pytest.CaptureFixture[str], tmp_path: Path
    ) -> None:
        """Key, certificate and known host key, for nobody else to read; in the audit book; not for a technician."""
        place = tmp_path / "pass"
        words = ("inventory", "--client", "HARBOR", "--make-pass", str(place))
        assert "needs owner" in says(capsys, *words, *AS_TARIQ, ends=4)
        assert "1 to 240" in says(capsys, *words, "--minutes", "600", ends=8)
        assert not place.exists()

        told = json.loads(says(capsys, *words, "--minutes", "30"))["_meta"]["hostvars"][
            "HARBOR.SRV1"
        ]

        key = Path(told["ansible_ssh_private_key_file"])
        assert (key.parent, key.stat().st_mode & 0o777, place.stat().st_mode & 0o777) == (
            place,
            0o600,
            0o700,
        )
        assert f"CertificateFile={key}-cert.pub" in told["ansible_ssh_common_args"]
        assert (place / "HARBOR.SRV1.known").read_text() == f"HARBOR.SRV1 {HOST_KEY}\n"
        entry = books.AuditEntry.objects.get(verb="remote.pass")
        assert "for 2 servers, by hand, for 0:30:00" in entry.says

    def test_reaches_windows_by_winrm_over_https_only(
        self, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """Kerberos, the certificate checked, no password; the group is `windows`, and no pass is laid for it."""
        gate = books.Gate.objects.get(asset__code="SRV2")
        ActionHost.objects.create(gate=gate, token_digest="d" * 64)

        listed = json.loads(says(capsys, "inventory", "--client", "HARBOR"))

        assert (listed["windows"]["hosts"], listed["linux"]["hosts"]) == (
            ["HARBOR.SRV2"],
            ["HARBOR.SRV1"],
        )
        told = listed["_meta"]["hostvars"]["HARBOR.SRV2"]
        assert {key: told[key] for key in told if key.startswith("ansible")} == {
            "ansible_host": "SRV2.example",
            "ansible_connection": "winrm",
            "ansible_port": 5986,
            "ansible_winrm_scheme": "https",
            "ansible_winrm_transport": "kerberos",
            "ansible_winrm_server_cert_validation": "validate",
        }
