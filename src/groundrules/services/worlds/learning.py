"""Learn the weights from folders of worlds: put their incidents into numbers, fit, calibrate, certify, write.

What is written is a module of plain values, because the core reads no files.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

from groundrules.core.answers.findings import causation_context
from groundrules.core.answers.known import as_known
from groundrules.core.causation.case import Case
from groundrules.core.causation.confirmation import Tie
from groundrules.core.causation.consider import Considered
from groundrules.core.causation.features import OF_CHANGE, OF_NOTHING, observe
from groundrules.core.causation.rank import hold, tied
from groundrules.core.causation.weights import Weights, digest
from groundrules.core.ids import ChangeId
from groundrules.core.periods import utc
from groundrules.services.cases import NothingAsked, read_whole
from groundrules.services.worlds.fitting import (
    NEVER,
    THRESHOLDS,
    Certified,
    Lesson,
    NotCertified,
    Trial,
    calibrate,
    certify,
    fit,
)

VERSION = "7"
RISK, CONFIDENCE = 0.02, 0.95
# Of acts that checks passed after only the threshold that names a party is tried (reference: causation 3.4).
_NAMES_FROM = 0.95
_SUFFIXES = frozenset({".yaml", ".yml", ".json"})


class NothingToLearn(ValueError):
    """No file in a folder states what really happened; the message names the folders."""


@dataclass(frozen=True, slots=True)
class Learnt:
    """The weights, what certifies them, and how many incidents they were fitted and calibrated on.

    `late` is None when acts that checks passed after could not be certified. `twice` and `otherwise` always are: a
    repair and who failed, one alone or both together, also come about when something else broke it and healed, and in
    worlds made of such traps they blame innocents at any probability, whatever mixed worlds certify.
    """

    weights: Weights
    named: Certified
    late: Certified | None
    twice: Certified | None
    otherwise: Certified | None
    fitted_on: int
    calibrated_on: int
    sources: str
    risk: float = RISK


@dataclass(frozen=True, slots=True)
class _Told:
    """One incident held against its changes, with the truth its author states."""

    case: Case
    held: tuple[Considered, ...]
    truth: tuple[ChangeId, ...]

    def lesson(self) -> Lesson:
        staying = tuple(c for c in self.held if c.stays)
        right = tuple(n for n, c in enumerate(staying) if c.change.id in self.truth)
        return Lesson(observe(staying, self.case), right or (len(staying),))

    def trial(self, weights: Weights) -> Trial | None:
        act, probability, tie = tied(self.case, self.held, weights)
        return Trial(probability, set(act) <= set(self.truth), tie) if tie else None


def learn(fit_on: Iterable[Path], calibrate_on: Iterable[Path], risk: float = RISK) -> Learnt:
    """This function will fit weights on some folders, calibrate and certify them on others.

    Each kind of tie is certified by itself. Raises NothingToLearn, NotCertified when not even acts the error names can
    be, or CaseRefused for a file that can't be read.
    """
    fit_on, calibrate_on = tuple(fit_on), tuple(calibrate_on)
    lessons = [told.lesson() for told in _stated(fit_on)]
    weights = fit(lessons, VERSION)
    others = list(_stated(calibrate_on))
    weights = calibrate(weights, [told.lesson() for told in others])
    trials = [t for t in (told.trial(weights) for told in others) if t is not None]
    named = certify([t for t in trials if t.tie is Tie.NAMED], risk, CONFIDENCE)
    late = _certified([t for t in trials if t.tie is Tie.LATE], risk, _NAMES_FROM)
    sources = _digest_of((*fit_on, *calibrate_on))
    weights = replace(
        weights,
        named_from=named.likely_from,
        late_from=_from(late),
        twice_from=NEVER,
        otherwise_from=NEVER,
    )
    return Learnt(weights, named, late, None, None, len(lessons), len(others), sources, risk)


def _certified(trials: Sequence[Trial], risk: float, only: float | None = None) -> Certified | None:
    thresholds = THRESHOLDS if only is None else (only,)
    try:
        return certify(trials, risk, CONFIDENCE, thresholds)
    except NotCertified:
        return None


def write(learnt: Learnt, output: Path) -> None:
    """This function will write weights as a module of plain values."""
    output.write_text(_module(learnt), encoding="utf-8")


def _stated(folders: Sequence[Path]) -> Iterator[_Told]:
    count = 0
    for path in _files(folders):
        try:
            case = read_whole(path.read_bytes(), path)
        except NothingAsked:
            continue
        world = as_known(case.world, utc(max(question.at for question in case.questions)))
        context = causation_context(world)
        incidents = {incident.id: incident for incident in world.incidents}
        for stated in case.truth:
            count += 1
            held = hold(incidents[stated.incident], world.changes, context)
            yield _Told(*held, stated.changes)
    if not count:
        named = ", ".join(str(folder) for folder in folders)
        raise NothingToLearn(
            f"no case file in {named} states its truth; make some with `groundrules worlds generate`"
        )


def _files(folders: Iterable[Path]) -> list[Path]:
    return [p for folder in folders for p in sorted(folder.iterdir()) if p.suffix in _SUFFIXES]


def _digest_of(folders: Iterable[Path]) -> str:
    """One digest over every file's bytes, in order of folder and name."""
    whole = sha256()
    for path in _files(folders):
        whole.update(sha256(path.read_bytes()).digest())
    return whole.hexdigest()


def _module(learnt: Learnt) -> str:
    weights = learnt.weights
    certified = (learnt.named, learnt.late, learnt.twice, learnt.otherwise)
    lines = [
        '"""Written by `groundrules worlds fit`; not edited by hand. How: docs/reference/scoreboard.md.',
        "",
        f"Fitted on {learnt.fitted_on} incidents, calibrated and certified on {learnt.calibrated_on} of other worlds.",
        f"SHA-256 of the worlds: {learnt.sources[:32]}",
        f"{learnt.sources[32:]}. Digest of the weights: {digest(weights)}.",
        '"""',
        "",
        "from __future__ import annotations",
        "",
        "from collections.abc import Mapping",
        "",
        f'VERSION = "{weights.version}"',
        *_mapping("CHANGE", OF_CHANGE, weights.change),
        *_mapping("NOTHING", OF_NOTHING, weights.nothing),
        f"TEMPERATURE = {weights.temperature}",
        "# From these probabilities on an act is called likely that the error names, one that it names though checks",
        "# passed after it, one that both a repair and the applications that failed tie to it, and one that is tied",
        "# otherwise (above 1: never). So many were accepted on the calibration worlds, and so many were wrong.",
        f"LIKELY_FROM = ({', '.join(str(weights.likely_from(tie)) for tie in Tie)})",
        f"ACCEPTED = ({', '.join(str(_accepted(c)) for c in certified)})",
        f"WRONG = ({', '.join(str(_wrong(c)) for c in certified)})",
        f"RISK, CONFIDENCE = {learnt.risk}, {CONFIDENCE}",
    ]
    return "\n".join(lines) + "\n"


def _from(found: Certified | None) -> float:
    return NEVER if found is None else found.likely_from


def _accepted(found: Certified | None) -> int:
    return 0 if found is None else found.accepted


def _wrong(found: Certified | None) -> int:
    return 0 if found is None else found.wrong


def _mapping(name: str, keys: tuple[str, ...], values: tuple[float, ...]) -> list[str]:
    rows = [f'    "{key}": {value},' for key, value in zip(keys, values, strict=True)]
    return [f"{name}: Mapping[str, float] = {{", *rows, "}"]
