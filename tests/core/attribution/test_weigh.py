from __future__ import annotations

from dataclasses import replace

import pytest

from groundrules.core.attribution.answers import Attribution, Hypothesis, Level, Strength
from groundrules.core.attribution.weigh import weigh
from groundrules.core.evidence import Actor, GapKind, SessionKind
from groundrules.core.periods import Interval
from groundrules.core.vendors import Permission
from groundrules.core.work import OwnRun
from tests.core.attribution.tale import (
    CONTEXT,
    INSTALL,
    LEDGER,
    MSP,
    REMOVAL,
    ROGUE,
    SRV1,
    SRV2,
    VISIT,
    at,
    change,
    gap,
    session,
    span,
)

SYSTEM = Actor(account="NT AUTHORITY\\SYSTEM", identifier="S-1-5-18", process="msiexec.exe")
SILENT = replace(REMOVAL, actor=Actor())


def sentences(attribution: Attribution) -> str:
    """Everything the answer says, in one text."""
    own = [r.sentence for r in attribution.reasons]
    return "\n".join([*own, *(r.sentence for h in attribution.hypotheses for r in h.reasons)])


def rejected(attribution: Attribution, text: str) -> Hypothesis:
    """The one rejected alternative whose label holds a text."""
    return next(h for h in attribution.hypotheses if h.rejected and text in h.label)


class TestWeighTheTale:
    """Scenario 4: the rogue change."""

    @pytest.mark.parametrize("made", [REMOVAL, INSTALL])
    def test_names_the_vendor_by_its_own_session(self, made: object) -> None:
        """Both changes are recorded as the vendor's, grade A, and nothing had allowed them."""
        found = weigh(REMOVAL if made is REMOVAL else INSTALL, CONTEXT)

        assert (found.party, found.strength, found.level) == (ROGUE, Strength.RECORDED, Level.L1)
        assert (found.grade, found.account, found.session) == ("A", "v1-rogue", VISIT.id)
        assert found.permission.permission is Permission.OUTSIDE

    def test_names_the_vendor_by_an_unshared_account_alone(self) -> None:
        """Without a session key the named account is enough, because it is nobody else's."""
        found = weigh(replace(REMOVAL, actor=Actor(account="v1-rogue")), CONTEXT)

        assert (found.party, found.strength, found.level) == (ROGUE, Strength.RECORDED, Level.L2)
        assert found.session == VISIT.id

    def test_lists_recovery_and_patches_with_reasons(self) -> None:
        """Our own runs are suspects, rejected by their times."""
        found = weigh(REMOVAL, CONTEXT)

        assert (
            "20 h 23 min before the change" in rejected(found, "RUN-RECOVERY").reasons[0].sentence
        )
        assert (
            "ended Wed 2007-02-21 02:40 PST" in rejected(found, "RUN-PATCHES").reasons[0].sentence
        )

    def test_lists_every_party_without_a_trace(self) -> None:
        """The other vendors are told of too: no session, run or record of theirs is known."""
        found = weigh(REMOVAL, CONTEXT)

        assert (
            "No session, run or record of Ledger Soft"
            in rejected(found, "Ledger").reasons[0].sentence
        )

    def test_tells_other_sessions_apart_by_time_and_host(self) -> None:
        """Before, after, elsewhere, and there but not named: each has its own sentence."""
        others = (
            session("SES-BEFORE", "v2-ledger", "2007-02-21 18:00", "2007-02-21 19:30"),
            session("SES-AFTER", "anna", "2007-02-21 20:30", "2007-02-21 21:00"),
            session("SES-ELSE", "v2-ledger", "2007-02-21 19:00", "2007-02-21 21:00", asset=SRV2),
            session("SES-THERE", "v2-ledger", "2007-02-21 19:00", "2007-02-21 21:00"),
        )

        found = weigh(REMOVAL, replace(CONTEXT, sessions=(VISIT, *others)))

        assert found.party == ROGUE
        assert "28 min before the change" in rejected(found, "SES-BEFORE").reasons[0].sentence
        assert "32 min after the change" in rejected(found, "SES-AFTER").reasons[0].sentence
        assert "was on SRV2" in rejected(found, "SES-ELSE").reasons[0].sentence
        assert (
            "but the record names session SES-V1"
            in rejected(found, "SES-THERE").reasons[0].sentence
        )

    def test_lists_the_nearest_sessions_and_counts_the_rest(self) -> None:
        """Thirty earlier sessions: the nearest twenty one by one, the other ten as a number."""
        earlier = tuple(
            session(f"SES-{n}", "anna", f"2007-02-20 10:{n:02}", f"2007-02-20 11:{n:02}")
            for n in range(30)
        )

        found = weigh(REMOVAL, replace(CONTEXT, sessions=(VISIT, *earlier)))

        listed = [h for h in found.hypotheses if h.session and h.session != VISIT.id]
        assert [h.session for h in listed] == [f"SES-{n}" for n in range(29, 9, -1)]
        assert "10 other sessions on SRV1 lie further from the change" in sentences(found)

    def test_says_where_the_session_came_from_without_proving_by_it(self) -> None:
        """An address outside the declared networks is said, and the account still names the party."""
        strange = replace(CONTEXT, sessions=(replace(VISIT, source_address="198.51.100.9"),))

        assert "inside the networks Rogue Vendor declared" in sentences(weigh(REMOVAL, CONTEXT))
        assert "outside the networks Rogue Vendor declared" in sentences(weigh(REMOVAL, strange))
        assert weigh(REMOVAL, strange).party == ROGUE

    def test_never_names_by_an_address(self) -> None:
        """A session from the vendor's network under an unknown account names the account."""
        unknown = replace(VISIT, account="helpdesk")
        made = replace(REMOVAL, actor=Actor(session_key=VISIT.key))

        found = weigh(made, replace(CONTEXT, sessions=(unknown,)))

        assert (found.party, found.account, found.level) == (None, "helpdesk", Level.L1)


