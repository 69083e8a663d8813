"""Written by `groundrules worlds fit`; not edited by hand. How: docs/reference/scoreboard.md.

Fitted on 8594 incidents, calibrated and certified on 41759 of other worlds.
SHA-256 of the worlds: 82ddaad047d84ec19227c3b0c280cd9d
99e5e28b71639b4474c89e84ed9f8818. Digest of the weights: 5a21050e2b18.
"""

from __future__ import annotations

from collections.abc import Mapping

VERSION = "7"
CHANGE: Mapping[str, float] = {
    "density": 0.1305,
    "observed": 1.0517,
    "declared": 1.0142,
    "per hop": -0.0045,
    "error names it": 2.2519,
    "error names it unmapped": 0.9636,
    "error names an alteration": 1.0413,
    "error names a secret": 0.2124,
    "error names another": -1.0213,
    "takes away": 2.7672,
    "adds": -4.2812,
    "great step": 3.079,
    "secret": -1.3299,
    "update": 0.2559,
    "host": 0.1953,
    "healthy beside": -0.6713,
    "failed beside": 0.1258,
    "just those failed": -0.3348,
    "restores": -0.265,
    "straddles": -0.0884,
    "hours unsure": -0.0571,
    "healed": 2.0118,
    "put back in vain": -0.438,
    "mended": 1.2913,
    "put right": 0.2191,
    "outlived": -1.6093,
    "went on": -1.0708,
    "waited": -0.1165,
    "elsewhere": -1.8521,
    "touched later": -0.4893,
    "density waited": 0.2673,
    "density reported": 0.3927,
}
NOTHING: Mapping[str, float] = {
    "always": 1.799,
    "error needs no change": 3.0145,
    "no error": -0.1029,
    "trouble": 1.732,
    "all failed": 0.1424,
    "records missing": 0.175,
    "unwatched": -1.055,
}
TEMPERATURE = 0.9109
# From these probabilities on an act is called likely that the error names, one that it names though checks
# passed after it, one that both a repair and the applications that failed tie to it, and one that is tied
# otherwise (above 1: never). So many were accepted on the calibration worlds, and so many were wrong.
LIKELY_FROM = (0.5, 2.0, 2.0, 2.0)
ACCEPTED = (3502, 0, 0, 0)
WRONG = (15, 0, 0, 0)
RISK, CONFIDENCE = 0.02, 0.95
