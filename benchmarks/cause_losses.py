"""Where the names of vendors are lost in made worlds: `.venv/bin/python -m benchmarks.cause_losses FOLDER...`.

Of the incidents that a vendor's recorded change caused, each counts once: as named, or under the first thing in the
order below that kept its maker from being named. Prints one column a folder, as shares of those incidents.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from groundrules.core.answers.findings import findings_of
from groundrules.core.answers.known import as_known
from groundrules.core.attribution.answers import Attribution, Level
from groundrules.core.causation.answers import CauseAnswer
from groundrules.core.ids import ChangeId
from groundrules.core.periods import utc
from groundrules.core.replay.answers import Replayed
from groundrules.core.replay.update import replayed
from groundrules.services.cases import read_whole
from groundrules.services.worlds.judging import Judged, Truth, judge

_NO_REPLAY = "no replay"
# Whose act it was by the record, where that may name nobody.
_MAKER = {
    Level.L1: "whose act: an account that is shared, or nobody's",
    Level.L2: "whose act: an account that is shared, or nobody's",
    Level.L3: "whose act: one session alone was open",
    Level.L4: "whose act: several sessions were open",
    Level.L5: "whose act: nothing on record",
}
# What stands in the record against any verdict, by the rule that says so.
_STANDING = {
    "causation: gap": "records are missing",
    "causation: trouble": "something failed by itself then",
    "causation: own work": "own work left no change on record",
    "causation: simultaneous": "something needed changed in the same seconds",
    "causation: unwatched": "no good check before",
}
# What the record says against a change that a replay showed, in the words of the replay's own reason.
_HELD_BACK = {
    "changed more than once": "shown, but the same was changed twice",
    "may have been made after": "shown, but perhaps made after the failure",
    "did not heal": "shown, but put back in vain",
    "only at a fresh start": "shown at a fresh start only",
    "before any record says": "shown, but no record of how it was put right",
    "stayed healthy": "shown, but neighbours stayed healthy and the error names nothing",
    "less likely than": "shown, but unlikely by the record and the error names nothing",
    "names nothing": "shown, but the error names nothing",
    "rules it out": "shown, but the record rules it out",
}
_Told = tuple[Judged, CauseAnswer, tuple[Replayed, ...], tuple[Attribution, ...]]


def main() -> None:
    """This function will print where names are lost in each folder of case files, as a table in Markdown."""
    folders = [Path(name) for name in sys.argv[1:]]
    if not folders:
        sys.exit("Name at least one folder of made worlds (groundrules worlds generate makes one).")
    counts = [Counter(_ending(*row) for row in _caused_by_vendors(folder)) for folder in folders]
    totals = [counted.total() for counted in counts]
    empty = [f.name for f, total in zip(folders, totals, strict=True) if not total]
    if empty:
        sys.exit(
            f"No vendor caused anything on record in {', '.join(empty)}; name folders of made worlds."
        )
    endings = sorted(set().union(*counts), key=lambda said: -sum(c[said] for c in counts))
    print("|", " | ".join(["", *(folder.name for folder in folders)]), "|")
    print("|", " | ".join(["---"] * (1 + len(folders))), "|")
    print("| incidents |", " | ".join(str(total) for total in totals), "|")
    for said in endings:
        shares = (f"{c[said] / total:.3f}" for c, total in zip(counts, totals, strict=True))
        print(f"| {said} |", " | ".join(shares), "|")


def _caused_by_vendors(folder: Path) -> Iterator[_Told]:
    for path in sorted(folder.glob("*.json")):
        case = read_whole(path.read_bytes(), path)
        at = max(question.at for question in case.questions)
        found = findings_of(replace(case.world, replays=()), at)
        known = as_known(case.world, utc(at)).replays
        truths = {t.incident: Truth(t.changes, t.party, t.authority) for t in case.truth}
        for cause in found.causes:
            truth = truths.get(cause.incident)
            if truth is not None and truth.changes and truth.of_vendor:
                own = tuple(r for r in known if r.result.incident == cause.incident)
                answer = replayed(cause, own)
                made = tuple(a for a in found.attributions if a.change in truth.changes)
                yield judge(case.file, answer, truth, found, {}), answer, own, made


def _ending(
    judged: Judged,
    answer: CauseAnswer,
    replays: tuple[Replayed, ...],
    made: tuple[Attribution, ...],
) -> str:
    """The first thing that kept the vendor from being named."""
    if judged.named:
        return "named" if judged.names_rightly else "somebody else was named"
    if not judged.nameable:
        return _maker(made)
    if judged.acquitted:
        return "the record rules the change out"
    rules = {reason.rule for reason in answer.reasons}
    for rule, said in _STANDING.items():
        if rule in rules:
            return said
    if replays:
        return _by_replay(judged, answer, replays[-1])
    return _by_record(judged, answer)


def _maker(made: tuple[Attribution, ...]) -> str:
    if any(a.capped_by for a in made):
        return "whose act: records are missing over the change"
    return _MAKER[min((a.level for a in made), default=Level.L5)]


def _by_record(judged: Judged, answer: CauseAnswer) -> str:
    """No replay: what the error said decides."""
    if judged.established:
        return f"{_NO_REPLAY}; the verdict rests on a change without a maker on record"
    return (
        f"{_NO_REPLAY}; the error names {'nothing' if _is_unnamed(judged, answer) else 'something'}"
    )


def _by_replay(judged: Judged, answer: CauseAnswer, replay: Replayed) -> str:
    result = replay.result
    says = "nothing" if _is_unnamed(judged, answer) else "something"
    if result.unrecorded:
        return f"the copy did not show the failure; the error names {says}"
    if result.obstacle:
        return f"the replay was stopped; the error names {says}"
    shown = set(judged.truth) & set(result.proven)
    if not shown:
        return "the replay showed another change, or none"
    told = _told_against(shown, answer)
    held = next((said for words, said in _HELD_BACK.items() if words in told), "")
    return held or "shown, and not named for another reason"


def _told_against(shown: set[ChangeId], answer: CauseAnswer) -> str:
    held = (r.sentence for r in answer.reasons if "nothing rests on it" in r.sentence)
    return " ".join(said for said in held if said.split(" breaks the copy")[0] in shown)


def _is_unnamed(judged: Judged, answer: CauseAnswer) -> bool:
    own = (h for h in answer.hypotheses if h.change in judged.truth)
    return any(reason.rule == "causation: unnamed" for h in own for reason in h.reasons)


if __name__ == "__main__":
    main()
