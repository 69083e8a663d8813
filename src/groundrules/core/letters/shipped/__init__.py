"""The texts that come with Groundrules, one for each kind of letter and language."""

from __future__ import annotations

from collections.abc import Mapping

from groundrules.core.letters.answers import LetterKind
from groundrules.core.letters.shipped.english import ENGLISH
from groundrules.core.letters.shipped.english_vendors import ENGLISH_VENDORS
from groundrules.core.letters.shipped.german import GERMAN
from groundrules.core.letters.shipped.german_vendors import GERMAN_VENDORS
from groundrules.core.letters.shipped.recoveries import ENGLISH_RECOVERY, GERMAN_RECOVERY

SHIPPED: Mapping[str, Mapping[LetterKind, str]] = {
    "en": {**ENGLISH, **ENGLISH_VENDORS, LetterKind.RECOVERY: ENGLISH_RECOVERY},
    "de": {**GERMAN, **GERMAN_VENDORS, LetterKind.RECOVERY: GERMAN_RECOVERY},
}
