"""Worlds with known truth: made from a seed, and our verdicts scored against what their authors state."""

from groundrules.services.worlds.board import Scoreboard, tally
from groundrules.services.worlds.judging import Judged
from groundrules.services.worlds.score import Scored, as_data, score

__all__ = ["Judged", "Scoreboard", "Scored", "as_data", "score", "tally"]
