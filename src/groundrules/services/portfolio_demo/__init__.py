"""A made provider with many clients and two years of work, from a seed: so that profitability has something to tell.

The same seed, size and last month give the same books. Everything enters through the ordinary rooms: cards, facts,
decisions and charges; no figure of a page is stored in advance.
"""

from __future__ import annotations

from groundrules.services.portfolio_demo.filing import fill
from groundrules.services.portfolio_demo.plans import Plan, Size, plans

__all__ = ["Plan", "Size", "fill", "plans"]
