"""Our own runs where something goes wrong: cut short, killed, or unwell afterwards."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import pytest
from django.test import Client

from groundrules.cli.main import main
from groundrules.core.health import CheckKind, CheckSpec
from groundrules.core.ids import (
    AssetId,
)
from groundrules.core.remote import PatchPolicy, Ring
from groundrules.gateways.ansible import HostEvent, Target, Tell
from groundrules.records import models as books
from groundrules.records.models import HealthLook
from groundrules.services import remote
from groundrules.services.health.plans import set_checks
from tests.cast import OLGA, TARIQ
from tests.services.own_work import HOUR, LOOKED, NOON, Clock, Slow, patched, said


class Cut(Slow):
    """An engine whose program is killed after what it told."""

    def play(self, playbook: str, targets: Sequence[Target], tell: Tell) -> None:
        """This function will tell what was prepared, and end as a killed program does."""
        super().play(playbook, targets, tell)
        if playbook != "look":
            message = "ansible-runner ended with -9 and no result"
            raise remote.RunCut(message)


class TestRunThatIsCut:
    """A run whose program was killed."""

    def test_claims_nothing_that_was_not_seen(self, gated: books.Client) -> None:
        """Neither done nor failed: what was answered last, and that the rest is not known; a retry does it."""
        clock = Clock(NOON, timedelta(seconds=1))
        deeds = (said("compare with what was approved", outcome="started"), said("upgrade"))
        engine = Cut(clock, deeds)
        policy = PatchPolicy("MSA-HARBOR", (Ring("first", (AssetId("SRV1"), AssetId("SRV2"))),))
        remote.set_policy(policy, gated, actor=OLGA, at=NOON)
        engine.answers = {
            "look": [said("look", LOOKED, host=host) for host in ("SRV1", "SRV2")],
            "patch": [*deeds, said("upgrade", outcome="failed", host="SRV2")],
        }
        plan = remote.plan_patches(gated, "first", actor=TARIQ, at=NOON, engine=engine)
        row = remote.plan_called(plan.id)
        remote.approve(row, actor=OLGA, at=NOON, outside_hours="now")

        how = remote.run(row, actor=TARIQ, clock=clock, engine=engine)

        assert how.standing == "broken off"
        states = {asset: step.state.value for asset, step in how.hosts.items()}
        assert states == {"SRV1": "broken off", "SRV2": "failed"}
        assert "the last step answered: upgrade" in how.hosts[AssetId("SRV1")].says
        assert books.OwnRun.objects.current().filter(ended_at=None).count() == 0
        well = Slow(clock, [said("upgrade", host=host) for host in ("SRV1", "SRV2")])
        again = remote.retry(row, actor=TARIQ, clock=clock, engine=well)
        assert (again.standing, again.attempts) == ("done", 2)

    def test_says_the_last_step_when_we_were_killed_ourselves(self, gated: books.Client) -> None:
        """Nobody wrote an end: the plan is broken off as soon as nobody holds its turn, with the last step seen."""

        class Power(Slow):
            def play(self, playbook: str, targets: Sequence[Target], tell: Tell) -> None:
                super().play(playbook, targets, tell)
                if playbook != "look":
                    raise KeyboardInterrupt

        clock = Clock(NOON, timedelta(seconds=1))
        with pytest.raises(KeyboardInterrupt):
            patched(gated, NOON, engine=Power(clock, [said("upgrade")]))

        (how,) = remote.newest_plans(gated)
        assert (how.standing, how.running) == ("broken off", False)
        assert "the last step seen: upgrade is done" in how.hosts[AssetId("SRV1")].says


class TestHealthAfterARun:
    """What the run did to the applications of the server."""

    def test_is_shown_with_how_it_was_before(
        self, gated: books.Client, capsys: pytest.CaptureFixture[str], client: Client
    ) -> None:
        """It was well, and is unwell after the patch: on the plan, in the command and its number, and on Today."""
        application = books.Application.objects.create(
            client=gated, asset=gated.assets.get(code="SRV1"), code="PORTAL", name="Portal"
        )
        port = CheckSpec(CheckKind.PORT, "127.0.0.1:9")
        set_checks(application, (port,), every=5, actor=OLGA, at=NOON - HOUR)
        HealthLook.objects.filter(application=application).update(healthy=True)

        patched(gated, NOON)

        (how,) = remote.newest_plans(gated)
        assert how.standing == "done"
        (sentence,) = how.unwell
        assert sentence.startswith("SRV1: Portal is unwell: ")
        assert sentence.endswith("; it was well before")
        assert main(["patch", "show", how.plan.id]) == 7
        assert "    afterwards: Portal is unwell" in capsys.readouterr().out
        client.force_login(books.User.objects.get(email=OLGA.label))
        page = client.get(f"/patches/HARBOR/{how.plan.id}/").content.decode()
        assert "After the run something is unwell: SRV1: Portal is unwell" in page
        assert "Portal is unhealthy" in client.get("/").content.decode()
        rings = (Ring("first", (AssetId("SRV1"),)), Ring("rest", (AssetId("SRV2"),)))
        remote.set_policy(PatchPolicy("MSA-HARBOR", rings), gated, actor=OLGA, at=NOON)
        engine = Slow(Clock(NOON), [])
        engine.answers = {"look": [said("look", LOOKED, host="SRV2")]}
        rest = remote.plan_patches(gated, "rest", actor=OLGA, at=NOON + HOUR, engine=engine)
        row = remote.plan_called(rest.id)
        remote.approve(row, actor=OLGA, at=NOON + HOUR, outside_hours="now")
        with pytest.raises(remote.RunRefused, match="ring first comes first"):
            remote.run(row, actor=OLGA, clock=Clock(NOON + HOUR), engine=engine)

    def test_is_a_gap_where_nothing_is_looked_at(self, gated: books.Client, client: Client) -> None:
        """A server without checks is not called well."""
        patched(gated, NOON)

        (how,) = remote.newest_plans(gated)
        assert how.health == {}
        client.force_login(books.User.objects.get(email=OLGA.label))
        page = client.get(f"/patches/HARBOR/{how.plan.id}/").content.decode()
        assert "its health was not looked at" in page


class TestPlansOfOneInstant:
    """Plans that are made at the very same instant."""

    def test_are_told_apart_and_approved_each_for_itself(self, gated: books.Client) -> None:
        """The second had the first's reference, superseded it, and what was approved was another plan."""
        rings = (Ring("first", (AssetId("SRV1"),)), Ring("rest", (AssetId("SRV2"),)))
        remote.set_policy(PatchPolicy("MSA-HARBOR", rings), gated, actor=OLGA, at=NOON)
        engine = Slow(Clock(NOON), [])
        engine.answers = {"look": [said("look", LOOKED, host=host) for host in ("SRV1", "SRV2")]}
        one, other = (
            remote.plan_patches(gated, ring, actor=TARIQ, at=NOON, engine=engine)
            for ring in ("first", "rest")
        )

        remote.approve(remote.plan_called(one.id), actor=OLGA, at=NOON, outside_hours="now")

        assert one.id != other.id
        told = {ref: remote.plan_called(ref).to_core() for ref in (one.id, other.id)}
        assert [told[ref].ring for ref in (one.id, other.id)] == ["first", "rest"]
        assert [told[ref].approved_at for ref in (one.id, other.id)] == [NOON, None]


