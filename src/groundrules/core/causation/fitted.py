"""Written by `groundrules worlds fit`; not edited by hand. How: docs/reference/scoreboard.md.

Fitted on 2100 incidents, calibrated and certified on 3900 of other worlds.
SHA-256 of the worlds: 2d6c076ae6cd019a15f830e9aa356e89
e5780167f85538e8f0235a7c483cc1c1. Digest of the weights: eac04820426f.
"""

from __future__ import annotations

from collections.abc import Mapping

VERSION = "4"
CHANGE: Mapping[str, float] = {
    "density": 0.0443,
    "observed": 0.6505,
    "declared": 0.8256,
    "per hop": 0.0718,
    "error names it": 2.6295,
    "error names it unmapped": 0.7568,
    "error names an alteration": 0.4827,
    "error names a secret": 0.5711,
    "error names another": -3.5707,
    "takes away": 2.679,
    "adds": -3.7735,
    "great step": 2.8496,
    "secret": -1.918,
    "update": 0.0,
    "host": 0.0,
    "healthy beside": -0.6324,
    "failed beside": 0.066,
    "just those failed": 0.9493,
    "restores": -0.7018,
    "straddles": 0.535,
    "hours unsure": -0.3479,
    "healed": 1.4115,
    "put back in vain": -0.9827,
    "mended": 0.888,
    "put right": 0.5819,
    "outlived": -1.8195,
}
NOTHING: Mapping[str, float] = {
    "always": 1.1906,
    "error needs no change": 1.5368,
    "no error": -0.0739,
    "trouble": 3.3436,
    "all failed": 0.214,
    "records missing": -0.0971,
    "unwatched": 0.0,
}
TEMPERATURE = 0.876
# From these probabilities on an act is called likely that the error names, and one that is tied otherwise
# (above 1: never). So many were accepted on the calibration worlds, and so many of them were wrong.
LIKELY_FROM = (0.5, 2.0)
ACCEPTED, WRONG = (513, 0), (1, 0)
RISK, CONFIDENCE = 0.02, 0.95
