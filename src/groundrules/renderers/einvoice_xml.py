"""The least XML writer an electronic invoice needs: elements in the order given, escaped, the same bytes every time."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from groundrules.core.invoices.heading import TradeParty
from groundrules.core.invoices.tax import Tax
from groundrules.core.money import Money, exponent_of

# What XML 1.0 can not carry, not even escaped.
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# UNCL 4461: 30 is a credit transfer.
TRANSFER = "30"
_MAIL = "EM"


@dataclass(frozen=True, slots=True)
class Element:
    """An element with text or children; one that has neither is left out."""

    name: str
    content: str | Sequence[Element]
    attributes: Mapping[str, str] = field(default_factory=dict)


def document(root: Element) -> bytes:
    """This function will write a whole XML document in UTF-8."""
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{"".join(_lines(root, 0))}'.encode()


def number(amount: Money) -> str:
    """This function will write an amount as XML does: `-2025.00`."""
    return f"{amount.amount:.{exponent_of(amount.currency)}f}"


def percent(tax: Tax) -> str:
    """This function will write a percentage as XML does: `8.875`."""
    return f"{tax.percent.normalize():f}"


def electronic_address(party: TradeParty) -> tuple[str, str]:
    """This function will return where documents are sent and by which scheme; without any, the e-mail address."""
    if party.legal.electronic_address:
        return party.legal.electronic_address, party.legal.electronic_scheme or _MAIL
    return party.email, _MAIL


def _lines(element: Element, depth: int) -> list[str]:
    margin = "  " * depth
    attributes = "".join(f' {key}="{_text(value)}"' for key, value in element.attributes.items())
    if isinstance(element.content, str):
        said = _text(element.content)
        return [f"{margin}<{element.name}{attributes}>{said}</{element.name}>\n"] if said else []
    inner = [line for child in element.content for line in _lines(child, depth + 1)]
    if not inner:
        return []
    return [f"{margin}<{element.name}{attributes}>\n", *inner, f"{margin}</{element.name}>\n"]


def _text(text: str) -> str:
    return html.escape(_FORBIDDEN.sub("\N{REPLACEMENT CHARACTER}", text).strip())
