"""Written by `groundrules worlds fit`; not edited by hand. How: docs/reference/scoreboard.md.

Fitted on 2100 incidents, calibrated and certified on 3900 of other worlds.
SHA-256 of the worlds: 7e377eca96d7ca52a6696d01bd2081c2
fbcfe86a09ca095b4afe7796b0de2abb. Digest of the weights: bd1b2922c211.
"""

from __future__ import annotations

from collections.abc import Mapping

VERSION = "3"
CHANGE: Mapping[str, float] = {
    "density": 0.0562,
    "observed": 0.8919,
    "declared": 1.0485,
    "per hop": 0.0393,
    "error names it": 2.9074,
    "error names it unmapped": 0.7231,
    "error names an alteration": 0.5766,
    "error names a secret": 0.2107,
    "error names another": -3.6763,
    "takes away": 2.6809,
    "adds": -3.7921,
    "great step": 2.7996,
    "secret": -1.3706,
    "update": 0.0,
    "host": 0.0,
    "healthy beside": -0.7232,
    "failed beside": 0.1925,
    "just those failed": 0.7738,
    "restores": -0.8308,
    "straddles": 0.6583,
    "hours unsure": -0.5087,
    "healed": 1.7015,
    "put back in vain": -0.6152,
}
NOTHING: Mapping[str, float] = {
    "always": 1.5487,
    "error needs no change": 1.7725,
    "no error": -0.2075,
    "trouble": 3.6126,
    "all failed": 0.1474,
    "records missing": 0.0047,
    "unwatched": 0.0,
}
TEMPERATURE = 0.8423
# From these probabilities on an act is called likely that the error names, and one that is tied otherwise
# (above 1: never). So many were accepted on the calibration worlds, and so many of them were wrong.
LIKELY_FROM = (0.5, 2.0)
ACCEPTED, WRONG = (263, 0), (0, 0)
RISK, CONFIDENCE = 0.02, 0.95
