"""Every case file in this folder, answered and compared with what it expects; and the ones that must be refused."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from groundrules.core.money import Money
from groundrules.services.cases import CaseRefused, as_json, as_story, check_case, run_case

_FOLDER = Path(__file__).parent
_SHARED = {"harbor.yaml"}
_CASES = sorted(
    path for path in (*_FOLDER.glob("*.yaml"), *_FOLDER.glob("*.json")) if path.name not in _SHARED
)
_REFUSED = {
    "tax-without-a-reason": (
        "tax-without-a-reason.yaml:5:5: category E needs the reason that is printed"
    ),
    "unknown-key": 'unknown-key.yaml:5:14: "netwroks" is not a key here. Did you mean "networks"?',
    "vendor-without-an-account": (
        'vendor-without-an-account.yaml:5:5: vendor "V2" (Bright Imaging) has no account, so nothing it does could be '
        "recognised; add an entry under `accounts` with `party: V2`, or write `has_no_account: yes` here"
    ),
    "from-the-future": (
        "from-the-future.yaml:1:7: this case file is written in format 2; this Groundrules reads format 1, "
        "so update Groundrules to run it"
    ),
    "clause-gap": (
        "clause-gap.yaml:6:7: Version 1 cannot be published. No clause says what happens to inspection,"
    ),
    "clause-conflict": (
        "clause-conflict.yaml:6:7: Version 1 cannot be published. Clauses 3.2 and 4.2 both apply "
        "and neither takes precedence"
    ),
    "backdated-version": (
        "backdated-version.yaml:6:7: Version 2 would be in force before it was signed;"
    ),
    "time-that-happens-twice": (
        'time-that-happens-twice.yaml:5:21: "2026-11-01 01:30" happens twice in America/Los_Angeles'
    ),
    "missing-evidence": (
        "missing-evidence.yaml:5:5: evidence file nowhere.evtx cannot be opened: No such file or directory"
    ),
    "broken-evidence": (
        "broken-evidence.yaml:5:5: evidence file broken.evtx cannot be read: the event log has a file header "
        "but no records"
    ),
    "replay-unfinished": (
        "replay-unfinished.yaml:9:5: after 1 runs the replay still needs one of the good state with no change made"
    ),
    "dispute-of-nothing": (
        'dispute-of-nothing.yaml:6:5: there is no change "CHG-9" in this case. Known: none.'
    ),
    "truth-of-two-minds": "truth-of-two-minds.yaml:7:5: `kind: change` lists the recorded `changes` that did it",
}


class TestCases:
    """The acceptance scenarios and their variants."""

    @pytest.mark.parametrize("path", _CASES, ids=lambda path: path.stem)
    def test_come_out_as_their_author_expects(self, path: Path) -> None:
        """Every statement of the file holds, and every file states something."""
        outcome = run_case(path.read_bytes(), path)

        found = [str(mismatch) for answered in outcome.answered for mismatch in answered.mismatches]
        assert not found, "\n".join(found)
        assert outcome.as_expected
        assert sum(answered.compared for answered in outcome.answered) > 0

    @pytest.mark.parametrize("number", range(1, 21))
    def test_cover_every_scenario(self, number: int) -> None:
        """Each of the twenty scenarios has a case of its own."""
        assert list(_FOLDER.glob(f"{number:02d}-*.yaml"))

    @pytest.mark.parametrize("path", _CASES, ids=lambda path: path.stem)
    def test_can_be_told_and_written(self, path: Path) -> None:
        """Each case is told in lines of at most 100 columns, and written as JSON that can be read back."""
        outcome = run_case(path.read_bytes(), path)

        story = as_story(outcome)
        data = json.loads(as_json(outcome))
        assert max(len(line) for line in story.splitlines()) <= 100
        assert [q["compared"] for q in data["questions"]] == [a.compared for a in outcome.answered]

    def test_are_told_the_same_every_time(self) -> None:
        """Nothing depends on when, how often or in which order a case is answered."""
        path = _FOLDER / "21-from-raw-logs.yaml"

        first, second = (run_case(path.read_bytes(), path) for _ in range(2))

        assert as_story(first) == as_story(second)
        assert as_json(first) == as_json(second)

    def test_notice_a_single_wrong_cent(self) -> None:
        """One cent more in the file is one mismatch that names both amounts."""
        path = _FOLDER / "01-drive-array-recovery.yaml"
        raw = path.read_bytes().replace(b"charged: 2025.00 USD", b"charged: 2025.01 USD")

        outcome = run_case(raw, path)

        mismatches = [str(m) for a in outcome.answered for m in a.mismatches]
        assert mismatches == ["charged\n    expected: $2,025.01\n    found:    $2,025.00"]
        assert not outcome.as_expected

    def test_answer_at_another_instant_without_comparing(self) -> None:
        """`at` asks what was known then; the file's own expectations are for its own instants."""
        path = _FOLDER / "05-wasted-time.yaml"

        outcome = run_case(path.read_bytes(), path, at="2007-02-22 18:00")

        (answered,) = outcome.answered
        assert answered.question.expect is None
        assert not answered.answers.attributions

    def test_keep_both_decisions_when_one_supersedes_the_other(self) -> None:
        """What was decided on Thursday stays beside what is known since Friday."""
        path = _FOLDER / "05-wasted-time.yaml"

        outcome = run_case(path.read_bytes(), path)

        (history,) = outcome.answered[-1].answers.decisions
        before, after = history.decisions
        assert (before.caused_by, after.caused_by) == ((), ("CHG-1",))
        assert after.segments[0].forgone == Money(97500, "USD")
        told = " ".join(as_story(replace(outcome, answered=outcome.answered[-1:])).split())
        assert "covered under 3.2, cause unknown. Superseded by what became known." in told


class TestRefusedCases:
    """Files that can't be read: one clear sentence each, and nothing answered."""

    @pytest.mark.parametrize("name", sorted(_REFUSED))
    def test_say_where_what_and_what_to_do(self, name: str) -> None:
        """The message begins with file, line and column, and names the trouble."""
        path = _FOLDER / "refused" / f"{name}.yaml"

        with pytest.raises(CaseRefused) as refused:
            run_case(path.read_bytes(), path)

        assert str(refused.value).startswith(_REFUSED[name])

    def test_are_each_named_here(self) -> None:
        """No file lies in the folder without its message being tested."""
        files = {path.stem for path in (_FOLDER / "refused").glob("*.yaml")} - {"small"}

        assert files == set(_REFUSED)

    def test_share_a_world_that_is_fine(self) -> None:
        """What they are laid over can be read, so only what each one adds is refused."""
        path = _FOLDER / "refused" / "small.yaml"

        checked = check_case(path.read_bytes(), path)

        assert checked.sentence.startswith("small.yaml is a case file: 1 assets, 1 vendors")