class TestWeighOurOwn:
    """Scenario 6: our patch, not theirs."""

    HOTFIX = change(
        "CHG-HOTFIX",
        "2007-03-01 02:00",
        "Hotfix for .NET Framework 2.0 (KB928365)",
        actor=SYSTEM,
    )
    RMM = OwnRun(
        "RUN-RMM",
        SRV1,
        span("2007-03-01 02:00", "2007-03-01 02:30"),
        "patch run",
        components=frozenset({"Hotfix for .NET Framework 2.0 (KB928365)"}),
    )
    LATE = session("SES-LATE", "v1-rogue", "2007-03-01 09:15", "2007-03-01 10:00")

    def test_ties_the_system_to_our_run_by_its_component(self) -> None:
        """SYSTEM installed it while our run recorded installing exactly that: ours."""
        context = replace(CONTEXT, sessions=(self.LATE,), own_runs=(self.RMM,))

        found = weigh(self.HOTFIX, context)

        assert (found.party, found.strength) == (MSP, Strength.RECORDED)
        assert found.hypotheses[0].own_run == "RUN-RMM"
        assert "7 h 15 min after the change" in rejected(found, "SES-LATE").reasons[0].sentence

    def test_ties_a_change_that_names_the_run(self) -> None:
        """The run recorded the change itself."""
        bare = replace(self.RMM, components=frozenset())
        made = replace(self.HOTFIX, actor=Actor(), run="RUN-RMM")

        found = weigh(made, replace(CONTEXT, sessions=(), own_runs=(bare,)))

        assert (found.party, found.level) == (MSP, Level.L1)

    def test_does_not_take_the_systems_name_for_a_bridge(self) -> None:
        """A run that recorded only SYSTEM explains nothing while somebody else was logged in."""
        bare = replace(self.RMM, components=frozenset(), accounts=frozenset({"SYSTEM"}))
        there = session("SES-THERE", "v1-rogue", "2007-03-01 01:50", "2007-03-01 02:40")

        alone = weigh(self.HOTFIX, replace(CONTEXT, sessions=(), own_runs=(bare,)))
        both = weigh(self.HOTFIX, replace(CONTEXT, sessions=(there,), own_runs=(bare,)))

        assert alone.party == MSP
        assert (both.party, both.level) == (None, Level.L4)

    def test_rejects_a_run_that_touched_something_else(self) -> None:
        """A run under way that recorded other components is no maker."""
        other = replace(self.RMM, components=frozenset({"KB999999"}))

        found = weigh(self.HOTFIX, replace(CONTEXT, sessions=(), own_runs=(other,)))

        assert found.party is None
        assert "only KB999999" in rejected(found, "RUN-RMM").reasons[0].sentence

    def test_names_a_tool_never_a_person(self) -> None:
        """SYSTEM without a run names the program; the one session there is only inferred."""
        found = weigh(replace(REMOVAL, actor=SYSTEM), CONTEXT)

        assert (found.party, found.strength, found.level) == (None, Strength.INFERRED, Level.L3)
        assert "NT AUTHORITY\\SYSTEM (msiexec.exe): a tool, not a person" in sentences(found)

    def test_names_our_own_technician_like_anybody(self) -> None:
        """Anna's account is ours; her act is ours by the same rule."""
        found = weigh(replace(REMOVAL, actor=Actor(account="HARBOR\\anna")), CONTEXT)

        assert (found.party, found.grade) == (MSP, "A")

    def test_names_nobody_when_run_and_login_contradict(self) -> None:
        """A change recorded under our run and a vendor's session at once is a contradiction."""
        made = replace(REMOVAL, run="RUN-X")
        run = OwnRun("RUN-X", SRV1, span("2007-02-21 19:50", "2007-02-21 20:10"), "patch run")

        found = weigh(made, replace(CONTEXT, own_runs=(run,)))

        assert (found.party, found.strength) == (None, Strength.UNKNOWN)
        assert "under our run and under another login" in sentences(found)


