"""Decisions as people write them into a reply."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from groundrules.core.vendors import (
    MailAnswer,
    MailWord,
    NotUnderstood,
    Permitted,
    TimeUnreadable,
    answer_in,
    new_time,
    permitted,
)

ZONE = "America/New_York"


class TestAnswerIn:
    """The one line that decides."""

    @pytest.mark.parametrize(
        "line",
        [
            "APPROVE 4821-5530 with backup",
            "approve 48215530 with backup",
            "  *Approve*: 4821 5530, with backup",
            "Hello,\n\nApprove 4821-5530 with backup\n\nOlga",
        ],
    )
    def test_is_found_however_it_is_typed(self, line: str) -> None:
        """Case, spaces and a greeting do not matter."""
        found = answer_in(line)

        assert found == MailAnswer(MailWord.APPROVE, "48215530", "with backup")

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "ok!",
            "approve",
            "I would approve 4821-5530",
            "> APPROVE 4821-5530 with backup",
            "APPROVE 4821-5530\nDENY 4821-5530 not tonight",
            "APPROVE 4821-55301",
            "\n" * 60 + "APPROVE 4821-5530",
        ],
    )
    def test_is_nothing_less_than_a_word_and_its_code(self, text: str) -> None:
        """Quotes, politeness, half a code, two that differ, and what comes after a long text decide nothing."""
        assert answer_in(text) is None


class TestPermitted:
    """What stands behind the code of an approval."""

    @pytest.mark.parametrize(
        ("rest", "found"),
        [
            ("", Permitted()),
            ("with backup.", Permitted(backup_confirmed=True)),
            ("Backup done and both", Permitted(backup_confirmed=True, clash_accepted=True)),
            (
                "backup done, both, emergency: billing is down, again",
                Permitted(
                    backup_confirmed=True,
                    clash_accepted=True,
                    emergency="billing is down, again",
                ),
            ),
        ],
    )
    def test_is_said_in_exact_words(self, rest: str, found: Permitted) -> None:
        """A backup, both windows, an emergency with its reason."""
        assert permitted(MailAnswer(MailWord.APPROVE, "48215530", rest)) == found

    @pytest.mark.parametrize(
        "rest",
        [
            "no emergency",
            "not an emergency: just do it",
            "emergency",
            "emergency:",
            "emergency: no",
            "emergency: None.",
            "backup",
            "backup not done yet",
            "with backup once it is done",
            "although there is no backup",
            "not both",
            "both are out of the question",
            "with backup, but not before eight",
            "kein Notfall",
        ],
    )
    def test_is_asked_about_otherwise(self, rest: str) -> None:
        """A negation, a condition and half a word permit nothing; their writer is asked, not guessed at."""
        with pytest.raises(NotUnderstood, match=r"\?"):
            permitted(MailAnswer(MailWord.APPROVE, "48215530", rest))


class TestNewTime:
    """The time a window is moved to."""

    def test_is_the_sites(self) -> None:
        """A wall time of the site; an end before the start is the next day's."""
        answer = answer_in("MOVE 4821-5530 2026-03-05 23:00-01:00")

        assert answer is not None
        period = new_time(answer, ZONE)
        assert period.start == datetime(2026, 3, 6, 4, 0, tzinfo=UTC)
        assert period.end == datetime(2026, 3, 6, 6, 0, tzinfo=UTC)

    @pytest.mark.parametrize(
        "rest",
        [
            "",
            "tomorrow at 7",
            "2026-02-30 19:00-21:00",
            "2026-03-08 02:30-04:00",
            "2026-03-05 19:00-19:00",
        ],
    )
    def test_is_refused_when_it_cannot_be(self, rest: str) -> None:
        """No guess at a day, no time that the clocks jump over, and no whole day from two equal times."""
        with pytest.raises(TimeUnreadable):
            new_time(MailAnswer(MailWord.MOVE, "48215530", rest), ZONE)
