"""What a case file holds once it has been read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from groundrules.core.world import World
from groundrules.readers.case_file.model import EvidenceSource
from groundrules.readers.case_file.model_expect import Expectations
from groundrules.readers.case_file.model_truth import StatedTruth
from groundrules.readers.case_file.places import Place


@dataclass(frozen=True, slots=True)
class Question:
    """An instant at which the case is answered from what was known then, and the answers its author expects."""

    at: datetime
    expect: Expectations | None = None
    says: str = ""


@dataclass(frozen=True, slots=True)
class Case:
    """A world with its title and story, the raw evidence still to be read into it, and the questions asked of it.

    `evidence_places` says where each entry of `evidence` is written, in the same order. No answer looks at `truth`.
    """

    file: str
    title: str
    story: str
    zone: str
    world: World
    evidence: tuple[EvidenceSource, ...]
    questions: tuple[Question, ...]
    evidence_places: tuple[Place, ...] = ()
    truth: tuple[StatedTruth, ...] = ()