NEEDED = "0a569532-00f3-4fa2\r\nrestart needed\r\nlong-dead.service\r\n"


def _restarted(client: books.Client, rule: str, *answers: HostEvent) -> remote.PlanShown:
    """Patch SRV1, which asks for a restart, by a policy with a rule for it; how the plan stands then."""
    clock = Clock(NOON, timedelta(seconds=1))
    engine = Slow(
        clock, [said("upgrade"), said("see whether a restart is needed", NEEDED), *answers]
    )
    ring = Ring("first", (AssetId("SRV1"),))
    remote.set_policy(PatchPolicy("MSA-HARBOR", (ring,), reboot=rule), client, actor=OLGA, at=NOON)
    plan = remote.plan_patches(client, "first", actor=OLGA, at=NOON, engine=engine)
    row = remote.plan_called(plan.id)
    remote.approve(row, actor=OLGA, at=NOON, outside_hours="as agreed")
    return remote.run(row, actor=OLGA, clock=clock, engine=engine)


class TestRestarts:
    """What is said of a server that asks for a restart; a real one is restarted in tests/hosts/test_patches.py."""

    def test_done_is_on_record_and_what_did_not_start_is_unwell(self, gated: books.Client) -> None:
        """On the plan and in our run, as the timeline shows it; what had failed before is not the restart's doing."""
        back = "e1e8042c-95d1-4a0e\r\nlong-dead.service\r\nnginx.service\r\nphp-fpm.service\r\n"

        how = _restarted(gated, "if needed", said("restart"), said("see how it came back", back))

        says = how.hosts[AssetId("SRV1")].says
        assert (how.standing, says) == ("done", "restarted: boot 0a569532 before, e1e8042c after")
        unwell = "SRV1: not started after the restart: nginx.service, php-fpm.service"
        assert how.unwell == (unwell,)
        run = books.OwnRun.objects.current().get(ref=f"{how.plan.id}.1.1").to_core()
        assert run.says.endswith(f"(done; {says})")

    def test_left_is_due_until_a_retry(
        self, gated: books.Client, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """The plan is not done, the command ends with 7, and the retry goes to that server."""
        how = _restarted(gated, "in a window")

        assert (how.standing, how.again) == ("restart due", (AssetId("SRV1"),))
        assert main(["patch", "show", how.plan.id]) == 7
        shown = capsys.readouterr().out
        assert (
            "SRV1: restart due - patched; it asks for a restart, which is permitted only" in shown
        )

    def test_never_is_said_and_done(self, gated: books.Client) -> None:
        """Nobody is left to think that the new kernel runs."""
        how = _restarted(gated, "never")

        assert how.standing == "done"
        assert "asks for a restart, and the policy says never" in how.hosts[AssetId("SRV1")].says
