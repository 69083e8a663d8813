"""Two people at once, each with a connection of their own, and workers killed by SIGKILL half-way through a turn.

One wins, the other is told in words; nothing is doubled, and nothing is lost without a word.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from typing import Any

import pytest

from tests.crash.installation import Installation, postgres_installation

pytestmark = [pytest.mark.crash, pytest.mark.database]

DATABASE_URL = os.environ.get("GROUNDRULES_TEST_DATABASE_URL", "")


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """This fixture will let them all act, on the database the tests run on."""
    data = tmp_path_factory.mktemp("installation")
    if not DATABASE_URL:
        yield json.loads(Installation(data).run("tests.crash.programs.two_at_once"))
        return
    with postgres_installation(data, DATABASE_URL, "two_at_once") as begun:
        yield json.loads(begun.run("tests.crash.programs.two_at_once"))


def one_won(pair: dict[str, Any], words: str) -> None:
    """One act was done; the other was refused, and its message says what happened instead."""
    (refused,) = (one for one in pair["ended"] if one != "done")
    assert pair["ended"].count("done") == 1
    assert words in refused


class TestTwoAtOnce:
    def test_send_or_call_back_one_letter(self, told: dict[str, Any]) -> None:
        """Either it left once, and who called it back is told so; or it was called back, and no worker sends it."""
        first, called_back, second = told["letter"]["ended"]
        if called_back == "done":
            assert (first, second, told["letter"]["state"]) == ("nothing", "nothing", "approved")
            assert told["letter"]["sent"] == 0
        else:
            assert sorted((first, second)) == ["done", "nothing"]
            assert "cannot be called back" in called_back
            assert (told["letter"]["state"], told["letter"]["sent"]) == ("sent", 1)

    def test_apply_what_is_due_once(self, told: dict[str, Any]) -> None:
        """Two workers at the same instant write one notice, one suspension and one draft of each letter."""
        for turn, entries in (("worker", ["notice given"]), ("suspension", ["suspended"])):
            assert sorted(told[turn]["ended"]) == ["done", "nothing"]
            assert told[turn]["entries"][-1:] == entries
            assert told[turn]["drafts"] == ["relationship continues", "suspension"]
        assert told["suspension"]["entries"] == ["notice given", "suspended"]

    def test_settle_a_condition_once(self, told: dict[str, Any]) -> None:
        """Proven and let go at once: one stands, and nobody pays for the other."""
        one_won(told["condition"], "SRV1: fee is done already.")
        assert told["condition"]["records"] == 1

    def test_bring_a_server_back_once(self, told: dict[str, Any]) -> None:
        """The second owner reads since when, and who was first."""
        one_won(told["return"], "is reinstated already, from Thu 2007-04-05 00:00 PDT")
        assert told["return"]["entries"] == 1

    def test_issue_one_invoice(self, told: dict[str, Any]) -> None:
        """Under two keys the same month goes out once."""
        one_won(told["invoice"], "was invoiced for 2007-04-01 to 2007-05-01 with INV-00001")
        assert told["invoice"]["issued"] == 1

    def test_answer_a_dispute_once(self, told: dict[str, Any]) -> None:
        """Rejected and settled at once: the credit is there exactly when it was settled."""
        one_won(told["dispute"], "DSP-1 was")
        assert told["dispute"]["notes"] == (told["dispute"]["outcome"] == "settled")

    def test_open_two_incidents_under_two_numbers(self, told: dict[str, Any]) -> None:
        """Two clients report at the same instant; each reads a number that is nobody else's."""
        assert told["incidents"]["ended"] == ["done", "done"]
        assert len(set(told["incidents"]["refs"])) == 2


class TestKilled:
    def test_leaves_nothing_half_done(self, told: dict[str, Any]) -> None:
        """Killed after the entries and before the letters: neither is there, and the next turn wrote both."""
        assert told["effect"] is True
        assert told["left of it"] == 0
        assert told["worker"]["entries"] == ["notice given"]

    def test_between_commit_and_hand_over_loses_no_letter(self, told: dict[str, Any]) -> None:
        """The next turn hands it over, once; also with a clock that was set back in between."""
        before = told["before"]
        assert (before["killed"], before["before"]) == (True, ["waiting"])
        assert before["way"] == ["waiting", "trying", "handed over"]
        assert before["got"] == 1

    def test_after_the_hand_over_sends_nothing_twice_and_says_so(
        self, told: dict[str, Any]
    ) -> None:
        """By SMTP nobody can know whether it left: at most once, and a person is asked."""
        after = told["after"]
        assert (after["killed"], after["before"]) == (True, ["waiting", "trying"])
        assert after["way"] == ["waiting", "trying", "uncertain"]
        assert after["got"] == 1
