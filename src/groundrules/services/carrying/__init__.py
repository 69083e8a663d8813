"""Carrying long runs out: a worker claims one from the queue, does it step by step, gives back what it can't end."""

from groundrules.services.carrying.beside import carried_beside, carry_waiting
from groundrules.services.carrying.depth import Depth, depth

__all__ = ["Depth", "carried_beside", "carry_waiting", "depth"]
