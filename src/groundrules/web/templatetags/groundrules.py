"""Template words: a cited fact as a link where its page exists and the reader may open it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django import template
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from groundrules.core.calendars import span_label, zone_label
from groundrules.core.periods import Period, days_label
from groundrules.core.reasons import FactRef
from groundrules.web.access import may_open
from groundrules.web.refs import fact_page

register = template.Library()

_LONG = 28
_DAY = re.compile(r"(\b\d{4}-\d\d-\d\d\b)")
_WORDS = {"session": "login", "time_entry": "time entry", "health_check": "health check"}


@register.filter
def once(facts: Iterable[FactRef]) -> tuple[FactRef, ...]:
    """This function will name each record once, as the letter on paper does: an incident is its own cause's record."""
    by_ref: dict[str, FactRef] = {}
    for fact in facts:
        by_ref.setdefault(fact.ref, fact)
    return tuple(by_ref.values())


@register.filter
def unbroken(sentence: str) -> SafeString:
    """This function will keep the dates of a sentence on one line each; the text stays what it is, also when copied."""
    parts = _DAY.split(sentence)
    days = [format_html('<span class="nowrap">{}</span>', day) for day in parts[1::2]]
    parts[1::2] = days
    return format_html_join("", "{}", ((part,) for part in parts))


@register.simple_tag(takes_context=True)
def fact_link(context: dict[str, Any], fact: FactRef) -> SafeString:
    """This function will write a fact's reference, linked to its page; long ones by their kind.

    `raw_held` in the page's context names the raw files that are in the store and can be opened.
    """
    word = _WORDS.get(fact.kind, fact.kind.replace("_", " "))
    shown = fact.ref if len(fact.ref) <= _LONG else word
    request: HttpRequest | None = context.get("request")
    readable = request is not None and may_open(request, "servers")
    client = str(context.get("client_code", ""))
    raw_held = context.get("raw_held", ())
    href = fact_page(client, fact.kind, fact.ref, raw_held) if readable else ""
    says = f"{word} {fact.ref}{f': {fact.says}' if fact.says else ''}"
    if href:
        return format_html('<a href="{}" title="{}">{}</a>', href, says, shown)
    return format_html('<span title="{}">{}</span>', says, shown)


@register.filter
def zoned(moment: datetime | None, zone: str) -> str:
    """This function will write an instant in a zone, with the zone: `Thu 2026-03-05 18:00 EST`."""
    return zone_label(moment, zone) if moment is not None else "no end"


@register.filter
def spanned(period: Period, zone: str) -> str:
    """This function will write a period in a zone: `Thu 2026-03-05 18:00 to 20:00 EST`."""
    return span_label(period.start, period.end, zone)


@register.filter
def through(first: date, end: date) -> str:
    """This function will write the days up to an end that is not among them: `2007-03-01 to 2007-03-31`."""
    return days_label(first, end)


@register.filter
def css_word(text: str) -> str:
    """This function will turn a word of a table into the ending of its class: `not billable` -> `not_billable`."""
    return text.replace(" ", "_")


@register.filter
def words(value: object) -> str:
    """This function will write a word of the core as people write it: `needs_person` -> `needs person`."""
    return str(getattr(value, "value", value)).replace("_", " ")
