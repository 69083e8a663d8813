"""Written by `groundrules worlds fit`; not edited by hand. How: docs/reference/scoreboard.md.

Fitted on 6000 incidents, calibrated and certified on 21000 of other worlds.
SHA-256 of the worlds: 9e2f987e642be9a82e51937641ce7228
a60260781fd99c0a999f25d745e17fd5. Digest of the weights: d7ebed86a38d.
"""

from __future__ import annotations

from collections.abc import Mapping

VERSION = "6"
CHANGE: Mapping[str, float] = {
    "density": 0.0694,
    "observed": 0.7817,
    "declared": 0.7955,
    "per hop": 0.0102,
    "error names it": 2.7544,
    "error names it unmapped": 0.1842,
    "error names an alteration": 0.5071,
    "error names a secret": -0.3299,
    "error names another": -4.2059,
    "takes away": 2.9698,
    "adds": -4.6403,
    "great step": 2.3238,
    "secret": -2.0481,
    "update": 0.0,
    "host": 0.0,
    "healthy beside": -0.9337,
    "failed beside": 0.1265,
    "just those failed": 0.5929,
    "restores": -0.5374,
    "straddles": 0.3694,
    "hours unsure": -0.3753,
    "healed": 1.1763,
    "put back in vain": -0.9203,
    "mended": 0.957,
    "put right": 0.9241,
    "outlived": -1.3038,
    "went on": -4.1777,
}
NOTHING: Mapping[str, float] = {
    "always": 1.5273,
    "error needs no change": 1.486,
    "no error": -0.0865,
    "trouble": 4.512,
    "all failed": 0.0422,
    "records missing": -0.4576,
    "unwatched": 0.0,
}
TEMPERATURE = 0.8756
# From these probabilities on an act is called likely that the error names, one that both a repair and the
# applications that failed tie to it, and one that is tied otherwise (above 1: never). So many were accepted
# on the calibration worlds, and so many of them were wrong.
LIKELY_FROM = (0.5, 0.5, 2.0)
ACCEPTED = (2887, 193, 0)
WRONG = (5, 0, 0)
RISK, CONFIDENCE = 0.02, 0.95
