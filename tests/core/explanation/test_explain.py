"""An explanation adds nothing to the answers it is told from, and shows a test where one was run."""

from __future__ import annotations

from dataclasses import replace

from groundrules.core.attribution.weigh import weigh_all
from groundrules.core.causation.answers import CauseVerdict
from groundrules.core.causation.rank import rank
from groundrules.core.evidence import GapKind
from groundrules.core.explanation.answers import Explanation
from groundrules.core.explanation.build import ExplanationView, explain
from groundrules.core.reasons import FactRef, Reason
from tests.core.attribution.tale import CAUSES, CONTEXT, INCIDENT, INSTALL, REMOVAL, ZONE, gap

_ADJECTIVES = (
    "rogue act",
    "careless",
    "reckless",
    "malicious",
    "unfortunately",
    "clearly",
    "obviously",
)


def view(**other: object) -> ExplanationView:
    """The night of the tale."""
    changes = (REMOVAL, INSTALL)
    told = ExplanationView(
        zone=ZONE,
        incident=INCIDENT,
        cause=rank(INCIDENT, changes, CAUSES),
        changes={c.id: c for c in changes},
        attributions={a.change: a for a in weigh_all(changes, CONTEXT)},
    )
    return replace(told, **other)  # type: ignore[arg-type]  # fields of the view


def sentences(told: Explanation) -> str:
    """Everything it says."""
    verdicts = (told.cause, told.actor, told.authority, told.proof)
    reasons = [r for v in verdicts for r in v.reasons] + [*told.what_failed, *told.ruled_out]
    return " ".join(
        [*(v.words for v in verdicts), *(r.sentence for r in (*reasons, *told.not_known))]
    )


class TestExplain:
    def test_keeps_names_out_of_cause_and_proof(self) -> None:
        """Who acted stands under ACTOR and AUTHORITY alone."""
        told = explain(view())

        apart = " ".join(r.sentence for v in (told.cause, told.proof) for r in v.reasons)
        assert "Rogue" not in apart
        assert told.actor.words == "Rogue Vendor (recorded)"
        assert told.authority.words == "outside"

    def test_says_that_nothing_was_tested(self) -> None:
        """Not tested is an answer, and what a test would show is not known."""
        told = explain(view())

        assert told.proof.words == "not tested"
        assert "Whether undoing the change heals the failure." in sentences(told)

    def test_shows_the_tests_that_were_run(self) -> None:
        """The words and sentences of tests on record are shown as they are."""
        run = Reason(
            "replay: run", "Undoing it heals the failure, 3 of 3 runs.", (FactRef("replay", "R-1"),)
        )

        told = explain(view(tests=(run,), tested="proven: the sole cause"))

        assert told.proof.words == "proven: the sole cause"
        assert FactRef("replay", "R-1") in told.cited
        assert "Whether undoing" not in sentences(told)

    def test_leaves_open_what_no_dependency_leads_to(self) -> None:
        """A map may have holes: what it does not lead to is not known, and not ruled out."""
        other = replace(REMOVAL, component="web.config")

        told = explain(
            view(cause=rank(INCIDENT, (other,), CAUSES), changes={other.id: other}, attributions={})
        )

        assert not any("web.config" in r.sentence for r in told.ruled_out)
        assert "Whether it has to do with web.config removed: no recorded dependency" in sentences(
            told
        )

    def test_shows_a_replay_that_is_in_the_answer(self) -> None:
        """What a replay left in the answer stands under PROOF, and the cause keeps its own reasons."""
        run = Reason("replay", "CHG-REMOVAL is proven: the sole cause (runs 3, 4 of the replay).")
        found = view().cause
        proven = replace(found, verdict=CauseVerdict.PROVEN_CHANGE, reasons=(*found.reasons, run))

        told = explain(view(cause=proven))

        assert (told.cause.words, told.proof.words) == ("proven change", "proven on a copy")
        assert told.proof.reasons == (run,)
        assert run not in told.cause.reasons

    def test_tells_what_the_record_did_not_carry_as_it_stood_before_the_proof(self) -> None:
        """Beside a proof it would contradict it; without one it is said as it is."""
        doubt = Reason("causation: unconfirmed", "It can have happened just before by chance.")
        found = replace(view().cause, reasons=(doubt,))
        proven = replace(found, verdict=CauseVerdict.PROVEN_CHANGE)

        told = [
            sentence
            for cause in (proven, found)
            for sentence in (r.sentence for r in explain(view(cause=cause)).cause.reasons)
            if "by chance" in sentence
        ]

        assert told == [f"Before it was tested on a copy: {doubt.sentence}", doubt.sentence]

    def test_names_nobody_for_a_candidate(self) -> None:
        """The same act, not established: nobody is asked about."""
        candidate = replace(view().cause, verdict=CauseVerdict.CANDIDATES)

        told = explain(view(cause=candidate))

        assert (told.actor.words, told.authority.words) == ("not asked", "not asked")
        assert "Rogue" not in sentences(told)

    def test_prints_the_gaps_of_that_time_only(self) -> None:
        """Evidence missing over the failure is named; what was missing in another week is not."""
        over = gap(GapKind.LOG_CLEARED, "2007-02-21 19:50", "2007-02-21 20:10")
        before = gap(GapKind.RECORDS_MISSING, "2007-02-10 19:50", "2007-02-10 20:10")

        told = explain(view(gaps=(over, before)))

        assert "log cleared" in sentences(told)
        assert "records missing" not in sentences(told)

    def test_has_no_word_of_judgement(self) -> None:
        """No adjectives about anybody's act."""
        said = sentences(explain(view())).casefold()

        assert [word for word in _ADJECTIVES if word in said] == []
