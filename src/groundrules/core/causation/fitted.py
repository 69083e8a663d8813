"""Written by `groundrules worlds fit`; not edited by hand. How: docs/reference/scoreboard.md.

Fitted on 6000 incidents, calibrated and certified on 21000 of other worlds.
SHA-256 of the worlds: b74893ff4d92394cccf21a05f3a378a9
c7c1146bb40738215eb9a2ff9e2b8402. Digest of the weights: fab3e9486f0a.
"""

from __future__ import annotations

from collections.abc import Mapping

VERSION = "5"
CHANGE: Mapping[str, float] = {
    "density": 0.0584,
    "observed": 0.7741,
    "declared": 0.8112,
    "per hop": 0.0059,
    "error names it": 2.9792,
    "error names it unmapped": 0.0868,
    "error names an alteration": 0.4132,
    "error names a secret": -0.173,
    "error names another": -4.1318,
    "takes away": 2.9653,
    "adds": -4.6924,
    "great step": 2.8545,
    "secret": -2.0159,
    "update": 0.0,
    "host": 0.0,
    "healthy beside": -0.9132,
    "failed beside": 0.1031,
    "just those failed": 0.6453,
    "restores": -0.5274,
    "straddles": 0.4603,
    "hours unsure": -0.4144,
    "healed": 1.3552,
    "put back in vain": -1.126,
    "mended": 0.9965,
    "put right": 0.9643,
    "outlived": -1.2936,
}
NOTHING: Mapping[str, float] = {
    "always": 1.6247,
    "error needs no change": 1.5407,
    "no error": -0.1048,
    "trouble": 4.532,
    "all failed": 0.0421,
    "records missing": -0.4379,
    "unwatched": 0.0,
}
TEMPERATURE = 0.8821
# From these probabilities on an act is called likely that the error names, one that both a repair and the
# applications that failed tie to it, and one that is tied otherwise (above 1: never). So many were accepted
# on the calibration worlds, and so many of them were wrong.
LIKELY_FROM = (0.5, 0.5, 2.0)
ACCEPTED = (2814, 204, 0)
WRONG = (3, 0, 0)
RISK, CONFIDENCE = 0.02, 0.95
