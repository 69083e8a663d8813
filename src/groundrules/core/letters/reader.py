"""In which language somebody is written to: their own, else their client's, and English where we write no other."""

from __future__ import annotations

from collections.abc import Iterable

from groundrules.core.letters.tongue import ENGLISH, LANGUAGES
from groundrules.core.parties import Client, Vendor


def language_for(to: str, client: Client, vendors: Iterable[Vendor] = ()) -> str:
    """This function will return the language of a letter by whom it goes to (a name, or `name, client`)."""
    name = to.removesuffix(f", {client.name}")
    spoken = [c.language for c in client.contacts if name in {c.name, c.email} and name]
    spoken += [v.language for v in vendors if name in {v.name, v.email} and name]
    wanted = next((one for one in spoken if one), client.language)
    return wanted if wanted in LANGUAGES else ENGLISH
