"""Written by `groundrules worlds fit`; not edited by hand. How: docs/reference/scoreboard.md.

Fitted on 2100 incidents, calibrated and certified on 3900 of other worlds.
SHA-256 of the worlds: 7fa838c83f350b743523baa9d819b8d3
e68ecc33c6c56d3d08185020aeadfbf8. Digest of the weights: 9cf624cc953c.
"""

from __future__ import annotations

from collections.abc import Mapping

VERSION = "2"
CHANGE: Mapping[str, float] = {
    "density": 0.0287,
    "observed": 1.2155,
    "declared": 1.0391,
    "per hop": 0.0293,
    "error names it": 2.5133,
    "error names it unmapped": 0.5652,
    "error names an alteration": 0.6537,
    "error names a secret": 0.1905,
    "error names another": -4.2056,
    "takes away": 2.7497,
    "adds": -3.8651,
    "great step": 2.5193,
    "secret": -1.3181,
    "update": 0.0,
    "host": 0.0,
    "healthy beside": -1.0816,
    "failed beside": 0.4564,
    "just those failed": 0.2622,
    "restores": -1.2252,
    "straddles": 0.3328,
    "hours unsure": -0.2467,
    "healed": 1.8768,
    "put back in vain": -0.1928,
}
NOTHING: Mapping[str, float] = {
    "always": 1.5024,
    "error needs no change": 1.0869,
    "no error": 0.0477,
    "trouble": 4.0907,
    "all failed": 0.0234,
    "records missing": 0.3687,
    "unwatched": 0.0,
}
TEMPERATURE = 0.9076
# From these probabilities on an act is called likely that the error names, and one that is tied otherwise
# (above 1: never). So many were accepted on the calibration worlds, and so many of them were wrong.
LIKELY_FROM = (0.5, 2.0)
ACCEPTED, WRONG = (271, 0), (0, 0)
RISK, CONFIDENCE = 0.02, 0.95
