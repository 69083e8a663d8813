from __future__ import annotations

import json
from pathlib import Path
from shutil import copy

import pytest

from groundrules.cli.exits import Exit
from groundrules.cli.main import main
from groundrules.core.causation.answers import CauseVerdict
from groundrules.core.ids import ChangeId, IncidentId
from groundrules.services.cases import read_whole
from groundrules.services.worlds import Judged, tally
from groundrules.services.worlds.making import PROFILES

_CASES = Path(__file__).resolve().parents[1] / "cases"
_SCORED = ("harbor.yaml", "04-rogue-change.yaml", "06-our-own-patch.yaml")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two acceptance cases with their base."""
    for name in _SCORED:
        copy(_CASES / name, tmp_path / name)
    (tmp_path / "harbor.yaml").rename(tmp_path / "harbor.base")
    for name in _SCORED[1:]:
        text = (tmp_path / name).read_text()
        (tmp_path / name).write_text(text.replace("harbor.yaml", "harbor.base"))
    return tmp_path


class TestWorldsScore:
    """`groundrules worlds score FOLDER`."""

    def test_counts_causes_beside_the_authors(
        self, folder: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """The rogue change and our own patch are both ranked first, and no verdict is false."""
        code = main(["worlds", "score", str(folder), "--json"])

        told = json.loads(capsys.readouterr().out)
        board = told["board"]
        assert code == Exit.OK, told["refused"]
        assert board["with_cause"] == board["first"] == board["verdicts"] == 2
        assert board["false"] == 0

    def test_scores_the_rest_when_a_file_is_damaged(
        self, folder: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """A file that can't be read is said, and the others still count."""
        (folder / "broken.yaml").write_text("nonsense: [")

        code = main(["worlds", "score", str(folder)])

        said = capsys.readouterr()
        assert code == Exit.BAD_INPUT
        assert "broken.yaml" in said.err
        assert "ranked first 2" in said.out

    def test_holds_verdicts_against_the_truth_before_the_expectation(
        self, folder: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """The truth says that a certificate expired: Rogue was named for nothing, whatever the author expected."""
        case = folder / "04-rogue-change.yaml"
        stated = "\ntruth:\n  - {incident: INC-2, kind: certificate, party: nobody}\n"
        case.write_text(case.read_text() + stated)

        main(["worlds", "score", str(folder), "--json"])

        told = json.loads(capsys.readouterr().out)
        assert [r["named"] for r in told["incidents"]] == [["V1"], ["provider"]]
        assert (told["board"]["accused_falsely"], told["board"]["false"]) == (1, 1)
        assert told["board"]["rivals"]["latest"]["accused_falsely"] == 1

    def test_counts_a_named_vendor_and_the_authority(
        self, folder: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """The truth agrees: Rogue did it and was not allowed to."""
        case = folder / "04-rogue-change.yaml"
        stated = "\ntruth:\n  - {incident: INC-2, kind: change, changes: [CHG-1], party: V1, authority: outside}\n"
        case.write_text(case.read_text() + stated)

        main(["worlds", "score", str(folder), "--json"])

        board = json.loads(capsys.readouterr().out)["board"]
        assert (board["vendor_caused"], board["vendor_named"]) == (1, 1)
        assert (board["authority_stated"], board["authority_right"]) == (1, 1)
        assert (board["accused_falsely"], board["acquitted_wrongly"]) == (0, 0)

    def test_skips_a_base_that_asks_nothing(
        self, folder: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """A base lies among the cases and is no damaged file."""
        copy(_CASES / "harbor.yaml", folder / "harbor.yaml")

        assert main(["worlds", "score", str(folder), "--json"]) == Exit.OK

        assert json.loads(capsys.readouterr().out)["skipped"] == ["harbor.yaml"]

    def test_says_when_there_is_no_folder(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """A wrong name ends with its own exit and a remedy."""
        assert main(["worlds", "score", str(tmp_path / "none")]) == Exit.NOT_FOUND
        assert "name one with case files" in capsys.readouterr().err


class TestWorldsGenerate:
    """`groundrules worlds generate`."""

    @pytest.mark.parametrize("profile", PROFILES)
    def test_writes_the_same_sound_case_files_again(self, tmp_path: Path, profile: str) -> None:
        """One seed gives one file to the byte, and it reads as a case with the truth of each incident."""
        for folder in ("one", "other"):
            asked = ["--profile", profile, "--seeds", "7", "--output", str(tmp_path / folder)]
            assert main(["worlds", "generate", *asked]) == Exit.OK

        (one,), (other,) = (list((tmp_path / f).iterdir()) for f in ("one", "other"))
        case = read_whole(one.read_bytes(), one)
        assert one.read_bytes() == other.read_bytes()
        assert [t.incident for t in case.truth] == [i.id for i in case.world.incidents]

    def test_refuses_a_profile_nobody_wrote(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """The message lists the ones there are."""
        asked = ["--profile", "moon", "--seeds", "1-2", "--output", str(tmp_path)]

        assert main(["worlds", "generate", *asked]) == Exit.NOT_FOUND
        assert "null-trap" in capsys.readouterr().err

    @pytest.mark.parametrize("seeds", ["two", "5-4", ""])
    def test_refuses_what_is_no_range_of_seeds(self, tmp_path: Path, seeds: str) -> None:
        """Wrong usage, before anything is written."""
        asked = ["--profile", "home", "--seeds", seeds, "--output", str(tmp_path)]

        with pytest.raises(SystemExit) as left:
            main(["worlds", "generate", *asked])

        assert left.value.code == Exit.USAGE
        assert not list(tmp_path.iterdir())


class TestTally:
    def test_counts_a_verdict_on_an_innocent_change_as_false(self) -> None:
        """Naming a change where none did it is false, whatever else was right."""
        sure = CauseVerdict.LIKELY_CHANGE
        one, other = ChangeId("CHG-1"), ChangeId("CHG-2")
        right = Judged("a", IncidentId("1"), (one,), sure, (one,), 1)
        trap = Judged("b", IncidentId("2"), (), sure, (other,), None)
        silent = Judged("c", IncidentId("3"), (one,), CauseVerdict.CANDIDATES, (), 3)

        board = tally((right, trap, silent))

        assert (board.with_cause, board.first, board.among_three) == (2, 1, 2)
        assert (board.verdicts, board.found, board.false) == (2, 1, 1)
        assert board.false_per_thousand == pytest.approx(1000 / 3)
