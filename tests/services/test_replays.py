"""Replays in the books: sealed runs, a superseded answer, guided steps that can be carried on, and refusals."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from groundrules.cli.main import main
from groundrules.core.replay.answers import Outcome
from groundrules.gateways.replay import NullReplay, read_site
from groundrules.records import models as books
from groundrules.services import incidents, replays
from tests.cast import OLGA
from tests.kept import Kept, anew
from tests.web import harbor_books

pytestmark = pytest.mark.django_db
CASE = "04-rogue-change.yaml"
SITE = json.dumps(
    {
        "tree": "/srv/restored",
        "start": ":",
        "url": "http://127.0.0.1/",
        "passes": "OK",
        "signs": [".NET runtime 2.0 not found"],
        "actions": [
            {"change": "CHG-1", "kind": "remove package", "target": "runtime-2"},
            {"change": "CHG-2", "kind": "install package", "target": "runtime-1", "value": "x"},
        ],
    }
)


@pytest.fixture
def told(taken_over: Kept[harbor_books.Books]) -> harbor_books.Books:
    """This fixture will take scenario 4 over, with its people."""
    return replace(taken_over.made, client=anew(taken_over.made.client))


def replayed(told: harbor_books.Books, *culprits: str) -> replays.Filed:
    asked = replays.Asked(replays.incident_called("INC-2"), SITE, read_site(SITE))
    backend = NullReplay(
        lambda state: Outcome.SAME_FAILURE if state.changes & set(culprits) else Outcome.PASSES
    )
    return replays.replay_with(backend, asked, actor=OLGA, at=told.at)


class TestFiling:
    def test_a_proof_supersedes_the_answer_and_seals_every_run(
        self, told: harbor_books.Books
    ) -> None:
        """LIKELY becomes PROVEN, and each run has a leaf of its own in the client's log."""
        before = books.Cause.objects.current().get(ref="INC-2")

        filed = replayed(told, "CHG-1")

        assert filed.cause.verdict == "proven change"
        assert filed.cause.supersedes == before
        assert filed.cause.to_core().changes == ("CHG-1",)
        runs = books.RawEvidence.objects.filter(format="replay-run")
        assert runs.count() == len(filed.result.runs) >= 9
        assert books.SealLeaf.objects.filter(evidence__in=runs).count() == runs.count()
        assert books.SealLeaf.objects.filter(evidence=filed.evidence).exists()

    def test_a_later_ranking_does_not_undo_a_proof(self, told: harbor_books.Books) -> None:
        """The same facts ranked again are no news."""
        filed = replayed(told, "CHG-1")

        incidents.explain(client=filed.cause.client, actor=OLGA, at=told.at)

        assert books.Cause.objects.current().get(ref="INC-2") == filed.cause

    def test_nothing_recorded_breaks_it_and_the_obstacle_is_filed(
        self, told: harbor_books.Books
    ) -> None:
        """All recorded changes made again still pass: it is told, and nothing is proven."""
        filed = replayed(told)

        assert "not on record" in filed.result.obstacle
        assert filed.cause.verdict != "proven change"
        assert replays.tested(filed.cause.incident)[0]["result"]["obstacle"]

    def test_values_of_actions_stay_out_of_the_evidence(self, told: harbor_books.Books) -> None:
        """A stand-in for a password is nobody's business."""
        filed = replayed(told, "CHG-1")

        action = replays.tested(filed.cause.incident)[0]["actions"][1]
        assert set(action) == {"change", "kind", "target"}


@pytest.mark.usefixtures("told")
class TestGuide:
    def test_walks_a_person_to_the_same_verdict_and_can_be_carried_on(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """Each step is printed, its answer kept; the last one files the replay."""
        (tmp_path / "site.json").write_text(SITE)
        words = ["replay", "guide", "INC-2", str(tmp_path / "site.json"), "--json"]
        words += ["--kept", str(tmp_path / "kept.json")]
        main(words)
        step = json.loads(capsys.readouterr().out)

        told = []
        for _ in range(40):
            told += step["next"]
            broken = any("Make CHG-1" in line for line in step["next"])
            answer = ["--answer", "same" if broken else "passes", "--saw", "seen by Kim"]
            assert main([*words, *answer]) == 0
            step = json.loads(capsys.readouterr().out)
            if "findings" in step:
                break

        assert step["findings"] == {"CHG-1": "proven: the sole cause"}
        assert step["running"] == {"CHG-1": True}
        assert sum("Restart NOTHING" in line for line in told) == 6
        main(["replay", "show", "INC-2"])
        assert "(CHG-1): proven: the sole cause" in capsys.readouterr().out

    def test_an_answer_without_what_was_seen_is_refused(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """What a person saw becomes evidence, so it must be said."""
        (tmp_path / "site.json").write_text(SITE)
        words = ["replay", "guide", "INC-2", str(tmp_path / "site.json"), "--answer", "same"]

        assert main([*words, "--kept", str(tmp_path / "kept.json")]) == 8
        assert "--saw" in capsys.readouterr().err


@pytest.mark.usefixtures("told")
class TestRefusals:
    @pytest.mark.parametrize(
        ("site", "incident", "ends"),
        [
            (SITE, "INC-9", (3, "INC-9")),
            ("{}", "INC-2", (8, "lacks")),
            (SITE.replace("CHG-2", "CHG-9"), "INC-2", (3, "CHG-9")),
            (SITE.replace("/srv/restored", "/"), "INC-2", (4, "running host")),
        ],
        ids=["unknown incident", "bad site", "unrecorded change", "production host"],
    )
    def test_refuses_with_a_number_and_a_sentence(
        self,
        tmp_path: Path,
        capsys: pytest.CaptureFixture[str],
        site: str,
        incident: str,
        ends: tuple[int, str],
    ) -> None:
        """Nothing is run and nothing is filed."""
        (tmp_path / "site.json").write_text(site)

        ended = main(["replay", "run", incident, str(tmp_path / "site.json")])

        assert ended == ends[0]
        assert ends[1] in capsys.readouterr().err
        assert not books.RawEvidence.objects.filter(format="replay").exists()
