"""The words letters do without, in each language: those that judge, those that colour, and those that state a cause."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Avoided:
    """What our own words must not hold: words that judge or colour, and a cause where none is proven."""

    judging: frozenset[str]
    colouring: frozenset[str]
    causal: re.Pattern[str]


_ENGLISH = Avoided(
    judging=frozenset(
        [
            "abuse",
            "abused",
            "blame",
            "blamed",
            "careless",
            "carelessly",
            "culprit",
            "dishonest",
            "fault",
            "faults",
            "guilty",
            "incompetence",
            "incompetent",
            "irresponsible",
            "lazy",
            "lied",
            "malicious",
            "negligence",
            "negligent",
            "offender",
            "offending",
            "reckless",
            "recklessly",
            "sabotage",
            "sabotaged",
            "sloppy",
            "stupid",
            "unprofessional",
            "violated",
            "violation",
        ]
    ),
    colouring=frozenset(
        [
            "appalling",
            "awful",
            "bad",
            "blatant",
            "blatantly",
            "catastrophic",
            "clearly",
            "damaging",
            "dangerous",
            "deliberate",
            "deliberately",
            "disastrous",
            "egregious",
            "gross",
            "grossly",
            "horrible",
            "huge",
            "inexcusable",
            "massive",
            "obvious",
            "obviously",
            "outrageous",
            "poor",
            "ridiculous",
            "sadly",
            "serious",
            "seriously",
            "severe",
            "severely",
            "shocking",
            "terrible",
            "unacceptable",
            "unfortunately",
        ]
    ),
    causal=re.compile(
        r"\b(because|caused|causes|causing|due to|as a result|led to|resulted in|broke|thanks to|consequently)\b",
        re.IGNORECASE,
    ),
)
_GERMAN = Avoided(
    judging=frozenset(
        [
            "schuld",
            "schuldig",
            "schuldige",
            "schuldigen",
            "verschulden",
            "fahrlässig",
            "fahrlässige",
            "fahrlässigkeit",
            "leichtsinnig",
            "leichtfertig",
            "verantwortungslos",
            "unfähig",
            "unfähigkeit",
            "schlampig",
            "schlamperei",
            "sabotage",
            "sabotiert",
            "böswillig",
            "unprofessionell",
            "unehrlich",
            "gelogen",
            "lüge",
            "täter",
            "missbrauch",
            "missbraucht",
            "verstoßen",
            "verstoß",
            "dumm",
            "faul",
            "pfusch",
            "gepfuscht",
            "vorwurf",
        ]
    ),
    colouring=frozenset(
        [
            "schrecklich",
            "furchtbar",
            "unannehmbar",
            "inakzeptabel",
            "empörend",
            "schockierend",
            "katastrophal",
            "katastrophale",
            "unverzeihlich",
            "dreist",
            "lächerlich",
            "offensichtlich",
            "eindeutig",
            "absichtlich",
            "vorsätzlich",
            "ungeheuerlich",
            "gravierend",
            "schwerwiegend",
            "schlimm",
            "schlecht",
            "leider",
            "bedauerlicherweise",
            "entsetzlich",
            "gefährlich",
            "massiv",
            "riesig",
            "erheblich",
        ]
    ),
    causal=re.compile(
        r"\b(weil|wegen|aufgrund|infolge|infolgedessen|verursach\w*|dadurch|deswegen|daher|ursache\w*|"
        r"führte zu|führten zu|führt zu|zur folge|ausgelöst|kaputt)\b",
        re.IGNORECASE,
    ),
)
AVOIDED: Mapping[str, Avoided] = {"en": _ENGLISH, "de": _GERMAN}


def avoided_in(language: str) -> Avoided:
    """This function will return what letters of a language do without."""
    return AVOIDED.get(language, _ENGLISH)
