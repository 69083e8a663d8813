"""What every page's frame needs: navigation for the role, the theme, and who is signed in."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse

from groundrules.web.access import may_open, reads_only, role_of
from groundrules.web.tray.stars import starred

_ITEMS = (
    ("today", "Today", "web:today", "g t"),
    ("servers", "Servers", "web:servers", "g s"),
    ("time", "Time", "web:time", "g h"),
    ("work", "Work", "web:decisions", "g w"),
    ("clients", "Clients", "web:clients", "g c"),
    ("vendors", "Vendors", "web:vendors", "g v"),
    ("letters", "Letters", "web:letters", "g l"),
    ("invoices", "Invoices", "web:invoices", "g i"),
    ("profit", "Profit", "web:profit", "g p"),
    ("evidence", "Evidence", "web:evidence", "g e"),
)
THEMES = ("light", "dark")


@dataclass(frozen=True, slots=True)
class NavigationItem:
    """One entry of the main navigation."""

    label: str
    href: str
    hint: str
    current: bool


def frame(request: HttpRequest) -> dict[str, object]:
    """This function will give the base template its navigation, theme and role."""
    theme = request.COOKIES.get("theme", "")
    items = []
    for area, label, name, keys in _ITEMS:
        href = reverse(name)
        if may_open(request, area):
            here = request.path == href or (href != "/" and request.path.startswith(href))
            items.append(NavigationItem(label, href, f"{label} ({keys})", here))
    return {
        "navigation": items,
        "theme": theme if theme in THEMES else "",
        "role_name": role_of(request),
        "reads_only": reads_only(request),
        "here": request.get_full_path(),
        "has_tray": may_open(request, "tray"),
        "tray_count": len(starred(request)),
    }