class TestWeighWithoutIdentity:
    """Scenario 7: when, not who."""

    SA = change("CHG-SA", "2007-02-26 21:14", "sa", snapshot_only=True)
    BOTH = (
        session("SES-1", "v1-rogue", "2007-02-26 20:30", "2007-02-26 21:40"),
        session("SES-2", "v2-ledger", "2007-02-26 21:00", "2007-02-26 22:00"),
    )

    def test_leaves_it_between_the_two_who_were_there(self) -> None:
        """Two sessions, no audit: grade C, both candidates, nobody named."""
        audit = gap(GapKind.AUDIT_OFF, "2007-01-01 00:00", "2007-03-31 00:00", source="SQL audit")

        found = weigh(self.SA, replace(CONTEXT, sessions=self.BOTH, gaps=(audit,)))

        open_parties = {h.party for h in found.hypotheses if not h.rejected}
        assert (found.grade, found.level, found.party) == ("C", Level.L4, None)
        assert open_parties == {ROGUE, LEDGER}
        assert "Undetermined: Ledger Soft or Rogue Vendor." in sentences(found)
        assert found.permission.permission is Permission.UNDETERMINED

    def test_infers_and_does_not_name_the_only_one_there(self) -> None:
        """One session over the whole interval is inferred: a candidate, not a name."""
        found = weigh(SILENT, CONTEXT)

        assert (found.strength, found.level, found.party) == (Strength.INFERRED, Level.L3, None)
        assert not found.names_party

    def test_does_not_infer_from_a_session_over_part_of_the_interval(self) -> None:
        """The change may have been made before the session began."""
        wide = Interval(at("2007-02-21 12:00"), at("2007-02-21 20:10"))

        found = weigh(replace(SILENT, interval=wide), CONTEXT)

        assert (found.strength, found.level) == (Strength.UNKNOWN, Level.L3)

    def test_knows_nothing_when_nobody_was_there(self) -> None:
        """No session, no run, no name: unknown, grade D."""
        found = weigh(SILENT, replace(CONTEXT, sessions=()))

        assert (found.strength, found.level, found.grade) == (Strength.UNKNOWN, Level.L5, "D")

    def test_counts_our_run_among_those_who_were_there(self) -> None:
        """A patch run at the time makes two candidates of one."""
        run = OwnRun("RUN-X", SRV1, span("2007-02-21 19:50", "2007-02-21 20:10"), "patch run")

        found = weigh(SILENT, replace(CONTEXT, own_runs=(run,)))

        assert found.level is Level.L4
        assert {h.party for h in found.hypotheses if not h.rejected} == {ROGUE, MSP}

    def test_leaves_services_out(self) -> None:
        """A service's own login is no candidate."""
        service = session("SES-SVC", "backup", "2007-02-01 00:00", None, kind=SessionKind.SERVICE)

        found = weigh(SILENT, replace(CONTEXT, sessions=(service,)))

        assert found.level is Level.L5
        assert "nobody works in it" in rejected(found, "SES-SVC").reasons[0].sentence

    def test_ends_an_unclosed_session_at_the_next_restart(self) -> None:
        """No login survives a restart, so an old one without an end is no candidate."""
        old = session("SES-OLD", "v2-ledger", "2007-02-20 08:00", None)
        restart = gap(GapKind.RESTART, "2007-02-21 03:00", "2007-02-21 03:05")

        open_end = weigh(SILENT, replace(CONTEXT, sessions=(old,)))
        restarted = weigh(SILENT, replace(CONTEXT, sessions=(old,), gaps=(restart,)))

        assert (open_end.level, restarted.level) == (Level.L3, Level.L5)
