"""Worlds with known truth: made from a seed, and our verdicts scored against what their authors state."""

from groundrules.services.worlds.board import Scoreboard, tally
from groundrules.services.worlds.fitting import Certified, NotCertified
from groundrules.services.worlds.judging import Judged
from groundrules.services.worlds.learning import Learnt, NothingToLearn, learn, write
from groundrules.services.worlds.score import Scored, as_data, score
from groundrules.services.worlds.table import table

__all__ = [
    "Certified",
    "Judged",
    "Learnt",
    "NotCertified",
    "NothingToLearn",
    "Scoreboard",
    "Scored",
    "as_data",
    "learn",
    "score",
    "table",
    "tally",
    "write",
]
