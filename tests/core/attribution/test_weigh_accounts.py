from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from groundrules.core.attribution.answers import Attribution, Hypothesis, Strength
from groundrules.core.attribution.weigh import weigh
from groundrules.core.evidence import Actor, Citation, GapKind
from groundrules.core.ids import AssetId, EvidenceId, SessionId, WindowId
from groundrules.core.parties import Account, Party, PartyKind
from groundrules.core.periods import Interval, Period
from groundrules.core.vendors import AccessWindow, Permission
from tests.core.attribution.tale import (
    ACCOUNTS,
    CONTEXT,
    LEDGER,
    REMOVAL,
    ROGUE,
    SRV1,
    VISIT,
    at,
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


class TestWeighAccounts:
    def test_names_a_shared_account_and_nobody(self) -> None:
        """A shared account is not a person and not a party."""
        found = weigh(replace(REMOVAL, actor=Actor(account="admin")), CONTEXT)

        assert (found.account, found.party, found.grade) == ("admin", None, "C")
        assert "Account admin is shared" in sentences(found)

    def test_takes_nobody_for_the_maker_of_what_only_snapshots_show(self) -> None:
        """Whose a port or file is, is what a snapshot shows; that its owner did it takes a record of the act."""
        seen = replace(REMOVAL, snapshot_only=True)

        found = weigh(seen, replace(CONTEXT, sessions=()))

        assert (weigh(REMOVAL, CONTEXT).party, found.party, found.account) == (ROGUE, None, "")
        assert "Only snapshots show the change" in sentences(found)

    def test_treats_an_account_of_two_parties_as_shared(self) -> None:
        """One name two vendors hold names neither."""
        both = (*ACCOUNTS, Account("v1-rogue", LEDGER, identifier="S-1-5-21-7-1101"))

        found = weigh(REMOVAL, replace(CONTEXT, accounts=both))

        assert (found.party, found.account) == (None, "v1-rogue")

    def test_asks_whose_the_account_was_at_that_instant(self) -> None:
        """An account handed on is its holder's of the day."""
        night = at("2007-02-21 20:00")
        held = (
            Account("tool", LEDGER, held=Period(at("2007-01-01 00:00"), night)),
            Account("tool", ROGUE, held=Period(night)),
        )
        context = replace(CONTEXT, accounts=held)
        made = replace(REMOVAL, actor=Actor(account="tool"))
        unsure = Interval(night - timedelta(hours=1), night + timedelta(hours=1))

        assert weigh(made, context).party == LEDGER
        later = Interval.exactly(night + timedelta(seconds=3))
        assert weigh(replace(made, interval=later), context).party == ROGUE
        assert weigh(replace(made, interval=unsure), context).party is None

    def test_names_nobody_in_the_seconds_of_a_handover(self) -> None:
        """Clocks differ by up to two seconds, so neither holder is named at the very instant."""
        night = at("2007-02-21 20:00")
        held = (
            Account("tool", LEDGER, held=Period(at("2007-01-01 00:00"), night)),
            Account("tool", ROGUE, held=Period(night)),
        )
        context = replace(CONTEXT, accounts=held)
        made = replace(REMOVAL, actor=Actor(account="tool"), interval=Interval.exactly(night))

        found = weigh(made, context)

        assert found.party is None
        assert "handed out or withdrawn" in sentences(found)

    def test_trusts_an_identifier_over_a_reused_name(self) -> None:
        """The same name under another SID is another account."""
        reused = Actor(account="v1-rogue", identifier="S-1-5-21-7-2222")

        found = weigh(replace(REMOVAL, actor=reused), CONTEXT)

        assert found.party is None
        assert "belongs to nobody on record" in sentences(found)

    def test_knows_a_renamed_account_by_its_identifier(self) -> None:
        """A name changed later, or by the intruder, does not hide the SID."""
        renamed = Actor(account="printer", identifier="S-1-5-21-7-1101")

        assert weigh(replace(REMOVAL, actor=renamed), CONTEXT).party == ROGUE

    def test_matches_an_unregistered_identifier_by_the_one_session_open(self) -> None:
        """The record has only a SID; the session open under it ties it to an account: matched, grade B."""
        sid = "S-1-5-21-7-3003"
        there = session(
            "SES-2", "v2-ledger", "2007-02-21 19:00", "2007-02-21 21:00", identifier=sid
        )

        found = weigh(
            replace(REMOVAL, actor=Actor(identifier=sid)),
            replace(CONTEXT, sessions=(VISIT, there)),
        )

        assert (found.party, found.strength, found.grade) == (LEDGER, Strength.MATCHED, "B")

    def test_does_not_match_an_identifier_of_a_closed_session(self) -> None:
        """A SID seen last week ties the change to nobody who was there."""
        sid = "S-1-5-21-7-3003"
        gone = session("SES-2", "v2-ledger", "2007-02-20 19:00", "2007-02-20 21:00", identifier=sid)

        found = weigh(
            replace(REMOVAL, actor=Actor(identifier=sid)), replace(CONTEXT, sessions=(gone,))
        )

        assert (found.party, found.strength) == (None, Strength.UNKNOWN)

    @pytest.mark.parametrize(
        ("number", "registered", "named"),
        [
            ("S-1-5-21-7-1101", (), True),
            ("S-1-5-21-7-1102", (), False),
            ("S-1-5-21-9-9999", (), False),
            (
                "S-1-5-21-7-1101",
                (Account("v2-ledger", LEDGER, host=SRV1, identifier="S-1-5-21-7-1101"),),
                False,
            ),
        ],
        ids=["its own", "another's", "nobody's", "two hold it"],
    )
    def test_the_register_ties_a_number_in_the_record_to_the_name_of_the_session(
        self, number: str, registered: tuple[Account, ...], *, named: bool
    ) -> None:
        """The record carries the session's key and a SID alone, the session a name alone."""
        made = replace(REMOVAL, actor=Actor(identifier=number, session_key=VISIT.key))
        other = Account("v3-xray", LEDGER, host=SRV1, identifier="S-1-5-21-7-1102")

        found = weigh(made, replace(CONTEXT, accounts=(*ACCOUNTS, other, *registered)))

        assert (found.party == ROGUE) is named
        assert (found.strength is Strength.RECORDED) is named
        if not named:
            assert "and the session it names belongs to v1-rogue" in sentences(found)

    def test_names_nobody_when_key_and_name_contradict(self) -> None:
        """A record naming one account and the session of another is not evidence against either."""
        mixed = Actor(account="v2-ledger", session_key=VISIT.key)

        found = weigh(replace(REMOVAL, actor=mixed), CONTEXT)

        assert (found.party, found.strength) == (None, Strength.UNKNOWN)

    def test_names_nobody_when_one_key_has_two_logins(self) -> None:
        """Two sessions of two accounts under one key: the key tells nothing."""
        twin = replace(VISIT, id=SessionId("SES-TWIN"), account="v2-ledger")
        made = replace(REMOVAL, actor=Actor(session_key=VISIT.key))

        found = weigh(made, replace(CONTEXT, sessions=(VISIT, twin)))

        assert (found.party, found.strength) == (None, Strength.UNKNOWN)

    def test_tells_domains_apart_when_both_are_known(self) -> None:
        """An account of the domain is not the server's own account of that name."""
        accounts = (Account("HARBOR\\tool", LEDGER), Account("SRV1\\tool", ROGUE))
        context = replace(CONTEXT, accounts=accounts)

        named = weigh(replace(REMOVAL, actor=Actor(account="srv1\\tool")), context)
        bare = weigh(replace(REMOVAL, actor=Actor(account="tool")), context)

        assert (named.party, bare.party) == (ROGUE, None)

    def test_follows_root_to_the_login_behind_it(self) -> None:
        """A raised login keeps its session: root with its key is whoever logged in."""
        sudo = Actor(account="root", identifier="0", session_key=VISIT.key)

        assert weigh(replace(REMOVAL, actor=sudo), CONTEXT).party == ROGUE

    def test_does_not_trust_a_key_of_a_session_that_was_closed(self) -> None:
        """Keys repeat after a restart; one not open then proves nothing."""
        closed = replace(VISIT, ended=at("2007-02-21 19:45"))
        made = replace(REMOVAL, actor=Actor(session_key=VISIT.key))

        assert weigh(made, replace(CONTEXT, sessions=(closed,))).party is None

    def test_calls_a_system_account_a_tool(self) -> None:
        """An account registered as the system's own names no party."""
        system = Party(PartyKind.SYSTEM, "system", "the system")
        accounts = (*ACCOUNTS, Account("backup", system))

        found = weigh(
            replace(REMOVAL, actor=Actor(account="backup")), replace(CONTEXT, accounts=accounts)
        )

        assert found.party is None


class TestWeighGaps:
    OVER = ("2007-02-21 19:00", "2007-02-21 21:00")

    @pytest.mark.parametrize(
        "kind", [GapKind.COLLECTOR_SILENT, GapKind.RECORDS_MISSING, GapKind.CLOCK_STEP]
    )
    def test_caps_a_name_while_evidence_is_missing(self, kind: GapKind) -> None:
        """An unexplained hole over the change leaves a candidate and no name."""
        hole = gap(kind, *self.OVER)

        found = weigh(REMOVAL, replace(CONTEXT, gaps=(hole,)))

        assert (found.party, found.strength) == (None, Strength.INFERRED)
        assert found.capped_by == (hole.id,)
        assert found.hypotheses[0].party == ROGUE
        assert kind.value in sentences(found)

    def test_keeps_a_record_when_the_gap_is_in_another_source(self) -> None:
        """A cleared log elsewhere takes nothing from a record that names its own login."""
        elsewhere = Citation(EvidenceId("f" * 64), "1", "wtmp/1")
        hole = gap(GapKind.LOG_CLEARED, *self.OVER, source="wtmp", citation=elsewhere)

        found = weigh(REMOVAL, replace(CONTEXT, gaps=(hole,)))

        assert (found.party, found.capped_by) == (ROGUE, ())
        assert "does not hide this record" in sentences(found)
        assert all(h.rejected for h in found.hypotheses[1:])

    def test_caps_whatever_the_source_when_the_clock_was_stepped(self) -> None:
        """A stepped clock puts every time on the host in doubt, whichever log says so."""
        elsewhere = Citation(EvidenceId("f" * 64), "1", "wtmp/1")
        step = gap(GapKind.CLOCK_STEP, *self.OVER, source="wtmp", citation=elsewhere)

        assert weigh(REMOVAL, replace(CONTEXT, gaps=(step,))).party is None

    def test_caps_when_the_gap_is_in_the_same_file(self) -> None:
        """Damage in the very file the record comes from caps the name."""
        same = gap(GapKind.RECORDS_DAMAGED, *self.OVER, citation=REMOVAL.citations[0])

        assert weigh(REMOVAL, replace(CONTEXT, gaps=(same,))).party is None

    @pytest.mark.parametrize("kind", [GapKind.AUDIT_OFF, GapKind.RESTART])
    def test_keeps_a_record_beside_an_audit_that_was_off(self, kind: GapKind) -> None:
        """A record that is there was not hidden by an audit that wrote nothing."""
        found = weigh(REMOVAL, replace(CONTEXT, gaps=(gap(kind, *self.OVER, source="SQL audit"),)))

        assert found.party == ROGUE

    def test_takes_inference_away_entirely(self) -> None:
        """Who else was there can't be known while sessions may be missing."""
        hole = gap(GapKind.RECORDS_MISSING, *self.OVER)

        assert weigh(SILENT, replace(CONTEXT, gaps=(hole,))).strength is Strength.UNKNOWN

    def test_does_not_rule_out_the_unseen_while_evidence_is_missing(self) -> None:
        """No trace of a vendor is no acquittal when traces are missing."""
        hole = gap(GapKind.RECORDS_MISSING, *self.OVER)

        found = weigh(SILENT, replace(CONTEXT, gaps=(hole,)))

        assert LEDGER in {h.party for h in found.hypotheses if not h.rejected}

    def test_ignores_gaps_elsewhere_and_at_other_times(self) -> None:
        """A gap on another server or day touches nothing here."""
        gaps = (
            gap(GapKind.RECORDS_MISSING, *self.OVER, asset=AssetId("SRV2")),
            gap(GapKind.RECORDS_MISSING, "2007-02-20 19:00", "2007-02-20 21:00"),
        )

        assert weigh(REMOVAL, replace(CONTEXT, gaps=gaps)) == weigh(REMOVAL, CONTEXT)


class TestWeighPermission:
    WINDOW = AccessWindow(
        id=WindowId("WIN-1"),
        asset=SRV1,
        period=span("2007-02-21 19:00", "2007-02-21 21:00"),
        vendor="V1",  # type: ignore[arg-type]  # typed ids are plain strings
        approved_at=at("2007-02-20 09:00"),
    )

    def test_stands_beside_who_and_never_weighs_in_it(self) -> None:
        """With and without a window the same is said about who."""
        without = weigh(REMOVAL, CONTEXT)
        allowed = weigh(REMOVAL, replace(CONTEXT, windows=(self.WINDOW,)))

        assert allowed.permission.permission is Permission.INSIDE
        assert replace(allowed, permission=without.permission) == without
