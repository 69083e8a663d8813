"""The sections of an inventory that are followed, and how their entries become items.

Product keys, licence keys, environment variables and command lines stand in the same documents; no column of them is
taken.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from groundrules.core.evidence import Item, ItemKind
from groundrules.readers.documents import Row, said
from groundrules.readers.inventory import Shape, item_of, named
from groundrules.readers.linux.packages import INDEPENDENT

KNOWLEDGE_BASE = re.compile(r"\bKB\d{5,8}\b", re.IGNORECASE)
UPDATES = frozenset({"update", "security update", "security_update", "hotfix", "update rollup"})
SAME_ARCHITECTURE = {"amd64": "x86_64", "arm64": "aarch64"}
WINDOWS_SOURCES = frozenset({"registry", "uwp"})


def patch_of(row: Row) -> str:
    """This function will return the number of the Windows update an entry of the software list is, or nothing."""
    number = KNOWLEDGE_BASE.search(said(row, "name"))
    told = {said(row, name).casefold() for name in ("release_type", "system_category")}
    is_whole_name = number is not None and number[0] == said(row, "name")
    return number[0].upper() if number and (is_whole_name or told & UPDATES) else ""


SOFTWARE = Shape(
    ItemKind.PACKAGE,
    named("name"),
    {
        "version": ("version",),
        "architecture": ("arch",),
        "publisher": ("publisher",),
        "install_date": ("install_date", "installdate"),
        "product": ("guid",),
    },
)
PATCH = Shape(ItemKind.PATCH, patch_of, {"install_date": ("install_date", "installdate")})
SHAPES: Mapping[str, Shape] = {
    "local_users": Shape(
        ItemKind.ACCOUNT,
        named("login", "name"),
        {"uid": ("id",), "home": ("home",), "shell": ("shell",)},
    ),
    "local_groups": Shape(
        ItemKind.GROUP, named("name"), {"gid": ("id",), "members": ("members", "member")}
    ),
    "storages": Shape(
        ItemKind.DISK,
        named("name"),
        {
            "model": ("model",),
            "size": ("disksize",),
            "firmware": ("firmware",),
            "interface": ("interface",),
        },
    ),
    "drives": Shape(
        ItemKind.MOUNT,
        named("type_or_letter"),
        {"device": ("volumn",), "type": ("filesystem",), "size": ("total",), "label": ("label",)},
    ),
}
KINDS: Mapping[str, frozenset[ItemKind]] = {
    "softwares": frozenset({ItemKind.PACKAGE, ItemKind.PATCH}),
    **{name: frozenset({shape.kind}) for name, shape in SHAPES.items()},
}


def item_in(section: str, row: Row, architecture: str) -> Item | None:
    """This function will make the item an entry is; None when it lacks its key.

    `architecture` is the system's own: a package of another one carries it in its key, as in the readers of Linux.
    """
    if section == "softwares":
        return item_of(PATCH, row) if patch_of(row) else _software(row, architecture)
    if section == "drives":
        row = {**row, "type_or_letter": said(row, "letter", "type")}
    return item_of(SHAPES[section], row)


def _software(row: Row, architecture: str) -> Item | None:
    item = item_of(SOFTWARE, row)
    own = said(row, "arch")
    alike = {SAME_ARCHITECTURE.get(name, name) for name in (own, architecture)}
    on_windows = said(row, "from").casefold() in WINDOWS_SOURCES or not said(row, "from")
    if item is None or on_windows or own in INDEPENDENT or not architecture or len(alike) == 1:
        return item
    return Item(item.kind, f"{item.key}:{own}", item.attributes)
