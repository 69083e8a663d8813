"""The least XML writer an electronic invoice needs: elements in the order given, escaped, the same bytes every time."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from groundrules.core.invoices.heading import TradeParty
from groundrules.core.invoices.tax import Tax
from groundrules.core.money import Money

# What XML 1.0 can not carry, not even escaped.
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# What has to be looked at before it can be written: nearly all text holds nothing of it.
_ODD = re.compile("[&<>\"'\x00-\x1f\ud800-\udfff\ufffe\uffff]")
# UNCL 4461: 30 is a credit transfer.
TRANSFER = "30"
_MAIL = "EM"


class Element(NamedTuple):
    """An element with text or children; one that has neither is left out. A tuple, because a document has hundreds."""

    name: str
    content: str | Sequence[Element]
    attributes: Mapping[str, str] = MappingProxyType({})


def document(root: Element) -> bytes:
    """This function will write a whole XML document in UTF-8."""
    lines = ['<?xml version="1.0" encoding="UTF-8"?>\n']
    _write(root, "", lines)
    return "".join(lines).encode()


def number(amount: Money) -> str:
    """This function will write an amount as XML does: `-2025.00`."""
    return amount.digits


def percent(tax: Tax) -> str:
    """This function will write a percentage as XML does: `8.875`."""
    return f"{tax.percent.normalize():f}"


def electronic_address(party: TradeParty) -> tuple[str, str]:
    """This function will return where documents are sent and by which scheme; without any, the e-mail address."""
    if party.legal.electronic_address:
        return party.legal.electronic_address, party.legal.electronic_scheme or _MAIL
    return party.email, _MAIL


def _write(element: Element, margin: str, lines: list[str]) -> None:
    """Appends an element's lines; its opening is taken back when nothing stands in it."""
    name, content, attributes = element
    opening = name
    if attributes:
        opening += "".join([f' {key}="{_text(value)}"' for key, value in attributes.items()])
    if isinstance(content, str):
        if said := _text(content):
            lines.append(f"{margin}<{opening}>{said}</{name}>\n")
        return
    lines.append(f"{margin}<{opening}>\n")
    opened = len(lines)
    deeper = margin + "  "
    for child in content:
        _write(child, deeper, lines)
    if len(lines) == opened:
        lines.pop()
        return
    lines.append(f"{margin}</{name}>\n")


def _text(text: str) -> str:
    if _ODD.search(text):
        text = html.escape(_FORBIDDEN.sub("\N{REPLACEMENT CHARACTER}", text))
    return text.strip()
