from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any, ClassVar

import pytest

from groundrules.core.ids import AssetId
from groundrules.core.parties import Account, Party, PartyKind
from groundrules.core.vendors.gate import (
    CertificateRefused,
    CertificateTerms,
    GateAttempt,
    GatedWindow,
    GateRule,
    GateState,
    GateStep,
    HostSays,
    certificate_terms,
    gate_answer,
    not_open,
    still_open,
)
from tests.core.vendors.policy import EASTERN, SRV1, at, window

ROGUE = Account("v1-rogue", Party(PartyKind.VENDOR, "V1", "Rogue"), host=SRV1)
HOME = ("203.0.113.0/28",)
BEFORE, START = at("2026-03-05 17:00", EASTERN), at("2026-03-05 18:00", EASTERN)
MIDDLE, END = at("2026-03-05 19:00", EASTERN), at("2026-03-05 20:00", EASTERN)
RULE = GateRule()
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)


def terms(
    account: Account = ROGUE,
    networks: tuple[str, ...] = HOME,
    **facts: Any,  # noqa: ANN401 - fields of the window
) -> CertificateTerms:
    """The certificate asked for an hour before the window."""
    return certificate_terms(window(**facts), account, networks, at=BEFORE, zone=EASTERN)


def opened(moment: Any = START, until: Any = END, *, done: bool = True) -> GateAttempt:  # noqa: ANN401 - instants
    """An opening."""
    return GateAttempt(GateStep.OPEN, moment, done, until)


def closing(moment: Any, *, done: bool = False, paged: bool = False) -> GateAttempt:  # noqa: ANN401 - an instant
    """A closing."""
    return GateAttempt(GateStep.CLOSE, moment, done, paged=paged)


def gated(*attempts: GateAttempt, **facts: Any) -> GatedWindow:  # noqa: ANN401 - fields of the window
    """The window with what was tried so far."""
    return GatedWindow(window(**facts), "v1-rogue", attempts)


class TestCertificateTerms:
    """Which certificate a window earns."""

    def test_are_exactly_the_window(self) -> None:
        """The certificate is for the window's account, networks and time, and its principal names the window."""
        found = terms()

        assert (found.valid_from, found.valid_to) == (START, END)
        assert (found.principal, found.networks) == ("WIN-1:v1-rogue", HOME)

    def test_begin_now_when_the_window_has_begun(self) -> None:
        """A certificate is never valid before it was issued."""
        found = certificate_terms(window(), ROGUE, HOME, at=MIDDLE, zone=EASTERN)

        assert found.valid_from == MIDDLE

    @pytest.mark.parametrize(
        ("facts", "account", "networks", "says"),
        [
            ({"approved_at": None}, ROGUE, HOME, "not approved"),
            ({"ended_at": BEFORE}, ROGUE, HOME, "ended"),
            ({}, replace(ROGUE, shared=True), HOME, "shared"),
            ({}, replace(ROGUE, host=AssetId("SRV2")), HOME, "the account is on SRV2"),
            ({}, replace(ROGUE, party=Party(PartyKind.VENDOR, "V2")), HOME, "not this vendor's"),
            ({}, replace(ROGUE, party=Party(PartyKind.CLIENT, "V1")), HOME, "not this vendor's"),
            ({"accounts": frozenset({"other"})}, ROGUE, HOME, "the window is for other"),
            ({}, ROGUE, (), "no network is declared"),
            ({}, ROGUE, ("all of them",), "correct the declared networks"),
        ],
    )
    def test_are_refused_with_what_to_do(
        self, facts: dict[str, Any], account: Account, networks: tuple[str, ...], says: str
    ) -> None:
        """Anything that was not agreed earns no certificate."""
        with pytest.raises(CertificateRefused, match=says):
            terms(account, networks, **facts)


class TestGateAnswer:
    """What is due at a host."""

    def test_waits_for_the_start(self) -> None:
        """An approved window is opened when it begins, not before."""
        answer = gate_answer(gated(), RULE, BEFORE)

        assert (answer.state, answer.due, answer.due_at) == (
            GateState.WAITING,
            GateStep.OPEN,
            START,
        )
        assert not answer.is_due(BEFORE)

    def test_opens_once(self) -> None:
        """After the host confirmed the opening, closing at the end is what is due."""
        answer = gate_answer(gated(opened()), RULE, MIDDLE)

        assert (answer.state, answer.due, answer.due_at) == (GateState.OPEN, GateStep.CLOSE, END)

    def test_opens_again_when_the_end_has_moved(self) -> None:
        """The host must hear of an extension, because it closes by itself at the end it knows."""
        answer = gate_answer(gated(opened(until=MIDDLE)), RULE, MIDDLE - MINUTE)

        assert answer.is_due(MIDDLE - MINUTE)
        assert answer.due is GateStep.OPEN

    @pytest.mark.parametrize("facts", [{"ended_at": MIDDLE}, {"denied_at": MIDDLE}])
    def test_closes_when_ended_early_or_withdrawn(self, facts: dict[str, Any]) -> None:
        """An end that came early counts at once."""
        answer = gate_answer(gated(opened(), **facts), RULE, MIDDLE)

        assert (answer.state, answer.due, answer.due_at) == (
            GateState.CLOSING,
            GateStep.CLOSE,
            MIDDLE,
        )

    def test_closes_also_what_may_have_been_opened(self) -> None:
        """An opening whose answer never came may have worked; it is closed all the same."""
        answer = gate_answer(gated(opened(done=False)), RULE, END)

        assert answer.due is GateStep.CLOSE

    def test_has_nothing_to_do_for_a_window_nobody_opened(self) -> None:
        """Groundrules was away for the whole window."""
        assert gate_answer(gated(), RULE, END).state is GateState.UNUSED

    def test_is_closed_only_by_the_hosts_word(self) -> None:
        """Until a closing is confirmed it stays due, each time after twice the wait, at most every five minutes."""
        attempts = [opened()]
        waits = []
        for _ in range(7):
            attempts.append(closing(END))
            due_at = gate_answer(gated(*attempts), RULE, END).due_at
            assert due_at is not None
            waits.append(int((due_at - END).total_seconds()))

        assert waits == [15, 30, 60, 120, 240, 300, 300]
        assert (
            gate_answer(gated(*attempts, closing(END, done=True)), RULE, END).state
            is GateState.CLOSED
        )

    def test_calls_on_call_and_calls_again(self) -> None:
        """Two minutes after the end, and every quarter of an hour from then on."""
        tried = closing(END + SECOND)
        called = closing(END + 2 * MINUTE, paged=True)

        assert not gate_answer(gated(opened(), tried), RULE, END + MINUTE).page
        assert gate_answer(gated(opened(), tried), RULE, END + 2 * MINUTE).page
        assert not gate_answer(gated(opened(), tried, called), RULE, END + 16 * MINUTE).page
        assert gate_answer(gated(opened(), tried, called), RULE, END + 17 * MINUTE).page


class TestStillOpen:
    """What the host's own answer says."""

    CLOSED: ClassVar = {
        "listed": "no",
        "locked": "yes",
        "processes": "0",
        "marked": "0",
        "others": "",
    }

    def test_believes_a_host_that_says_all_of_it(self) -> None:
        """Certificates are not let in, the account is locked, nothing runs."""
        assert still_open(HostSays(self.CLOSED)) == ()

    def test_takes_silence_for_open(self) -> None:
        """What the host did not say is not assumed."""
        assert len(still_open(HostSays())) == 3

    @pytest.mark.parametrize(
        ("facts", "says"),
        [
            ({"listed": "yes"}, "still let in"),
            ({"locked": "no"}, "not locked"),
            ({"processes": "2"}, "2 processes"),
            ({"others": "WIN-2,", "locked": "no", "marked": "1", "processes": "5"}, "1 processes"),
        ],
    )
    def test_names_what_is_open(self, facts: dict[str, str], says: str) -> None:
        """Each thing that keeps the window open is said."""
        (sentence,) = still_open(HostSays(self.CLOSED | facts))

        assert says in sentence

    def test_leaves_the_account_of_another_open_window_alone(self) -> None:
        """Two windows for one account: closing one leaves the other's sessions and does not lock the account."""
        facts = {"others": "WIN-2,", "locked": "no", "marked": "0", "processes": "5"}

        assert still_open(HostSays(self.CLOSED | facts)) == ()

    def test_says_when_an_opening_did_not_take(self) -> None:
        """An opening counts when the host lets certificates in and the account is not locked."""
        assert not_open(HostSays({"listed": "yes", "locked": "no"})) == ()
        assert len(not_open(HostSays({}))) == 2
